"""Rows that may have the key of another row: hashes of 64 bits tell which, and only those are compared value by value.

Equal keys have equal hashes, so a row whose hash no other row has repeats nothing. Of five million different keys that
takes a quarter of the time of comparing them all, and a third where a table of five million rows stands beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

MOST_ROWS = 16_000_000
"""The hashes of so many rows take 330 MB; beside a table, of half as many, 640 MB. Of more rows all are compared."""
FEW = 0.1
"""Share of rows up to which setting the others aside first is worth it."""


@dataclass(frozen=True)
class Suspects:
    """Rows whose key another row may have. ``none``: there is no such row."""

    rows: pl.LazyFrame
    none: bool


def suspects(rows: pl.LazyFrame, existing: pl.LazyFrame | None, keys: Sequence[str], *, total: int) -> Suspects | None:
    """Of ``total`` rows those whose key another of them or of ``existing`` may have; None where all are suspect.

    A row of which a key column is empty is none of them.
    """
    if total > (MOST_ROWS if existing is None else MOST_ROWS // 2) or not _comparable(rows, existing, keys):
        return None
    code = (pl.struct(keys) if len(keys) > 1 else pl.col(keys[0])).hash().alias("_code")
    filled = pl.all_horizontal(pl.col(name).is_not_null() for name in keys)
    codes = rows.filter(filled).select(code).collect(engine="streaming")
    ordered = codes["_code"].sort()
    found = ordered.filter(ordered == ordered.shift(1))
    if existing is not None:
        theirs = existing.filter(filled).select(code)
        met = theirs.join(codes.lazy(), on="_code", how="semi").unique().collect(engine="streaming")
        found = pl.concat([found, met["_code"]])
    if found.len() > FEW * total:
        return None
    return Suspects(rows.filter(filled & code.is_in(found.unique().implode())), none=found.is_empty())


def _comparable(rows: pl.LazyFrame, existing: pl.LazyFrame | None, keys: Sequence[str]) -> bool:
    """Whether hashes are equal wherever DuckDB finds the values equal: of fractions with an exponent it is not said."""
    mine, theirs = rows.collect_schema(), None if existing is None else existing.collect_schema()
    return bool(keys) and all(
        name in mine and _has_one_form(mine[name]) and (theirs is None or theirs.get(name) == mine[name])
        for name in keys
    )


def _has_one_form(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.String | pl.Boolean) or dtype.is_integer() or dtype.is_temporal() or dtype.is_decimal()
