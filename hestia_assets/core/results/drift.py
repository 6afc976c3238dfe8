"""What is different in a new file of a known source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from hestia_assets.core.results.choices import Choice

Amount = int | float | Decimal | date | datetime


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Figures of one column of a batch. ``distinct``: different values of its first 200,000 rows, at most the cap.

    ``mean``: of numbers only.
    """

    nulls: int
    minimum: Amount | None = None
    maximum: Amount | None = None
    distinct: int = 0
    mean: float | None = None


DISTINCT_CAP = 10_000
"""More different values than this count as this many."""


@dataclass(frozen=True)
class BatchProfile:
    """Figures of one batch, by column name. ``total``: rows of the whole batch, where ``rows`` were looked at."""

    rows: int
    columns: Mapping[str, ColumnProfile] = field(default_factory=dict[str, ColumnProfile])
    total: int | None = None


class DriftKind(StrEnum):
    """What changed: the columns themselves, or the figures in them."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    RETYPED = "retyped"
    ROWS = "rows"
    NULLS = "nulls"
    RANGE = "range"
    DISTINCT = "distinct"


@dataclass(frozen=True)
class DriftFinding:
    """One difference, in a plain sentence with its numbers.

    ``column``: header text of an added column, else the dataset's name for it; empty for rows. ``choices``: what a
    person can do about the recipe; the first holds until another is taken. ``source``: the header text that a renamed
    column has now.
    """

    kind: DriftKind
    column: str
    sentence: str
    choices: tuple[Choice, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Drift:
    """How a file differs from its dataset and from the batches before; ``batches``: how many it was held against.

    ``row_count``: rows of the whole file; None where they were not known, so that nothing is said of their number.
    """

    findings: tuple[DriftFinding, ...]
    batches: int = 0
    row_count: int | None = None

    def of(self, kind: DriftKind) -> tuple[DriftFinding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind is kind)
