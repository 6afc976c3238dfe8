"""Checks of values and rows as pandera says them: the reference for our own pass over a chunk."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from hestia_assets.core.registry import Registry
from hestia_assets.core.rules import Condition, ConditionRule, Occasion, RecordRule, RowRule, Rule
from hestia_assets.core.specs import CheckSpec

if TYPE_CHECKING:
    import pandera.polars as pa
    from pandera.api.polars.types import PolarsData


def pandera_schema(checks: Sequence[CheckSpec], rules: Registry[Rule], occasion: Occasion) -> "pa.DataFrameSchema":
    """One pandera schema of all checks that look at one value or one row; those of sets and batches are left out.

    Validate collected frames with it, typed as the dataset's columns, with ``lazy=True`` to see every failing row:
    pandera looks at no values of a LazyFrame. Exemptions, thresholds and severities are no part of it.

    Raises:
        SpecError: a check's parameters are wrong.
    """
    import pandera.polars as pa  # takes half a second, and an import of files does without

    by_column: dict[str, list[pa.Check]] = {}
    of_rows: list[pa.Check] = []
    for check in checks:
        rule = rules.get(check.rule)
        if isinstance(rule, RecordRule):
            of_rows.append(record_check(partial(rule.passes, check, occasion=occasion), check.name))
        elif isinstance(rule, ConditionRule | RowRule):
            for column in check.columns:
                by_column.setdefault(column, []).append(_of_value(rule, check, occasion))
    columns = {name: pa.Column(checks=made, nullable=True) for name, made in by_column.items()}
    return pa.DataFrameSchema(columns, checks=of_rows)


def _of_value(rule: ConditionRule | RowRule, check: CheckSpec, occasion: Occasion) -> "pa.Check":
    if isinstance(rule, ConditionRule):
        return condition_check(rule.condition(check, occasion), check.name)
    return rule.check(check)


def condition_check(condition: Condition, name: str) -> "pa.Check":
    """The pandera check of a column that passes where the condition does; null passes unless it says no."""
    import pandera.polars as pa

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
