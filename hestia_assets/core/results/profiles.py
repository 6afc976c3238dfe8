"""What a table's columns look like, which rules that suggests, and what a rule would do to what has arrived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hestia_assets.core.specs import CheckSpec

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram: values from ``low`` (included) to ``high``; the last bar includes it.

    Of dates and times in seconds since 1970 (UTC).
    """

    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Shape:
    """How texts are written: each letter as ``A``, each digit as ``9``; with one of the values, the first in order.

    Of a grouped one a run of letters or digits stands once, so that ``A A`` are two words of any length.
    """

    text: str
    rows: int
    example: str


@dataclass(frozen=True)
class ColumnFacts:
    """Figures of one column, all counted over every row.

    ``type``: in the words of ColumnType, else as the table has it. ``blanks``: texts of nothing but blanks, empty ones
    too. ``distinct``: different values, no value not among them. ``minimum``, ``maximum`` and the quantiles (``5%``
    to ``95%``) are text as the table shows it, and values of the table. ``mean``, ``deviation`` (of a sample): of
    finite numbers. ``patterns``: shapes of the texts (``A`` letter, ``9`` digit) with their rows, the most frequent
    first; ``shapes``: the same with examples, ``grouped`` where they are many; ``other_shapes``: rows of those that are
    not listed. ``top``: the most frequent values. ``lengths``: shortest and longest text, in characters. ``histogram``:
    of finite numbers, dates and times.
    """

    name: str
    type: str
    rows: int
    nulls: int
    blanks: int
    distinct: int
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    deviation: float | None = None
    quantiles: Mapping[str, str] = field(default_factory=dict[str, str])
    lengths: tuple[int, int] | None = None
    top: tuple[tuple[str, int], ...] = ()
    patterns: tuple[tuple[str, int], ...] = ()
    shapes: tuple[Shape, ...] = ()
    grouped: bool = False
    other_shapes: int = 0
    histogram: tuple[Bin, ...] = ()


@dataclass(frozen=True)
class TableFacts:
    """Figures of a table or of one batch of it."""

    rows: int
    columns: tuple[ColumnFacts, ...]


@dataclass(frozen=True)
class Suggestion:
    """A check that the rows suggest, with the evidence in one sentence; ``failing`` of ``rows`` would fail it now.

    ``sure``: from 0 to 1, by which suggestions are ordered. ``examples``: some of the values that would fail.
    """

    check: CheckSpec
    evidence: str
    rows: int
    failing: int
    sure: float = 1.0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchImpact:
    """Of one batch: rows that were judged, and those that would fail.

    ``problem``: what a check of the batch as a whole found wrong; it fails no row by itself.
    """

    batch: str
    file_name: str
    rows: int
    failing: int
    problem: str | None = None


@dataclass(frozen=True)
class Impact:
    """What a check would have done to the last batches, newest first.

    ``sample``: failing rows (the dataset's columns as text, ``_batch``, ``_row``, ``_line``), the first ``most``.
    ``problem``: why it cannot run, where it cannot.
    """

    check: CheckSpec
    batches: tuple[BatchImpact, ...]
    sample: "pl.DataFrame"
    problem: str | None = None

    @property
    def rows(self) -> int:
        """Rows that were judged."""
        return sum(batch.rows for batch in self.batches)

    @property
    def failing(self) -> int:
        """Rows that would fail."""
        return sum(batch.failing for batch in self.batches)
