"""Conditions and records as pandera says them: the reference for our own pass over a chunk."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from hestia_assets.core.rules import Condition

if TYPE_CHECKING:
    import pandera.polars as pa
    from pandera.api.polars.types import PolarsData


def condition_check(condition: Condition, name: str) -> "pa.Check":
    """The pandera check of a column that passes where the condition does; null passes unless it says no."""
    import pandera.polars as pa  # takes half a second, and an import of files does without

    def passing(data: "PolarsData") -> pl.LazyFrame:
        assert data.key is not None, "a check of a column"
        dtype = data.lazyframe.collect_schema()[data.key]
        return data.lazyframe.select(condition(pl.col(data.key), dtype).fill_null(value=True).alias(data.key))

    return pa.Check(passing, name=name, ignore_na=False)


def record_check(passes: Callable[[pl.Schema], pl.Expr], name: str) -> "pa.Check":
    """The pandera check of a frame that passes where the expression over its columns does."""
    import pandera.polars as pa

    def passing(data: "PolarsData") -> pl.LazyFrame:
        return data.lazyframe.select(passes(data.lazyframe.collect_schema()).fill_null(value=True).alias("passes"))

    return pa.Check(passing, name=name, ignore_na=False)
