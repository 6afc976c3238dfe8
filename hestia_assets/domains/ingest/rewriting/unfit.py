"""Rows that do not fit the new type of a column: counted, named, and kept where they may not count."""

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from hestia_assets.core.errors import HeldError, RetypeError
from hestia_assets.core.layers import TableRef
from hestia_assets.core.ports import TableStore
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec
from hestia_assets.domains.ingest.loading.versions import ROW_ID
from hestia_assets.domains.ingest.rewriting.rereading import KINDS, UNFIT, Reread


@dataclass
class Misfits:
    """Values that stand against new types: how many by column, and the first with its place."""

    rows: dict[str, int] = field(default_factory=dict[str, int])
    first: dict[str, tuple[str, int, str]] = field(default_factory=dict[str, tuple[str, int, str]])

    def add(self, found: pl.DataFrame) -> None:
        """Count ``column``, ``_batch``, ``_line``, ``value``."""
        parts = found.sort("_batch", "_line").partition_by("column") if found.height else []
        for part in parts:
            name: str = part["column"][0]
            self.rows[name] = self.rows.get(name, 0) + part.height
            self.first.setdefault(name, part.select("_batch", "_line", "value").row(0))

    def error(self, spec: DatasetSpec, types: pl.Schema, batch: Batch) -> RetypeError:
        """The error that names them; ``batch``: the one that brought the first."""
        name, rows = next(iter(self.rows.items()))
        _, line, value = self.first[name]
        others = [f"{other} {count:,}" for other, count in self.rows.items() if other != name]
        return RetypeError(
            f"Column '{name}' of {spec.key} cannot become {in_words(types[name])}: {_of_the_table(rows)}; "
            f"the first is '{value}' ({batch.file_name}, line {line})."
            + (f" Rows that do not fit in other columns: {', '.join(others)}." if others else ""),
            hint=f"Read that file again or undo it (batch {batch.id}), or give the column another type.",
        )


def _of_the_table(rows: int) -> str:
    return "1 row of the table does not fit" if rows == 1 else f"{rows:,} rows of the table do not fit"


def placed(rows: pl.DataFrame, again: Reread) -> pl.DataFrame:
    """The misfits with batch and line."""
    places = rows.select("_batch", "_line").with_columns(_at=pl.int_range(pl.len(), dtype=pl.Int64))
    return again.misfits.join(places, on="_at", how="left")


def with_unfit(rows: pl.DataFrame, again: Reread, columns: tuple[Column, ...]) -> pl.DataFrame:
    """The rows, with the text of values that do not fit."""
    at = pl.DataFrame({"_at": pl.int_range(rows.height, dtype=pl.Int64, eager=True)})
    texts = {
        UNFIT + column.name: at.join(
            again.misfits.filter(pl.col("column") == column.name), on="_at", how="left", maintain_order="left"
        )["value"]
        for column in columns
    }
    return again.rows.with_columns(text.alias(name) for name, text in texts.items())


def arrived_pairs(rows: pl.DataFrame, again: Reread, name: str) -> pl.DataFrame:
    """Values of a column as they were (``old``) and become (``new``), of rows whose text arrived and fits."""
    fits = ~pl.int_range(pl.len(), dtype=pl.Int64).is_in(again.misfits["_at"].implode())
    pairs = pl.DataFrame({"old": rows[name], "new": again.rows[name], "own": again.arrived[name]})
    return pairs.filter(fits & pl.col("own") & pl.col("old").is_not_null()).select("old", "new").unique()


def refuse_other_names(spec: DatasetSpec, name: str, pairs: pl.DataFrame) -> None:
    """Raise RetypeError when values of a key would name other rows under its new type than now."""
    empty = pairs.filter(pl.col("new").is_null())
    twice = pairs.filter(pl.col("old").is_duplicated() | pl.col("new").is_duplicated())
    shown = empty if empty.height else twice.sort("old", "new")
    if not shown.height:
        return
    first = " and ".join(str(value) for value in shown["old" if shown["old"].n_unique() > 1 else "new"].head(2))
    why = "would have no value" if empty.height else "would name other rows than now"
    raise RetypeError(
        f"Column '{name}' names the rows of {spec.key}, and {shown.height:,} of its values {why}, such as {first}.",
        hint="Keep the column's type, or import into a new dataset.",
    )


def refuse_unfit(tables: TableStore, history: TableRef, coming: Callable[[], pl.DataFrame]) -> None:
    """Raise HeldError when versions that would come back do not fit the types that the columns have now."""
    names = [name for name in tables.schema(history) if name.startswith(UNFIT)] if tables.exists(history) else []
    if not names:
        return
    wrong = tables.scan(history).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in names))
    back = wrong.join(coming().lazy(), on=ROW_ID, how="semi").unique(ROW_ID).sort("_batch", "_line").collect()
    if back.height:
        row = back.row(0, named=True)
        name = next(name for name in names if row[name] is not None)
        raise HeldError(
            f"Rows that would come back do not fit the types that the columns have now: {back.height:,}, the first is "
            f"'{row[name]}' in {name.removeprefix(UNFIT)} (batch {row['_batch']}, line {row['_line']}).",
            hint="Give the column its old type first, or read the file again: what does not fit is set aside then.",
        )


def in_words(dtype: pl.DataType) -> str:
    """A column's type as people say it."""
    if isinstance(dtype, pl.Decimal):
        places = "1 place" if dtype.scale == 1 else f"{dtype.scale} places"
        return f"{ColumnType.DECIMAL.value} with {places}"
    return KINDS[type(dtype)].value if type(dtype) in KINDS else str(dtype)
