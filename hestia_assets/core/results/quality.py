"""Quality over time: figures of each batch, what was expected of them, and how good a dataset is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hestia_assets.core.results.batches import Batch
from hestia_assets.core.results.checks import CheckResult


class MetricKind(StrEnum):
    """What is counted of each batch."""

    ROWS = "rows"
    ASIDE = "aside"
    FRESHNESS = "freshness"
    NULLS = "nulls"
    MEAN = "mean"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True, order=True)
class Metric:
    """One figure: of the whole batch, or of a column.

    Units: rows; a share from 0 to 1 for ``aside`` and ``nulls``; hours since the batch before for ``freshness``; the
    column's own for ``mean``; different values for ``distinct``.
    """

    kind: MetricKind
    column: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.column}" if self.column else self.kind.value

    @classmethod
    def parse(cls, text: str) -> "Metric":
        """The inverse of ``str``. Raises ValueError."""
        kind, _, column = text.partition(":")
        return cls(MetricKind(kind), column)

    @property
    def title(self) -> str:
        """What it is, in words."""
        return f"{self.column}: {_TITLES[self.kind]}" if self.column else _TITLES[self.kind]

    def shown(self, value: float) -> str:
        """A value of it with its unit."""
        match self.kind:
            case MetricKind.ROWS | MetricKind.DISTINCT:
                return f"{value:,.0f}"
            case MetricKind.ASIDE | MetricKind.NULLS:
                return f"{value:.1%}" if value < 0.1 or value > 0.9 else f"{value:.0%}"
            case MetricKind.FRESHNESS:
                return f"{value:,.0f} h" if value >= 10 else f"{value:,.1f} h"
            case MetricKind.MEAN:
                return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


_TITLES = {
    MetricKind.ROWS: "Rows that arrived",
    MetricKind.ASIDE: "Share of rows set aside",
    MetricKind.FRESHNESS: "Hours since the file before",
    MetricKind.NULLS: "share without a value",
    MetricKind.MEAN: "mean",
    MetricKind.DISTINCT: "different values",
}


@dataclass(frozen=True, slots=True)
class Point:
    """A metric of one batch, or of now (no batch). ``of``: rows it was counted over; ``exact``: those were all."""

    batch: str
    at: datetime
    value: float
    of: int = 0
    exact: bool = True


class AnomalyKind(StrEnum):
    """What is unusual: one value, several in a row, none at all where there were some, no batch."""

    SPIKE = "spike"
    LEVEL = "level_shift"
    ZERO = "zero"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Expected:
    """The range that the points before led one to expect, the middle of it, and why, in one sentence."""

    low: float
    high: float
    usual: float
    why: str


@dataclass(frozen=True)
class NormalVerdict:
    """A person's word that an anomaly was none; ``level``: the values since then are the new usual ones."""

    id: int
    tenant: str
    dataset: str
    metric: Metric
    at: datetime
    value: float
    batch: str
    level: bool
    author: str
    note: str
    decided_at: datetime


@dataclass(frozen=True)
class Anomaly:
    """A value that was not expected. ``normal``: who said that it is none, where somebody did.

    ``batch`` is empty where the trouble is that none came.
    """

    dataset: str
    metric: Metric
    kind: AnomalyKind
    at: datetime
    batch: str
    value: float
    expected: Expected
    sentence: str
    normal: NormalVerdict | None = None

    @property
    def key(self) -> str:
        """Names it once: dataset, metric and moment."""
        return f"{self.dataset}|{self.metric}|{self.at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Judged:
    """A point and what was expected of it, if there was history enough; ``remark``: why it is beyond that, no alarm."""

    point: Point
    expected: Expected | None = None
    anomaly: Anomaly | None = None
    remark: str = ""


@dataclass(frozen=True)
class Series:
    """A metric over time, oldest first. ``quiet``: why nothing is said of its newest point, where that is so.

    ``learning``: on which days less is said than later on, as too few of them were seen.
    """

    metric: Metric
    points: tuple[Judged, ...]
    quiet: str = ""
    learning: str = ""

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """What was unusual in it, oldest first."""
        return tuple(judged.anomaly for judged in self.points if judged.anomaly)


@dataclass(frozen=True)
class Lateness:
    """A batch that was due and has not come. ``due``: when it should have been there, ``grace`` included."""

    dataset: str
    due: datetime
    hours: float
    last: datetime | None
    sentence: str


class PartName(StrEnum):
    """What a score is made of."""

    COMPLETENESS = "completeness"
    VALIDITY = "validity"
    UNIQUENESS = "uniqueness"
    TIMELINESS = "timeliness"
    CONSISTENCY = "consistency"


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One row of a part's sum: what was counted, how many were good, of how many, and where the others are.

    The others are in quarantine under ``rules`` (names of rules), or in the table, found by ``sql``. ``check``: the
    name of the check that counted, where one did.
    """

    what: str
    good: int
    of: int
    rules: tuple[str, ...] = ()
    sql: str = ""
    check: str = ""


@dataclass(frozen=True)
class ScorePart:
    """One part of a score: ``good`` of ``of``, by its ``formula``; or not rated, and ``why`` not."""

    name: PartName
    formula: str
    good: int = 0
    of: int = 0
    why: str = ""
    lines: tuple[ScoreLine, ...] = ()

    @property
    def value(self) -> float | None:
        """From 0 to 100; nothing where it is not rated."""
        return 100 * self.good / self.of if self.of and not self.why else None


@dataclass(frozen=True)
class Score:
    """How good a dataset's last files were: the mean of the parts that are rated. ``batches``: which, newest first."""

    dataset: str
    parts: tuple[ScorePart, ...]
    batches: tuple[str, ...] = ()
    rows: int = 0

    @property
    def value(self) -> float | None:
        """From 0 to 100; nothing where no part is rated."""
        rated = [part.value for part in self.parts if part.value is not None]
        return sum(rated) / len(rated) if rated else None

    def part(self, name: PartName) -> ScorePart:
        """One part."""
        return next(part for part in self.parts if part.name is name)


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """A row that failed: which, where it stands, what is wrong, its text."""

    batch: str
    row: int
    line: int
    rule: str
    column: str
    message: str
    value: str | None
    text: str


@dataclass(frozen=True)
class Report:
    """What a report of a batch or of a dataset says, whatever it is printed on.

    ``verdict`` is one word or two, ``sentence`` says it out. ``account``: lines by place. ``worst``: checks that failed
    most rows, each said by its name in ``sentences``, with ``terms`` where it has some. ``rows``: the first that
    failed, of ``failed`` in all. ``trend``: a series of figures with what was expected.
    """

    title: str
    tenant: str
    dataset: str
    batch: Batch | None
    made_at: datetime
    verdict: str
    sentence: str
    account: Mapping[str, int] = field(default_factory=dict[str, int])
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    worst: tuple[CheckResult, ...] = ()
    sentences: Mapping[str, str] = field(default_factory=dict[str, str])
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    rows: tuple[ReportedRow, ...] = ()
    failed: int = 0
    trend: Series | None = None
    anomalies: tuple[Anomaly, ...] = ()
    score: Score | None = None
    lateness: Lateness | None = None


@dataclass(frozen=True)
class Standing:
    """One line of the dashboard: how a dataset stands now."""

    dataset: str
    score: Score
    trend: tuple[float, ...]
    open_rows: int
    last: Batch | None
    failing: tuple[CheckResult, ...]
    anomalies: tuple[Anomaly, ...]
    lateness: Lateness | None
    quiet: str = ""
