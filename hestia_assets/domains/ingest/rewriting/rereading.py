"""Rows of a table read again under other types: from the text that arrived, else from what the value says.

A row that a file brought has its text in ``imported``. An edit has the text of the row that it edits, as far as it left
the values alone. What remains (an edited value, a value that an update took over, the key of a deleted row) is written
out plainly: ISO dates, digits with a point. What had no value has none afterwards.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from hestia_assets.core.layers import TableRef
from hestia_assets.core.ports import TableStore, Validator
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec
from hestia_assets.domains.ingest.loading.versions import OF, ROW_ID

NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT)
UNFIT = "_unfit_"
"""Columns of the history: the text that did not fit the type, in rows of batches that were undone before."""

KINDS: dict[type[pl.DataType], ColumnType] = {
    pl.String: ColumnType.TEXT,
    pl.Int64: ColumnType.INTEGER,
    pl.Float64: ColumnType.FLOAT,
    pl.Boolean: ColumnType.BOOLEAN,
    pl.Date: ColumnType.DATE,
    pl.Datetime: ColumnType.TIMESTAMP,
    pl.Decimal: ColumnType.DECIMAL,
}
"""What a column of a table was declared as."""

MISFITS = pl.Schema({"_at": pl.Int64(), "column": pl.String(), "value": pl.String()})


@dataclass(frozen=True)
class Arrived:
    """Where the text of rows is; ``origins``: for each edit the row that it edits, with the values (``_was:``)."""

    tables: TableStore
    imported: TableRef
    origins: pl.DataFrame

    def of(self, rows: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
        """``_found``, ``_edit``, the text of each column, and ``_was:`` of each column, in the order of the rows."""
        edits = rows.select(ROW_ID).join(self.origins, on=ROW_ID, how="left", maintain_order="left")
        own = {name: pl.col(of).fill_null(pl.col(name)) for of, name in zip(OF, ROW_ID, strict=True)}
        placed = edits.with_columns(**own, _edit=pl.col(OF[0]).is_not_null()).drop(OF)
        found = self._text(placed.select(ROW_ID).unique(), names).with_columns(_found=True)
        return placed.join(found, on=ROW_ID, how="left", maintain_order="left")

    def _text(self, ids: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
        if not self.tables.exists(self.imported):
            return ids.clear().with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in names)
        everything = self.tables.scan(self.imported)
        have = everything.collect_schema().names()
        mine = everything.filter(pl.col("_batch").is_in(ids["_batch"].unique().implode()))
        text = [pl.col(name) if name in have else pl.lit(None, dtype=pl.String).alias(name) for name in names]
        return mine.join(ids.lazy(), on=ROW_ID, how="semi").select(*ROW_ID, *text).collect(engine="streaming")


@dataclass(frozen=True)
class Reread:
    """Rows under new types. ``misfits``: place among the rows, column, text of values that do not fit; null there."""

    rows: pl.DataFrame
    misfits: pl.DataFrame
    arrived: Mapping[str, pl.Series]
    """By column, whether the value comes from text that arrived."""


@dataclass(frozen=True)
class Rereading:
    """Reads rows again. ``column_of``: how a batch's file writes a column; ``null_words``: what meant no value before.

    ``keys``: by column of a key, values as they were (``old``) and as they become (``new``).
    """

    validator: Validator
    columns: tuple[Column, ...]
    arrived: Arrived | None
    column_of: Callable[[str, str], Column]
    null_words: Mapping[str, Collection[str]]
    keys: Mapping[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])

    def again(self, rows: pl.DataFrame) -> Reread:
        """The rows, in their order."""
        text = self.arrived.of(rows, [column.name for column in self.columns]) if self.arrived else rows.select(ROW_ID)
        misfits, own = [pl.DataFrame(schema=MISFITS)], dict[str, pl.Series]()
        for column in self.columns:
            sources = self._sources(rows, text, column)
            typed, wrong = self._typed(sources, column)
            own[column.name] = sources["_own"]
            rows = rows.with_columns(self._as_key(sources, typed, column).alias(column.name))
            misfits.append(wrong)
        return Reread(rows, pl.concat(misfits), own)

    def _sources(self, rows: pl.DataFrame, text: pl.DataFrame, column: Column) -> pl.DataFrame:
        """Of each value, the text to read (``_text``), whether it arrived (``_own``), and whether it is plain."""
        name, nothing = column.name, pl.lit(None, dtype=pl.String)
        old = rows[name]
        frame = rows.select("_batch", old.alias("old"), canonical(old, column).alias("_says")).with_columns(
            _at=pl.int_range(pl.len(), dtype=pl.Int64),
            _unfit=rows[UNFIT + name] if UNFIT + name in rows.columns else nothing,
            _text=nothing,
            _own=pl.lit(value=False),
        )
        if "_found" in text.columns:
            frame = frame.with_columns(self._own(text, old, name).alias("_own"), text[name].alias("_text"))
        own, unfit = pl.col("_own"), pl.col("_unfit")
        return frame.with_columns(
            _text=pl.coalesce(unfit, pl.when(own).then("_text"), "_says"),
            _plain=~own & unfit.is_null() & pl.lit(old.dtype != pl.String),
        )

    def _own(self, text: pl.DataFrame, old: pl.Series, name: str) -> pl.Series:
        """Whether the value is what its text says: not taken over from the row before, not edited."""
        words = [word.strip() for word in self.null_words.get(name, ())]
        means = text[name].str.strip_chars()
        own = text["_found"].fill_null(value=False) & old.is_not_null() & means.is_not_null() & (means != "")
        own &= ~means.is_in(words).fill_null(value=False)
        was = f"_was:{name}"
        return own & (~text["_edit"] | text[was].eq_missing(old)) if was in text.columns else own & ~text["_edit"]

    def _typed(self, sources: pl.DataFrame, column: Column) -> tuple[pl.Series, pl.DataFrame]:
        """The values under the new type, and those that do not fit."""
        name = column.name
        plain = Column(source=name, name=name, type=column.type, scale=column.scale, null_words=())
        by_column: dict[Column, list[str]] = {}
        for batch in sources.filter(~pl.col("_plain"))["_batch"].unique():
            by_column.setdefault(self.column_of(batch, name), []).append(batch)
        readings = [(plain, pl.col("_plain"))]
        readings += [(how, ~pl.col("_plain") & pl.col("_batch").is_in(ids)) for how, ids in by_column.items()]
        pieces, wrong = list[pl.DataFrame](), [pl.DataFrame(schema=MISFITS)]
        for how, which in readings:
            part = sources.filter(which)
            judged = self.validator.judge(part.select(pl.col("_text").alias(name)), (how,), ())
            pieces.append(part.select("_at").with_columns(judged.typed[name]))
            bad = part[judged.failures["index"].unique()]
            wrong.append(bad.select("_at", column=pl.lit(name), value="_text"))
        return pl.concat(pieces).sort("_at")[name], pl.concat(wrong)

    def _as_key(self, sources: pl.DataFrame, typed: pl.Series, column: Column) -> pl.Series:
        """Values of a key that did not arrive become what the same values become that did: they name the same rows."""
        known = self.keys.get(column.name)
        if known is None:
            return typed
        named = sources.select("old", "_own").join(known, on="old", how="left", maintain_order="left")
        return pl.select(pl.when(named["_own"]).then(typed).otherwise(pl.coalesce(named["new"], typed))).to_series()


def read_plainly(rows: pl.LazyFrame, validator: Validator, spec: DatasetSpec) -> pl.LazyFrame:
    """Rows of a table as they would be under the spec's types, by what they say: to look at, nothing is kept."""
    have, want = rows.collect_schema(), validator.schema(spec.recipe.columns)
    changed = {one.name: one for one in spec.recipe.columns if one.name in have and have[one.name] != want[one.name]}
    if not changed:
        return rows
    rereading = Rereading(validator, tuple(changed.values()), None, lambda _, name: changed[name], {})
    schema = pl.Schema({name: want[name] if name in changed else dtype for name, dtype in have.items()})
    return rows.map_batches(
        lambda part: rereading.again(part).rows,
        schema=schema,
        streamable=True,
        predicate_pushdown=False,
        projection_pushdown=False,
    )


def canonical(values: pl.Series, column: Column) -> pl.Series:
    """What values say, written so that the new type can read it without any pattern."""
    if isinstance(values.dtype, pl.Datetime):
        text = values.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
        return text.str.replace(r" 00:00:00$", "") if column.type is ColumnType.DATE else text
    text = values.cast(pl.String)
    if values.dtype == pl.Date and column.type is ColumnType.TIMESTAMP:
        return text + " 00:00:00"
    if values.dtype.is_float() or (values.dtype.is_decimal() and column.type in NUMBERS):
        return text.str.replace(r"(\.\d*?)0+$", "$1").str.replace(r"\.$", "")
    return text
