"""Files for a person's own disk: exports and originals as they are; accounts and quarantined rows as CSV."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.access import LOCAL, Principal, Purpose
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import ACCOUNT_PARTS, Batch
from hestia_assets.core.specs import DatasetSpec

DOWNLOAD_COLUMNS = {
    "_line": "line",
    "rule": "rule",
    "column": "column",
    "message": "reason",
    "value": "value",
    "text": "original_text",
}
CHUNK_ROWS = 20_000


def export_file(hestia: Hestia, name: str) -> Path:
    """Where the published file ``name`` of this tenant is. Raises NotFoundError."""
    folder = hestia.settings.exports / hestia.settings.tenant
    path = folder / name
    if name.startswith(".") or path.parent != folder or not path.is_file():
        raise NotFoundError("published file", name)
    return path


def account_csv(hestia: Hestia, batch: Batch) -> bytes:
    """Where every line (record, row) of the file went: part and number, the total last."""
    counts = batch.account.as_dict()
    rows = [*((name, counts[name]) for name in ACCOUNT_PARTS), ("total", counts["total"])]
    head = f"part,{unit_of(hestia, batch)}s"
    return "\n".join([head, *(f"{name},{number}" for name, number in rows), ""]).encode()


def unit_of(hestia: Hestia, batch: Batch) -> str:
    """What the account of a batch counts: lines, records or rows of a sheet."""
    try:
        spec = hestia.catalog.get("dataset", batch.tenant, batch.dataset, version=batch.spec_version).spec
    except NotFoundError:
        return "line"
    return hestia.formats.get(spec.recipe.format).unit if isinstance(spec, DatasetSpec) else "line"


def quarantined(hestia: Hestia, batch: Batch) -> pl.LazyFrame:
    """The quarantined rows of a batch in file order, as this installation's person may see them."""
    ref = TableRef(Layer.QUARANTINE, batch.tenant, batch.dataset)
    rows = hestia.gate.read(Principal(LOCAL.name, hestia.settings.tenant), ref, purpose=Purpose.PAGE)
    return rows.filter(pl.col("_batch") == batch.id).sort("_row")


def quarantine_lines(hestia: Hestia, batch: Batch) -> Iterator[bytes]:
    """CSV, chunk by chunk: where, which rule, why, and the row exactly as it stood in the file.

    Raises:
        NotFoundError: at once, when no row of the dataset was ever set aside.
    """
    return _as_csv(quarantined(hestia, batch).select(pl.col(old).alias(new) for old, new in DOWNLOAD_COLUMNS.items()))


def _as_csv(frame: pl.LazyFrame) -> Iterator[bytes]:
    yield ",".join(DOWNLOAD_COLUMNS.values()).encode() + b"\n"
    for chunk in frame.collect_batches(chunk_size=CHUNK_ROWS, maintain_order=True):
        yield chunk.write_csv(include_header=False).encode()
