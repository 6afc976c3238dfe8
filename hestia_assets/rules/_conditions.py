"""A rule's condition as the check that pandera runs."""

from typing import TYPE_CHECKING

import polars as pl

from hestia_assets.core.rules import Condition
from hestia_assets.core.specs import CheckSpec

if TYPE_CHECKING:
    import pandera.polars as pa
    from pandera.api.polars.types import PolarsData


def as_check(condition: Condition, spec: CheckSpec, *, ignore_na: bool = True) -> "pa.Check":
    """The pandera check that passes where the condition does."""
    import pandera.polars as pa  # takes half a second, and an import of files does without

    def passing(data: "PolarsData") -> pl.LazyFrame:
        dtype = data.lazyframe.collect_schema()[data.key]
        return data.lazyframe.select(condition(pl.col(data.key), dtype).alias(data.key))

    return pa.Check(passing, name=spec.name, ignore_na=ignore_na)
