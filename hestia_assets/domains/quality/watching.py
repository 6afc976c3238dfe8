"""One figure over time: each point against what the points before it led to expect, and what a person said of it.

A single value out of its range is a spike, or zero where there were some. Three in a row on one side, or a drift to
one side that chance does not make (a cumulative sum), are another level: said once, and then it is the level.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hestia_assets.core.results.quality import (
    Anomaly,
    AnomalyKind,
    Expected,
    Judged,
    Metric,
    MetricKind,
    NormalVerdict,
    Point,
    Series,
)
from hestia_assets.domains.quality.outlook import HISTORY, Outlook, Range
from hestia_assets.domains.quality.scales import FEW, Scale
from hestia_assets.domains.quality.seasons import seasonal_moment
from hestia_assets.domains.quality.wording import remark, sentence, still_learned, why

IN_A_ROW = 3
"""So many points in a row out of their range, on one side, are another level."""

SLACK, SUM, CLIP = 1.0, 10.0, 4.0
"""The cumulative sum: spreads that are forgiven each time, spreads from which it speaks, most that one point adds."""

BACK = 14
"""So many points after another level that nobody called normal, the old one may come back without an alarm."""

ONLY_MORE = (MetricKind.ASIDE, MetricKind.FRESHNESS)
"""Of these figures less is no trouble."""

MOST = 10.0
"""More than so many times what is usual is an alarm on any day."""

FARTHER = 2.0
"""A point after one that raised an alarm raises another where it is so many times as far off."""

STEP = 0.01
"""A drift of a share by less than this is none."""

NEVER = 1e-6
"""What has this chance does not happen."""

Verdicts = Mapping[datetime, NormalVerdict]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A value that a person called normal: its place, and how far it was from what was expected."""

    place: float
    error: float

    def alike(self, place: float, middle: float, usual: float) -> bool:
        """Whether a value is as this one was, either in size or in how far off it is."""
        near = max(3 * usual, 0.2 * abs(self.error))
        return abs(place - self.place) <= near or abs(place - middle - self.error) <= near


