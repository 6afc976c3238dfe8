"""What a resubmission would do now: the same typing and checks as a run, and nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import polars as pl

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import TableStore, Validator
from hestia_assets.core.results import CheckResult, SetFailure, merge_checks
from hestia_assets.core.specs import DatasetSpec, Mode, Severity
from hestia_assets.domains.ingest.entries.lines import ResubmissionReader
from hestia_assets.domains.ingest.loading.keyed import KeyFailure, key_trouble


@dataclass
class Outcome:
    """By row: what is wrong (message by column), the checks that say so; all rows typed, with ``_row``."""

    problems: dict[int, dict[str, str]] = field(default_factory=dict[int, "dict[str, str]"])
    failed: dict[int, list[str]] = field(default_factory=dict[int, "list[str]"])
    results: list[CheckResult] = field(default_factory=list[CheckResult])
    typed: pl.DataFrame = field(default_factory=pl.DataFrame)

    def add(self, row: int, check: str, column: str, message: str) -> None:
        """One problem of one row; the first of a column is kept."""
        self.problems.setdefault(row, {}).setdefault(column, message)
        self.failed.setdefault(row, []).append(check)


@dataclass(frozen=True)
class Trial:
    """Judges resubmitted rows under a dataset's spec as it judges single rows (``spec_for_rows``)."""

    tables: TableStore
    validator: Validator
    spec: DatasetSpec

    def judge(self, source: BinaryIO) -> Outcome:
        """Type and check every row. Raises SpecError when a check cannot run."""
        outcome, typed = Outcome(), list[pl.DataFrame]()
        columns, checks = self.spec.recipe.columns, self.spec.checks
        for chunk in ResubmissionReader().read(source, self.spec.recipe):
            judged = self.validator.judge(chunk.frame, columns, checks)
            outcome.results += judged.results
            places = chunk.frame["_row"].to_list()
            fatal = judged.failures.filter(pl.col("severity") == Severity.REJECT.value)
            for index, check, column, message in fatal.select("index", "check", "column", "message").iter_rows():
                outcome.add(places[index], check, column or "", message)
            typed.append(judged.typed)
        if typed:
            outcome.typed = pl.concat(typed)
            self._judge_together(outcome)
        outcome.results = list(merge_checks(outcome.results))
        return outcome

    def _judge_together(self, outcome: Outcome) -> None:
        """Keys, and checks that look at several rows; rows that failed already are not seen by them."""
        rows = outcome.typed.filter(~pl.col("_row").is_in(list(outcome.problems))).lazy()
        failures: Sequence[SetFailure] = ()
        if self.spec.mode is Mode.UPSERT:
            trouble = key_trouble(rows, self.spec)
            failures = [trouble.failure]
            out = pl.concat([trouble.failure.rows, trouble.repeats])
            rows = rows.filter(~pl.col("_row").is_in(out.implode()))
        found, _ = self.validator.judge_beside(rows, self._existing(), self.spec, self.spec.mode)
        failures = [*found, *failures]
        for failure in failures:
            outcome.results.append(failure.result)
            if failure.result.severity is Severity.REJECT:
                words = dict(failure.messages.iter_rows()) if isinstance(failure, KeyFailure) else {}
                for row in failure.rows:
                    outcome.add(row, failure.result.name, failure.column, words.get(row, failure.message))

    def _existing(self) -> pl.LazyFrame | None:
        ref = TableRef(Layer.VALIDATED, self.spec.tenant, self.spec.name)
        return self.tables.scan(ref) if self.tables.exists(ref) else None
