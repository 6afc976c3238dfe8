"""What checks count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from hestia_assets.core.specs import Severity

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class FailedRow:
    """One row that failed a check."""

    row: int
    line: int
    value: str | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check counted in one batch; ``sample`` holds the first failing rows.

    ``most_rows`` and ``most_share``: how many may fail (see Threshold). ``exempt_rows``: those that failed and are
    allowed to, not among ``failed_rows``. ``problem``: what a rule about the whole batch found wrong; ``figures``: its
    numbers.
    """

    name: str
    rule: str
    columns: tuple[str, ...]
    severity: Severity
    checked_rows: int
    failed_rows: int
    sample: tuple[FailedRow, ...] = ()
    most_rows: int | None = None
    most_share: float | None = None
    exempt_rows: int = 0
    problem: str | None = None
    figures: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def allowed_rows(self) -> int:
        """How many rows may fail. Of 100 rows a share of 0.29 is 29; in floats it would be 28."""
        limits = [] if self.most_rows is None else [self.most_rows]
        limits += [] if self.most_share is None else [int(Decimal(str(self.most_share)) * self.checked_rows)]
        return min(limits, default=0)

    @property
    def passed(self) -> bool:
        """Whether no more rows failed than may, and nothing is wrong with the batch as a whole."""
        return self.problem is None and self.failed_rows <= self.allowed_rows

    @property
    def holds(self) -> bool:
        """Whether the batch waits for a person: a ``hold`` check failed, or more rows are set aside than borne."""
        bounded = self.most_rows is not None or self.most_share is not None
        return not self.passed and (self.severity is Severity.HOLD or (self.severity is Severity.REJECT and bounded))


def merge_checks(results: Iterable[CheckResult], *, most: int = 10) -> tuple[CheckResult, ...]:
    """Sum up results of the same check over parts of a batch; the first ``most`` failing rows stay as the sample."""
    merged: dict[str, CheckResult] = {}
    for result in results:
        seen = merged.get(result.name)
        merged[result.name] = (
            result
            if seen is None
            else replace(
                seen,
                checked_rows=seen.checked_rows + result.checked_rows,
                failed_rows=seen.failed_rows + result.failed_rows,
                exempt_rows=seen.exempt_rows + result.exempt_rows,
                problem=seen.problem or result.problem,
                sample=(*seen.sample, *result.sample)[:most],
            )
        )
    return tuple(merged.values())


@dataclass(frozen=True)
class Judgement:
    """What typing and the row checks say of a chunk.

    ``typed``: all rows, typed, in the chunk's order. ``failures``: one line per problem with ``index`` (UInt32, of the
    row in the chunk), ``check``, ``rule``, ``column``, ``message``, ``value`` (original text, nullable), ``severity``.
    """

    typed: "pl.DataFrame"
    failures: "pl.DataFrame"
    results: tuple[CheckResult, ...]


@dataclass(frozen=True)
class SetFailure:
    """Rows that failed a check which looks at more than one row."""

    result: CheckResult
    message: str
    rows: "pl.Series"

    @property
    def column(self) -> str:
        """The column that is named as the place of the failure; empty for a check of whole rows."""
        return self.result.columns[0] if self.result.columns else ""