@dataclass
class Watcher:
    """Judges the points of one figure, oldest first."""

    dataset: str
    metric: Metric
    verdicts: Verdicts
    outlook: Outlook = field(init=False)
    seen: list[Point] = field(default_factory=list[Point])
    accepted: list[Accepted] = field(default_factory=list[Accepted])
    run: list[float] = field(default_factory=list[float])
    sums: dict[int, list[float]] = field(default_factory=lambda: {1: [], -1: []})
    old: float = 0.0
    back: int = 0
    returned: int = 0
    told: bool = False

    def __post_init__(self) -> None:
        self.outlook = Outlook(Scale(self.metric.kind))

    def judge(self, point: Point) -> Judged:
        """What is said of the next point; afterwards it is history."""
        moment, place = self._moment(point), self.outlook.scale.of(point.value)
        if not self.outlook.enough:
            self._remember(point, moment, place, surprising=False)
            return Judged(point)
        reach = self.outlook.expected(moment, point)
        seldom = self._seldom(point, moment, reach)
        quiet = seldom is not None or self._follows(place, moment, reach)
        kind = self._kind(point, place, reach, quiet=quiet)
        expected = self._expected(moment, reach, told=kind is not None)
        said = self.verdicts.get(point.at) or (self._while_missing(point) if kind else None)
        self._remember(point, moment, place, surprising=not reach.holds(place))
        self._return(place, reach)
        if kind is None:
            text = remark(self.metric, point, expected, moment, seldom) if seldom is not None else ""
            return Judged(point, expected, remark=text)
        if kind is AnomalyKind.LEVEL or (said and said.level):
            self._new_level(place, reach, accepted=said is not None)
        elif said:
            self.accepted.append(Accepted(place, place - reach.middle))
        told = sentence(self.metric, kind, point, expected)
        return Judged(
            point,
            expected,
            Anomaly(self.dataset, self.metric, kind, point.at, point.batch, point.value, expected, told, said),
        )

    def overdue(self, last: Point, now: datetime) -> Anomaly | None:
        """That no batch has come for longer than it ever takes, as of now; ``last`` is of the last one that came."""
        if not self.outlook.enough:
            return None
        hours = (now - last.at).total_seconds() / 3600
        waiting = Point("", now, hours)
        reach = self.outlook.expected(last.at, waiting)
        place = self.outlook.scale.of(hours)
        if self._inside(place, reach):
            return None
        expected = self._expected(last.at, reach, told=True)
        told = sentence(self.metric, AnomalyKind.MISSING, waiting, expected)
        due = last.at + timedelta(hours=expected.high)
        said = self.verdicts.get(due)
        return Anomaly(self.dataset, self.metric, AnomalyKind.MISSING, due, "", hours, expected, told, said)

    def _while_missing(self, point: Point) -> NormalVerdict | None:
        """What a person said of a file that had not come yet, and came with this point."""
        if self.metric.kind is not MetricKind.FRESHNESS:
            return None
        return next((said for at, said in self.verdicts.items() if self.seen[-1].at < at < point.at), None)

    def _moment(self, point: Point) -> datetime:
        return seasonal_moment(self.metric.kind, point.at, self.seen[-1].at if self.seen else None)

    def _inside(self, place: float, reach: Range) -> bool:
        if reach.holds(place) or (self.metric.kind in ONLY_MORE and place < reach.low):
            return True
        if self.metric.kind is MetricKind.NULLS and place < reach.low and self.outlook.scale.back(reach.low) < STEP:
            return True
        if self.back and reach.holds(place + self.old):
            return True
        return any(each.alike(place, reach.middle, reach.spread) for each in self.accepted)

    def _seldom(self, point: Point, moment: datetime, reach: Range) -> int | None:
        """How often such an edge of a month was seen, where that is too seldom to call so high a count unusual."""
        place = self.outlook.scale.of(point.value)
        if self.metric.kind is not MetricKind.ROWS or self._inside(place, reach) or place < reach.high:
            return None
        beyond = point.value > MOST * max(1.0, self.outlook.scale.back(reach.middle))
        return None if beyond else self.outlook.new_edge(moment)

    def _follows(self, place: float, moment: datetime, reach: Range) -> bool:
        """More different values at the edge of a month come with its rows, also with as many as are no surprise."""
        return self.metric.kind is MetricKind.DISTINCT and place > reach.high and self.outlook.apart(moment)

    def _kind(self, point: Point, place: float, reach: Range, *, quiet: bool) -> AnomalyKind | None:
        """What is wrong with it, said once of a run of points; ``quiet``: nothing is said of this one."""
        error = place - reach.middle
        if self._inside(place, reach):
            self.run = []
            calm = reach.holds(place) and self.metric.kind not in ONLY_MORE
            if calm and self._drifts(error, reach.spread) and self._matters(point, reach):
                return AnomalyKind.LEVEL
            self.run = []
            return AnomalyKind.ZERO if self._vanished(point) else None
        if self.run and (self.run[-1] > 0) != (error > 0):
            self.run = []
        self.run.append(error)
        if len(self.run) >= IN_A_ROW and not quiet:
            return AnomalyKind.LEVEL
        farther = len(self.run) > 1 and abs(error) > FARTHER * max(abs(each) for each in self.run[:-1])
        told = self.told and len(self.run) > 1 and not farther
        self.told = told or not quiet
        if told or quiet:
            return None
        nothing = (
            point.value == 0 and self.outlook.scale.back(reach.low) > 0 and self.metric.kind is not MetricKind.MEAN
        )
        return AnomalyKind.ZERO if nothing else AnomalyKind.SPIKE

    def _matters(self, point: Point, reach: Range) -> bool:
        """Whether a drift that was found is large enough to speak of: of shares, a hundredth of not too few rows."""
        if self.metric.kind is not MetricKind.NULLS:
            return True
        if point.of < FEW:
            return False
        back, errors = self.outlook.scale.back, sorted(self.run)
        return abs(back(reach.middle + errors[len(errors) // 2]) - back(reach.middle)) >= STEP

    def _vanished(self, point: Point) -> bool:
        """Whether so many files without a row in a row are no chance any more, where one alone may be; said once."""
        if self.metric.kind is not MetricKind.ROWS or point.value:
            return False
        empty = next((run for run, each in enumerate(reversed(self.seen), 1) if each.value), len(self.seen) + 1)
        before = self.seen[: len(self.seen) - empty + 1]
        share = (sum(1 for each in before if not each.value) + 1) / (len(before) + 2)
        return share**empty < NEVER <= share ** (empty - 1)

    def _drifts(self, error: float, usual: float) -> bool:
        """Whether small errors to one side add up to more than chance makes of them."""
        found = False
        for side, errors in self.sums.items():
            errors.append(error)
            steps = [min(CLIP, max(-CLIP, side * each / usual)) - SLACK for each in errors]
            total = 0.0
            for at, step in enumerate(steps):
                total += step
                if total <= 0:
                    del errors[: at + 1]
                    break
            if total > SUM and len(errors) >= IN_A_ROW:
                self.run, found = list(errors), True
        return found

    def _new_level(self, place: float, reach: Range, *, accepted: bool) -> None:
        errors = sorted(self.run) or [place - reach.middle]
        by = errors[len(errors) // 2]
        self.outlook.shift(by, last=max(1, len(self.run)))
        self.old, self.back = (0.0, 0) if accepted else (by, BACK)
        self.run, self.sums = [], {1: [], -1: []}

    def _return(self, place: float, reach: Range) -> None:
        """The old level is back: as nobody called the other one normal, it is the level again without an alarm."""
        came = self.back > 0 and reach.holds(place + self.old) and not reach.holds(place)
        self.returned = self.returned + 1 if came else 0
        if self.returned == IN_A_ROW:
            self.outlook.shift(-self.old, last=IN_A_ROW)
            self.old, self.back, self.returned = 0.0, 0, 0

    def _remember(self, point: Point, moment: datetime, place: float, *, surprising: bool) -> None:
        self.outlook.take(moment, place, point.of, surprising=surprising)
        self.seen.append(point)
        self.back = max(0, self.back - 1)

    def _expected(self, moment: datetime, reach: Range, *, told: bool) -> Expected:
        scale = self.outlook.scale
        low, high = scale.back(reach.low), scale.back(reach.high)
        low = 0.0 if self.metric.kind in ONLY_MORE else low
        because = why(self.metric, self.seen, moment, self.outlook.season) if told else ""
        return Expected(low, high, scale.back(reach.middle), because)


def watch(
    dataset: str, metric: Metric, points: Sequence[Point], *, verdicts: Sequence[NormalVerdict] = ()
) -> tuple[Series, Watcher]:
    """A figure over time, judged point by point; the watcher knows what is expected of the next one."""
    watcher = Watcher(dataset, metric, {each.at: each for each in verdicts if each.metric == metric})
    judged = tuple(_judged(watcher, points))
    quiet = "" if len(points) >= HISTORY else f"Not enough history: {len(points)} of {HISTORY} files."
    known = quiet or metric.kind is not MetricKind.ROWS
    return Series(metric, judged, quiet, "" if known else still_learned(*watcher.outlook.unknown())), watcher


def _judged(watcher: Watcher, points: Sequence[Point]) -> Iterator[Judged]:
    for point in points:
        yield watcher.judge(point)
