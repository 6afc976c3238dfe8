"""Checks on rows: those that look at one row take one pass over a chunk; set rules see the batch and the table."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.registry import Registry
from hestia_assets.core.results import CheckResult, FailedRow, Guess, Judgement, SetFailure
from hestia_assets.core.rules import RowRule, Rule, SetRule
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, Severity
from hestia_assets.domains.validation._passes import failing_rows
from hestia_assets.domains.validation.guess import guess_types
from hestia_assets.domains.validation.types import cast_all, data_type, expected, misfits

SAMPLE = 10
FAILURE_SCHEMA = pl.Schema(
    {
        "index": pl.UInt32(),
        "check": pl.String(),
        "rule": pl.String(),
        "column": pl.String(),
        "message": pl.String(),
        "value": pl.String(),
        "severity": pl.String(),
    }
)
TYPE_RULE = "type"


@dataclass(frozen=True)
class RuleValidator:
    """Types and checks with the installed rules."""

    rules: Registry[Rule]

    def guess(self, text: pl.DataFrame, columns: tuple[Column, ...]) -> Guess:
        """Columns with types guessed from their text, the evidence, and what only a person can decide."""
        return guess_types(text, columns)

    def schema(self, columns: tuple[Column, ...]) -> pl.Schema:
        """Names and types of the typed columns."""
        return pl.Schema({column.name: data_type(column) for column in columns})

    def judge(self, text: pl.DataFrame, columns: tuple[Column, ...], checks: Sequence[CheckSpec]) -> Judgement:
        """Type a chunk and run the checks that look at one row. Raises SpecError when a check cannot run."""
        rows = cast_all(text, columns)
        untyped = [_type_failures(text, rows, column) for column in columns if column.type is not ColumnType.TEXT]
        known = pl.concat([pl.DataFrame(schema=FAILURE_SCHEMA), *untyped])
        row_checks = [check for check in checks if isinstance(self.rules.get(check.rule), RowRule)]
        found = self._row_failures(text, rows, row_checks)
        fresh = found.join(known, on=["index", "column"], how="anti", maintain_order="left")
        results = tuple(_result(check, fresh, text) for check in row_checks)
        return Judgement(rows, pl.concat([known, fresh]), results)

    def judge_set(
        self, rows: pl.LazyFrame, existing: pl.LazyFrame | None, checks: Sequence[CheckSpec]
    ) -> list[SetFailure]:
        """Run the checks that look at all rows of a batch and of the table."""
        failures: list[SetFailure] = []
        for check in checks:
            rule = self.rules.get(check.rule)
            if isinstance(rule, SetRule):
                failures.append(_set_failure(rule, rows, existing, check))
                if check.severity is Severity.REJECT:  # a row that is set aside speaks against no other
                    rows = rows.filter(~pl.col("_row").is_in(failures[-1].rows.implode()))
        return failures

    def _row_failures(self, text: pl.DataFrame, rows: pl.DataFrame, checks: Sequence[CheckSpec]) -> pl.DataFrame:
        columns = dict.fromkeys(column for check in checks for column in check.columns)
        applied = [(check, column) for column in columns for check in checks if column in check.columns]
        found = failing_rows(rows, applied, self.rules)
        frames = [pl.DataFrame(schema=FAILURE_SCHEMA)]
        for check, column in applied:
            if len(index := found[check.name, column]):
                frames.append(_failures(text, index, column, check, self.rules.get(check.rule).message(check)))
        return pl.concat(frames)


def _type_failures(text: pl.DataFrame, rows: pl.DataFrame, column: Column) -> pl.DataFrame:
    check = CheckSpec(rule=TYPE_RULE, columns=(column.name,))
    message = f"{column.name} must be {expected(column)}."
    return _failures(text, misfits(text, rows, column), column.name, check, message)


def _failures(text: pl.DataFrame, index: pl.Series, column: str, check: CheckSpec, message: str) -> pl.DataFrame:
    return pl.DataFrame({"index": index.cast(pl.UInt32)}).select(
        "index",
        check=pl.lit(check.name),
        rule=pl.lit(check.rule),
        column=pl.lit(column),
        message=pl.lit(message),
        value=text[column].gather(index),
        severity=pl.lit(check.severity.value),
    )


def _result(check: CheckSpec, failures: pl.DataFrame, text: pl.DataFrame) -> CheckResult:
    failed = failures.filter(pl.col("check") == check.name).unique("index", keep="first", maintain_order=True)
    first = failed.head(SAMPLE)
    places = text.select("_row", "_line")[first["index"]]
    sample = [FailedRow(r, line, v) for (r, line), v in zip(places.iter_rows(), first["value"], strict=True)]
    return CheckResult(check.name, check.rule, check.columns, check.severity, text.height, failed.height, tuple(sample))


def _set_failure(rule: SetRule, rows: pl.LazyFrame, existing: pl.LazyFrame | None, check: CheckSpec) -> SetFailure:
    failed = rule.failing(rows, existing, check)
    checked = int(rows.select(pl.len()).collect().item())
    keys = pl.concat_str([pl.col(name).cast(pl.String) for name in check.columns], separator=", ", ignore_nulls=True)
    shown = rows.filter(pl.col("_row").is_in(failed.head(SAMPLE).implode())).select("_row", "_line", keys)
    first = shown.collect(engine="streaming").sort("_row").iter_rows() if failed.len() else ()
    sample = tuple(FailedRow(*row) for row in first)
    result = CheckResult(check.name, check.rule, check.columns, Severity(check.severity), checked, failed.len(), sample)
    return SetFailure(result, rule.message(check), failed)
