"""Candidates become suggestions when the rules themselves have judged every row that was looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.ports import Validator
from hestia_assets.core.results import CheckResult, Suggestion
from hestia_assets.core.rules import Scope
from hestia_assets.core.specs import CheckSpec, Severity
from hestia_assets.domains.profiling.suggesting.seen import Candidate, Seen
from hestia_assets.domains.profiling.suggesting.shapes import KIND_RULES

PER_COLUMN = 5
PROBED = 300
"""Values by which it is told first whether a column may be of a kind that takes long to judge."""

LEAST_VALUES = 3
"""Different values that make a kind; one or two codes are of several kinds."""

EXAMPLES = 3


@dataclass(frozen=True)
class Judging:
    """Judges candidates on the rows that they were drawn from."""

    validator: Validator
    seen: Seen

    def suggestions(self, candidates: Iterable[Candidate], have: Sequence[CheckSpec]) -> tuple[Suggestion, ...]:
        """The surest first, a handful per column; none that the dataset has, and none that cannot run."""
        taken = {check.name for check in have} | {(check.rule, check.columns) for check in have}
        told = {check.columns[0] for check in have if check.rule in KIND_RULES and check.columns}
        found: list[Suggestion] = []
        for candidate in candidates:
            check = candidate.check
            if check.name in taken or (check.rule, check.columns) in taken:
                continue
            if candidate.kind and (check.columns[0] in told or not self._probed(candidate)):
                continue
            suggestion = self._suggestion(candidate)
            if suggestion is not None:
                told |= {check.columns[0]} if candidate.kind else set()
                found.append(suggestion)
        found.sort(key=lambda one: (-one.sure, one.failing, one.check.name))
        checks = [*have, *(one.check for one in found)]
        foreign = {check.columns[0] for check in checks if check.rule == "foreign_key"}
        return tuple(self._few(self._telling(found, told, foreign)))

    def _telling(self, found: Sequence[Suggestion], told: set[str], foreign: set[str]) -> list[Suggestion]:
        """Without the shape and length of texts whose kind is known, and without the list of a foreign key's values."""
        weaker = {(rule, name) for name in told for rule in ("matches", "length")}
        weaker |= {("in_set", name) for name in foreign}
        return [one for one in found if (one.check.rule, one.check.columns[0]) not in weaker]

    def _few(self, found: Sequence[Suggestion]) -> list[Suggestion]:
        counts: dict[str, int] = {}
        kept: list[Suggestion] = []
        for one in found:
            column = one.check.columns[0]
            counts[column] = counts.get(column, 0) + 1
            if counts[column] <= PER_COLUMN:
                kept.append(one)
        return kept

    def _probed(self, candidate: Candidate) -> bool:
        name = candidate.check.columns[0]
        some = self.seen.text.filter(self.seen.typed[name].is_not_null()).unique(name, maintain_order=True).head(PROBED)
        result = self._result(candidate.check, some)
        return result is not None and some.height >= LEAST_VALUES and result.failed_rows <= 0.02 * some.height

    def _suggestion(self, candidate: Candidate) -> Suggestion | None:
        result = self._result(candidate.check, self.seen.text)
        if result is None or result.failed_rows > candidate.borne * self.seen.height:
            return None
        failing, check, evidence = result.failed_rows, candidate.check, candidate.evidence
        if failing and check.severity is Severity.REJECT:
            check = check.model_copy(update={"severity": Severity.WARN})  # nobody asked to set these rows aside
        if candidate.kind:
            values = self.seen.values(check.columns[0]).len()
            evidence = f"{values - failing:,} of {values:,} values are {candidate.kind}."
        shown = dict.fromkeys(row.value for row in result.sample if row.value)
        sure = candidate.sure * (1 - min(failing / max(self.seen.height, 1), 0.005) * 10)
        return Suggestion(check, evidence, self.seen.height, failing, round(sure, 4), tuple(shown)[:EXAMPLES])

    def _result(self, check: CheckSpec, text: pl.DataFrame) -> CheckResult | None:
        """What the rule counts; None where it cannot run on such columns."""
        warn = check.model_copy(update={"severity": Severity.WARN})
        try:
            if self.validator.scope(check) is Scope.SET:
                numbered = self.seen.typed.with_columns(_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
                return self.validator.judge_set(numbered.with_columns(_line="_row").lazy(), None, [warn])[0].result
            reads = self.validator.reads(check)
            columns = tuple(one for one in self.seen.columns if reads is None or one.name in reads)
            return self.validator.judge(text, columns, [warn]).results[0]
        except SpecError:
            return None
