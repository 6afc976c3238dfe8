"""What checks count."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
    """What one check counted in one batch; ``sample`` holds the first failing rows."""

    name: str
    rule: str
    columns: tuple[str, ...]
    severity: Severity
    checked_rows: int
    failed_rows: int
    sample: tuple[FailedRow, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no row failed."""
        return self.failed_rows == 0


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
