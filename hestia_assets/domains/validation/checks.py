"""Checks on rows: those that look at one row take one pass over a chunk; set rules see the batch and the table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import Clock, SqlEngine, TableStore
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import CheckResult, FailedRow, Guess, Judgement, SetFailure
from hestia_assets.core.rules import ArrivedBatch, BatchFinding, BatchRule, Occasion, Rule, Scope, SetRule
from hestia_assets.core.sentences import sentence_of
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Mode
from hestia_assets.domains.validation._beside import Beside
from hestia_assets.domains.validation._exempt import exempt
from hestia_assets.domains.validation._passes import failing_rows
from hestia_assets.domains.validation._scope import columns_read, scope_of
from hestia_assets.domains.validation._sets import Counted, SetQuery, unrun
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
NO_FAILURES = pl.DataFrame(schema=FAILURE_SCHEMA)
TYPE_RULE = "type"


@dataclass(frozen=True)
class _Failed:
    """Indices of the rows that fail a check at a column, and of those that fail it and may."""

    check: CheckSpec
    column: str
    index: pl.Series
    exempt: pl.Series


@dataclass(frozen=True)
class RuleValidator:
    """Types and checks with the installed rules.

    ``tenant`` and ``clock`` hold where nobody said on which occasion rows are judged, as in a preview.
    """

    rules: Registry[Rule]
    engine: SqlEngine
    tables: TableStore
    clock: Clock
    tenant: str = "default"
    occasion: Occasion | None = None

    def on(self, occasion: Occasion) -> "RuleValidator":
        """The same for one batch."""
        return replace(self, occasion=occasion)

    def scope(self, check: CheckSpec) -> Scope:
        """What a check looks at. Raises UnknownPluginError."""
        return scope_of(self.rules.get(check.rule))

    def demand(self, result: CheckResult, checks: Sequence[CheckSpec]) -> str:
        """What the check of a result, one of these, demands, as a sentence without a full stop."""
        return sentence_of(result, checks, self.rules)

    def reads(self, check: CheckSpec) -> frozenset[str] | None:
        """The columns that a check looks at; None where it may look at any."""
        return columns_read(check, self.rules.get(check.rule))

    def datasets(self, check: CheckSpec) -> tuple[str, ...]:
        """Names of other datasets whose validated tables a check reads. Raises SpecError on wrong parameters."""
        rule = self.rules.get(check.rule)
        return rule.datasets(check) if isinstance(rule, SetRule | BatchRule) else ()

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
        known = pl.concat([NO_FAILURES, *untyped])
        row_checks = [check for check in checks if self.scope(check) in (Scope.VALUE, Scope.ROW)]
        failed = self._row_failures(rows, row_checks)
        fresh = pl.concat([NO_FAILURES, *(self._shown(text, one) for one in failed)])
        if not known.is_empty():
            fresh = fresh.join(known, on=["index", "column"], how="anti", maintain_order="left")
        exempted = {check.name: [one.exempt for one in failed if one.check is check] for check in row_checks}
        results = tuple(_result(check, fresh, text, exempted[check.name]) for check in row_checks)
        return Judgement(rows, pl.concat([known, fresh]), results)

    def judge_records(self, rows: pl.DataFrame, checks: Sequence[CheckSpec]) -> list[SetFailure]:
        """Run checks that look at one row on typed rows with ``_row`` and ``_line``."""
        failures: list[SetFailure] = []
        for one in self._row_failures(rows, checks):
            counted = Counted(rows["_row"].gather(one.index).cast(pl.Int64), rows.height, one.exempt.len())
            failures.append(self._set_failure(one.check, rows.lazy(), counted))
        return failures

    def judge_set(
        self, rows: pl.LazyFrame, existing: pl.LazyFrame | None, checks: Sequence[CheckSpec]
    ) -> list[SetFailure]:
        """Run the checks that look at all rows of a batch and of the table, in one query."""
        found = [(check, rule) for check in checks if isinstance(rule := self.rules.get(check.rule), SetRule)]
        if not found:
            return []
        others = {name: table for check, rule in found for name, table in self._others(check, rule).items()}
        query = SetQuery(self.engine, self._occasion, rows, existing, others)
        counts = query.run(found)
        return [self._set_failure(check, rows, one) for (check, _), one in zip(found, counts, strict=True)]

    def judge_beside(
        self, rows: pl.LazyFrame, existing: pl.LazyFrame | None, spec: DatasetSpec, mode: Mode
    ) -> tuple[list[SetFailure], pl.LazyFrame | None]:
        """Run them beside the rows of the table that no row which passes takes the place of; gives these too."""
        return Beside(rows, existing, spec, mode).judge(lambda staying: self.judge_set(rows, staying, spec.checks))

    def judge_batch(self, batch: ArrivedBatch, checks: Sequence[CheckSpec]) -> list[CheckResult]:
        """Run the checks that look at the batch as a whole. Raises SpecError when one cannot run."""
        results: list[CheckResult] = []
        for check in checks:
            rule = self.rules.get(check.rule)
            if isinstance(rule, BatchRule):
                found = self._judged(check, rule, batch)
                result = _counted(check, batch.row_count, 0)
                results.append(replace(result, problem=found.problem, figures=dict(found.figures)))
        return results

    @property
    def _occasion(self) -> Occasion:
        return self.occasion or Occasion(self.tenant, self.clock())

    def _judged(self, check: CheckSpec, rule: BatchRule, batch: ArrivedBatch) -> BatchFinding:
        """What a rule says of a batch. Raises SpecError when it cannot: that is never a pass."""
        try:
            return rule.judge(check, replace(batch, others=self._others(check, rule)))
        except SpecError as error:
            raise unrun(check, error) from error
        except PolarsError as error:
            hint = "Correct the check's parameters or the columns' types."
            raise unrun(check, SpecError(str(error).partition("\n")[0], hint=hint)) from error

    def _others(self, check: CheckSpec, rule: SetRule | BatchRule) -> dict[str, pl.LazyFrame]:
        """Validated tables of other datasets. Raises SpecError: what is not there cannot be compared with."""
        found: dict[str, pl.LazyFrame] = {}
        for name in dict.fromkeys(rule.datasets(check)):
            ref = TableRef(Layer.VALIDATED, self._occasion.tenant, name)
            if not self.tables.exists(ref):
                hint = f"Import a file into {name} first, or correct the name of the dataset."
                message = f"Check '{check.name}' reads the dataset '{name}', which has no table yet."
                raise SpecError(message, hint=hint)
            found[name] = self.tables.scan(ref)
        return found

    def _row_failures(self, rows: pl.DataFrame, checks: Sequence[CheckSpec]) -> list[_Failed]:
        """By column, in the order of the checks: the rows that fail, without those that may."""
        wide = [(check, check.columns[0] if check.columns else "") for check in checks
                if self.scope(check) is Scope.ROW]  # fmt: skip
        names = dict.fromkeys(column for check in checks for column in check.columns)
        each = [(check, name) for name in names for check in checks
                if name in check.columns and self.scope(check) is Scope.VALUE]  # fmt: skip
        applied = [*each, *wide]
        found = failing_rows(rows, applied, self.rules, self._occasion)
        return [self._without_exempt(rows, check, column, found[check.name, column]) for check, column in applied]

    def _without_exempt(self, rows: pl.DataFrame, check: CheckSpec, column: str, index: pl.Series) -> _Failed:
        allowed = exempt(check, self._occasion)
        if allowed is None or index.is_empty():
            return _Failed(check, column, index, index.clear())
        may = rows[index].select(allowed.alias("may"))["may"]
        return _Failed(check, column, index.filter(~may), index.filter(may))

    def _shown(self, text: pl.DataFrame, failed: _Failed) -> pl.DataFrame:
        if failed.index.is_empty():
            return NO_FAILURES
        check, rule = failed.check, self.rules.get(failed.check.rule)
        spoken = check if scope_of(rule) is Scope.ROW else check.model_copy(update={"columns": (failed.column,)})
        return _failures(text, failed.index, failed.column, check, rule.message(spoken))

    def _set_failure(self, check: CheckSpec, rows: pl.LazyFrame, counted: Counted) -> SetFailure:
        keys = pl.concat_str(
            [pl.col(name).cast(pl.String) for name in check.columns] or [pl.lit("")], separator=", ", ignore_nulls=True
        )
        chosen = pl.col("_row").is_in(counted.rows.head(SAMPLE).implode())
        shown = rows.filter(chosen).select("_row", "_line", keys.alias("value"))
        first = shown.collect(engine="streaming").sort("_row").iter_rows() if counted.rows.len() else ()
        sample = tuple(FailedRow(*row) for row in first)
        result = replace(
            _counted(check, counted.checked, counted.rows.len()), sample=sample, exempt_rows=counted.exempt
        )
        return SetFailure(result, self.rules.get(check.rule).message(check), counted.rows)


def _type_failures(text: pl.DataFrame, rows: pl.DataFrame, column: Column) -> pl.DataFrame:
    index = misfits(text, rows, column)
    if index.is_empty():
        return NO_FAILURES
    check = CheckSpec(rule=TYPE_RULE, columns=(column.name,))
    return _failures(text, index, column.name, check, f"{column.name} must be {expected(column)}.")


def _failures(text: pl.DataFrame, index: pl.Series, column: str, check: CheckSpec, message: str) -> pl.DataFrame:
    return pl.DataFrame({"index": index.cast(pl.UInt32)}).select(
        "index",
        check=pl.lit(check.name),
        rule=pl.lit(check.rule),
        column=pl.lit(column),
        message=pl.lit(message),
        value=text[column].gather(index) if column else pl.lit(None, dtype=pl.String),
        severity=pl.lit(check.severity.value),
    )


def _counted(check: CheckSpec, checked: int, failed: int) -> CheckResult:
    limit = check.threshold
    return CheckResult(
        check.name, check.rule, check.columns, check.severity, checked, failed,
        most_rows=limit.rows if limit else None, most_share=limit.share if limit else None,
    )  # fmt: skip


def _result(check: CheckSpec, failures: pl.DataFrame, text: pl.DataFrame, exempted: Sequence[pl.Series]) -> CheckResult:
    may = pl.concat(exempted).n_unique() if any(one.len() for one in exempted) else 0
    failed = failures.filter(pl.col("check") == check.name)
    if failed.is_empty():
        return replace(_counted(check, text.height, 0), exempt_rows=may)
    failed = failed.unique("index", keep="first", maintain_order=True)
    first = failed.head(SAMPLE)
    places = text.select("_row", "_line")[first["index"]]
    sample = [FailedRow(r, line, v) for (r, line), v in zip(places.iter_rows(), first["value"], strict=True)]
    return replace(_counted(check, text.height, failed.height), sample=tuple(sample), exempt_rows=may)
