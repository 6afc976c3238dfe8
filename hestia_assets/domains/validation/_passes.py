"""Which rows of a chunk fail which check: conditions in one pass over the chunk, what only pandera knows by pandera."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.core.registry import Registry
from hestia_assets.core.rules import ConditionRule, Occasion, RecordRule, RowRule, Rule
from hestia_assets.core.specs import CheckSpec

if TYPE_CHECKING:
    import pandera.polars as pa

Applied = tuple[CheckSpec, str]
"""A check and the column that its failures are shown at: each of its columns in turn, or the first of several."""
Found = dict[tuple[str, str], pl.Series]
"""By the check's name and the column, the indices of the rows that fail, ascending."""


def failing_rows(rows: pl.DataFrame, applied: Sequence[Applied], rules: Registry[Rule], occasion: Occasion) -> Found:
    """The rows that fail each check. Raises SpecError when a check cannot run: that is never a pass."""
    nothing = pl.Series("index", [], pl.UInt32)
    found = {(check.name, column): nothing for check, column in applied}
    if rows.is_empty():
        return found
    conditions: dict[tuple[str, str], pl.Expr] = {}
    others: list[Applied] = []
    for check, column in applied:
        rule = rules.get(check.rule)
        if isinstance(rule, ConditionRule | RecordRule):
            conditions[check.name, column] = _failing(rule, check, column, rows.schema, occasion)
        else:
            others.append((check, column))
    return found | _by_condition(rows, conditions) | _by_pandera(rows, others, rules)


def _failing(
    rule: ConditionRule | RecordRule, check: CheckSpec, column: str, schema: pl.Schema, occasion: Occasion
) -> pl.Expr:
    try:
        if isinstance(rule, ConditionRule):
            passes = rule.condition(check, occasion)(pl.col(column), schema[column])
        else:
            passes = rule.passes(check, schema, occasion)
    except (SpecError, PolarsError) as error:
        raise _unrun(check.name, column, error) from error
    return (~passes).fill_null(value=False)


def _by_condition(rows: pl.DataFrame, conditions: dict[tuple[str, str], pl.Expr]) -> Found:
    named = {str(number): failing for number, failing in enumerate(conditions.values())}
    try:
        flags = rows.lazy().select(**named).collect()
    except PolarsError as error:
        for (check, column), failing in conditions.items():
            _refuse_unrun(rows, check, column, failing)
        raise _unrun(*next(iter(conditions)), error) from error
    return {key: flags[name].arg_true() for key, name in zip(conditions, named, strict=True)}


def _refuse_unrun(rows: pl.DataFrame, check: str, column: str, failing: pl.Expr) -> None:
    try:
        rows.lazy().select(failing).collect()
    except PolarsError as error:
        raise _unrun(check, column, error) from error


def _by_pandera(rows: pl.DataFrame, applied: Sequence[Applied], rules: Registry[Rule]) -> Found:
    by_column: dict[str, list[pa.Check]] = {}
    for check, column in applied:
        rule = rules.get(check.rule)
        assert isinstance(rule, RowRule), "callers pass row checks only"
        by_column.setdefault(column, []).append(rule.check(check))
    return _cases(rows, by_column) if by_column else {}


def _cases(rows: pl.DataFrame, by_column: "dict[str, list[pa.Check]]") -> Found:
    import pandera.polars as pa  # takes half a second, and our own rules do without
    from pandera.errors import SchemaErrors

    columns = {name: pa.Column(checks=checks, nullable=True) for name, checks in by_column.items()}
    try:
        pa.DataFrameSchema(columns).validate(rows.select(list(by_column)), lazy=True)
    except SchemaErrors as error:
        cases = cast("pl.DataFrame", error.failure_cases)  # pyright: ignore[reportUnknownMemberType] - untyped there
        unrun = cases.filter(pl.col("index").is_null())
        if unrun.height:
            case = unrun.row(0, named=True)
            raise _unrun(case["check"], case["column"], case["failure_case"]) from error
        parts = cases.select("check", "column", pl.col("index").cast(pl.UInt32)).partition_by("check", "column")
        return {(part["check"][0], part["column"][0]): part["index"] for part in parts}
    return {}


def _unrun(check: str, column: str, why: object) -> SpecError:
    said = why.message if isinstance(why, SpecError) else str(why).partition("\n")[0]
    hint = (why.hint if isinstance(why, SpecError) else None) or "Correct the check's parameters or the column's type."
    return SpecError(f"Check '{check}' could not run on column '{column}': {said.rstrip('.')}.", hint=hint)
