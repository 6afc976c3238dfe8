"""What a resubmission would do now: the same typing and checks as a run, and nothing is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import polars as pl

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import TableStore, Validator
from hestia_assets.core.results import CheckResult, NewerRow, SetFailure, merge_checks
from hestia_assets.core.specs import DatasetSpec, Mode, Severity
from hestia_assets.domains.ingest.entries import newer
from hestia_assets.domains.ingest.entries.edited import EditedRows
from hestia_assets.domains.ingest.entries.lines import Attempt, ResubmissionReader
from hestia_assets.domains.ingest.loading.keyed import KeyFailure
from hestia_assets.domains.ingest.loading.sets import guarded_rows
from hestia_assets.domains.ingest.rewriting.rereading import read_plainly


@dataclass
class Outcome:
    """By row: what is wrong (message by column), the checks that say so; all rows typed, with ``_row``.

    ``newer``: rows in whose place the table has newer ones; they have a problem too, unless they may be loaded over
    those.
    """

    problems: dict[int, dict[str, str]] = field(default_factory=dict[int, "dict[str, str]"])
    failed: dict[int, list[str]] = field(default_factory=dict[int, "list[str]"])
    results: list[CheckResult] = field(default_factory=list[CheckResult])
    typed: pl.DataFrame = field(default_factory=pl.DataFrame)
    newer: dict[int, NewerRow] = field(default_factory=dict[int, NewerRow])

    def add(self, row: int, check: str, column: str, message: str) -> None:
        """One problem of one row; the first of a column is kept."""
        self.problems.setdefault(row, {}).setdefault(column, message)
        self.failed.setdefault(row, []).append(check)


@dataclass(frozen=True)
class Trial:
    """Judges resubmitted rows (``attempts``) under a dataset's spec as it judges single rows (``spec_for_rows``)."""

    tables: TableStore
    validator: Validator
    spec: DatasetSpec
    newer: newer.NewerRows
    attempts: Iterable[Attempt]
    over_newer: bool

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
            rows, trouble, guarded = guarded_rows(rows, self.spec, lambda named: self._guarded(named, outcome))
            failures = [trouble.failure, *([guarded] if guarded else [])]
        elif edited := EditedRows(self.newer.book, self.spec).of_attempts(rows, self.attempts):
            rows, failures = rows.filter(~pl.col("_row").is_in(edited.rows.implode())), [edited]
        found, _ = self.validator.judge_beside(rows, self._existing(), self.spec, self.spec.mode)
        failures = [*found, *failures]
        for failure in failures:
            outcome.results.append(failure.result)
            if failure.result.severity is Severity.REJECT:
                words = dict(failure.messages.iter_rows()) if isinstance(failure, KeyFailure) else {}
                for row in failure.rows:
                    outcome.add(row, failure.result.name, failure.column, words.get(row, failure.message))

    def _guarded(self, rows: pl.LazyFrame, outcome: Outcome) -> KeyFailure | None:
        """Rows that stay open, as the table has newer ones; where those may go, they are only noted."""
        outcome.newer = self.newer.of(rows, self.attempts)
        return None if self.over_newer else self.newer.failure(outcome.newer)

    def _existing(self) -> pl.LazyFrame | None:
        ref = TableRef(Layer.VALIDATED, self.spec.tenant, self.spec.name)
        if not self.tables.exists(ref):
            return None
        return read_plainly(self.tables.scan(ref), self.validator, self.spec)
