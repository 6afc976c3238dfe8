"""What the tests of modes share: a dataset with a key, short ways to import, and tables without their places."""

from collections.abc import Sequence
from io import BytesIO
from multiprocessing.synchronize import Event
from pathlib import Path

import polars as pl
from ingest_orders import COLUMNS, opened

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, RowEdit
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Mode

HEADER = "id,qty,day\n"
VALIDATED = TableRef(Layer.VALIDATED, "default", "orders")
PLACES = ("_batch", "_row", "_line")


def keyed(*checks: CheckSpec, mode: str = "upsert", key: Sequence[str] = ("id",), **fields: object) -> DatasetSpec:
    """The orders, each named by its id."""
    recipe = {"columns": COLUMNS, "chunk_bytes": 1024}
    values = {"name": "orders", "recipe": recipe, "mode": mode, "primary_key": key, "checks": checks}
    return DatasetSpec.model_validate(values | fields)


def hand_in(home: Hestia, text: str, spec: DatasetSpec, *, mode: str | None = None, name: str = "orders.csv") -> Batch:
    """Save the spec and hand the rows in, below the header."""
    home.catalog.save(spec, author="ada")
    data = BytesIO((HEADER + text).encode())
    chosen = Mode(mode) if mode else None
    return home.ingest.receive(spec, data, file_name=name, author="ada", mode=chosen).batch


def bring(home: Hestia, text: str, spec: DatasetSpec, *, mode: str | None = None) -> Batch:
    """Hand in and run."""
    return home.ingest.run(hand_in(home, text, spec, mode=mode).id)


def validated(home: Hestia) -> pl.DataFrame:
    """The validated rows, sorted by what they say."""
    return home.tables.scan(VALIDATED).sort("id", "qty", "day", "_batch", "_row", nulls_last=True).collect()


def said(home: Hestia) -> list[tuple]:
    """``id`` and ``qty`` of each validated row."""
    return validated(home).select("id", "qty").rows()


def change(home: Hestia, spec: DatasetSpec, row_id: str, **values: str | None) -> Batch:
    """Edit the row with this id."""
    row = validated(home).row(by_predicate=pl.col("id") == row_id, named=True)
    return home.ingest.edit(spec, [RowEdit(row["_batch"], row["_row"], values)], author="ada")


def work(folder: Path, task: str, batch: str, ready: Event) -> None:
    """What a process of its own does."""
    home = opened(folder)
    ready.set()
    if task == "run":
        home.ingest.run(batch)
    else:
        getattr(home.ingest, task)(batch, author="ada")
