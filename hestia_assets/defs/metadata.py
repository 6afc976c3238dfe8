"""Facts about tables and batches as Dagster metadata."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import polars as pl

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.layers import TableRef
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import AnySpec, DatasetSpec, kind_of
from hestia_assets.defs import markdown

PREVIEW_ROWS = 10
DRIFT_ROWS = 50
_SYSTEM = {
    "_batch": "the batch that brought the row",
    "_row": "record number in the file, from 1",
    "_line": "first line of the record in the file, from 1",
}


def principal(tenant: str) -> Principal:
    """Whoever runs assets, within one tenant."""
    return Principal("dagster", tenant)


def page_link(hestia: Hestia, spec: AnySpec) -> dg.UrlMetadataValue:
    """The page of this dataset, transform or export."""
    kind = kind_of(spec)
    return dg.MetadataValue.url(f"{hestia.settings.ui_link}/{kind}s?{kind}={spec.name}")


def report_link(hestia: Hestia, dataset: DatasetSpec, batch: Batch | None = None) -> dg.UrlMetadataValue:
    """The quality report of a dataset, or of one batch of it."""
    of_batch = f"&batch={batch.id}" if batch else ""
    return dg.MetadataValue.url(f"{hestia.settings.ui_link}/quality?dataset={dataset.name}{of_batch}")


def table_metadata(hestia: Hestia, ref: TableRef, spec: AnySpec, *, batches: Sequence[Batch] = ()) -> dict[str, Any]:
    """What a table is now: rows, columns, version, first rows (of these batches, where there are any)."""
    rows = hestia.gate.read(principal(ref.tenant), ref, purpose=Purpose.PREVIEW)
    schema = rows.collect_schema()
    shown = rows.filter(pl.col("_batch").is_in([batch.id for batch in batches])) if batches else rows
    return {
        "dagster/row_count": rows.select(pl.len()).collect().item(),
        "dagster/column_schema": _column_schema(schema, spec),
        "hestia/table": str(ref),
        "hestia/version": hestia.tables.version(ref),
        "preview": _preview(shown.head(PREVIEW_ROWS).collect()),
        "hestia/page": page_link(hestia, spec),
    }


def batch_metadata(batches: Sequence[Batch]) -> dict[str, Any]:
    """Which files a run brought; several in one run are listed one by one."""
    facts: dict[str, Any] = {
        "hestia/batch": ", ".join(batch.id for batch in batches),
        "hestia/file": ", ".join(batch.file_name for batch in batches),
        "hestia/sha256": ", ".join(batch.sha256 for batch in batches),
        "hestia/rows_loaded": sum(batch.rows_loaded for batch in batches),
        "hestia/rows_quarantined": sum(batch.rows_quarantined for batch in batches),
        "hestia/seconds": float(sum(batch.seconds for batch in batches)),
    }
    return facts | ({"hestia/batches": _batch_table(batches)} if len(batches) > 1 else {})


def account_metadata(batches: Sequence[Batch]) -> dict[str, Any]:
    """The line account, each place a number, so that Dagster can draw it over time."""
    accounts = [batch.account.as_dict() for batch in batches]
    return {f"lines/{place}": sum(each[place] for each in accounts) for place in accounts[0]} if accounts else {}


def drift_metadata(batches: Sequence[Batch]) -> dict[str, Any]:
    """How many things were different in these files from those before them, and which."""
    found = [(batch.file_name, one.kind.value, one.column, one.sentence) for batch in batches for one in batch.drift]
    facts: dict[str, Any] = {"hestia/drift": len(found)}
    table = markdown.table(("file", "what", "column", "difference"), found[:DRIFT_ROWS])
    return facts | ({"hestia/differences": table} if found else {})


def data_version(batches: Sequence[Batch]) -> dg.DataVersion:
    """The hash of the file; of several, the hash of their hashes."""
    hashes = [batch.sha256 for batch in batches]
    return dg.DataVersion(hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest())


def _column_schema(schema: Mapping[str, pl.DataType], spec: AnySpec) -> dg.TableSchema:
    headers = _headers(spec)
    return dg.TableSchema(
        columns=[dg.TableColumn(name, str(dtype), headers.get(name)) for name, dtype in schema.items()]
    )


def _headers(spec: AnySpec) -> dict[str, str]:
    columns = spec.recipe.columns if isinstance(spec, DatasetSpec) else ()
    return _SYSTEM | {column.name: f"'{column.source}' in the file" for column in columns}


def _preview(frame: pl.DataFrame) -> dg.MarkdownMetadataValue:
    return markdown.table(frame.columns, frame.iter_rows())


def _batch_table(batches: Sequence[Batch]) -> dg.MarkdownMetadataValue:
    rows = [(b.id, b.file_name, b.state.value, b.account.total, b.rows_loaded, b.rows_quarantined) for b in batches]
    return markdown.table(("batch", "file", "state", "lines", "rows loaded", "rows quarantined"), rows)
