"""What the points before one lead to expect of it. The point itself is never among them.

Level: the median of the last fortnight of points, seasons taken out. Spread: the median absolute deviation of the last
errors of that very forecast, so that a trend, which makes the level lag, is in it. The range is as wide as five
spreads, and in any case a good deal wider than the largest errors before: figures with heavy tails have wide ranges.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt

from hestia_assets.core.results.quality import MetricKind, Point
from hestia_assets.domains.quality.scales import Scale
from hestia_assets.domains.quality.seasons import (
    EDGES,
    OF_A_KIND,
    Seasons,
    edge,
    median,
    month_day,
    of_itself,
    seasons,
    spread,
    without_level,
)

HISTORY = 14
"""Points before the first one that is judged."""

LEVEL = 14
ERRORS = 180
OFTEN, SOME, SELDOM = 7, 56, 14
WIDTH = 5.0
TAIL = 1.75
"""How far beyond the second largest error of before is still no surprise."""

FEW = 8
"""The fewer points there are, the less is known of their spread: of thirty, the range is half as wide again."""

ROUGH = 1.5
"""A day of the month comes so seldom that its effect is known less well."""

NEAR = 3
"""The last points are no earlier edge of a month: one edge is up to so many days."""

FAR, LEAST = 10.0, 10.0
"""Counts are not expected so many times below the least so far, if that was not small, however wide they spread."""


@dataclass(frozen=True, slots=True)
class Range:
    """Where a point is expected, on its scale; ``spread``: the standard deviation."""

    low: float
    high: float
    middle: float
    spread: float

    def holds(self, place: float) -> bool:
        """Whether a place is in it."""
        return self.low <= place <= self.high


@dataclass
class Outlook:
    """The points so far, on their scale; ``surprising``: those that raised an alarm, whose errors do not count.

    Seasons and spread are told anew every few points; the level is always that of the last ones.
    """

    scale: Scale
    moments: list[datetime] = field(default_factory=list[datetime])
    places: list[float] = field(default_factory=list[float])
    surprising: list[bool] = field(default_factory=list[bool])
    sizes: list[int] = field(default_factory=list[int])
    season: Seasons = field(default_factory=Seasons)
    _flat: list[float] = field(default_factory=list[float])  # places without their seasons
    _rest: list[float] = field(default_factory=list[float])  # places without the level around them
    _lag: float = 0.0
    _spread: float = 0.0
    _tail: float = 0.0
    _floor: float = 0.0
    _edges_only: bool = False
    _peaks: dict[str, float] = field(default_factory=dict[str, float])  # highest rest at each edge of a month
    _next_fit: int = 0

    @property
    def enough(self) -> bool:
        """Whether there are points enough to expect anything."""
        return len(self.places) >= HISTORY

    def expected(self, moment: datetime, point: Point) -> Range:
        """The range for a point of this moment, whose value is not looked at."""
        if len(self.places) >= self._next_fit:
            self._fit()
        level = self._level(len(self.places)) + self._lag
        middle = level + self.season.at(moment)
        seen = max(self._spread, self.scale.least_spread(middle, point))
        usual = max(seen, self._spread * (1 + FEW / len(self.places))) * self._rougher(point)
        half = max(WIDTH * usual, TAIL * self._tail)
        half *= ROUGH if month_day(moment) in self.season.days else 1
        low, high = middle - half, middle + half
        if moment.weekday() not in self.season.known:  # too few of its weekday: whatever there was may be
            ordinary = [place for at, place in zip(self.moments, self.places, strict=True) if not self.apart(at)]
            low = min(low, min(ordinary, default=low) - WIDTH * seen)
            high = max(high, max(ordinary, default=high) + WIDTH * seen)
        peak = self._peaks.get(self._edge(moment), 0.0)
        if peak > half:  # as high as it was on such a day before is no surprise, be it a month ago or a quarter
            high = max(high, level + peak + WIDTH * usual)
        if self.scale.counts and self._floor <= middle:  # means may be below zero, and another level below all before
            low = max(low, self._floor)
        return Range(low, high, middle, usual)

    def unknown(self) -> tuple[bool, dict[str, int]]:
        """Whether some weekdays were seen too seldom to know them, and how often each edge of a month that was."""
        weekdays = Counter(at.weekday() for at in self.moments)
        if not self.scale.counts or 2 * sum(1 for at in self.moments if edge(at)) > len(self.moments):
            return min(weekdays.values(), default=0) < OF_A_KIND, {}
        months = {name: {(at.year, at.month) for at in self.moments if edge(at) == name} for name in EDGES}
        seldom = {name: len(found) for name, found in months.items() if len(found) < OF_A_KIND}
        return min(weekdays.values(), default=0) < OF_A_KIND, seldom

    def new_edge(self, moment: datetime) -> int | None:
        """How often this edge of a month was seen, while that is too seldom to know it; nothing on other days."""
        if not self.apart(moment):
            return None
        alike = {(at.year, at.month) for at in self.moments if edge(at) == edge(moment)}
        alike.discard((moment.year, moment.month))
        return len(alike) if len(alike) < OF_A_KIND else None

    def take(self, moment: datetime, place: float, size: int, *, surprising: bool) -> None:
        """A point is history from now on; one that raised an alarm does not widen the range of others."""
        self.moments.append(moment)
        self.places.append(place)
        self.surprising.append(surprising)
        self.sizes.append(size)
        self._flat.append(place - self.season.at(moment))

    def shift(self, by: float, *, last: int) -> None:
        """A new level holds since the ``last`` points: those before are moved to it, with their seasons."""
        cut = len(self.places) - last
        self.places[:cut] = [place + by for place in self.places[:cut]]
        self._flat[:cut] = [place + by for place in self._flat[:cut]]

    def _level(self, before: int) -> float:
        """The level that the points before this one, or the first ones, have without their seasons."""
        start = max(0, before - LEVEL)
        return median(self._flat[start : before if start else LEVEL])

    def _fit(self) -> None:
        """Tell the seasons anew; with them the errors of before would have been others."""
        count = len(self.places)
        self._edges_only = 2 * sum(1 for at in self.moments if edge(at)) > count
        self._next_fit = count + (OFTEN if count < SOME else SELDOM)
        self._rest = without_level(self.places, self._rest)
        self.season = seasons(self.moments, self._rest)
        self._flat = [place - self.season.at(at) for at, place in zip(self.moments, self.places, strict=True)]
        last = range(max(0, count - ERRORS), count)
        drawn = of_itself(self.moments, self._rest, self.season)
        errors = [
            self._flat[at] + drawn[at] - self._level(at)
            for at in last
            if not self.surprising[at] and not self.apart(self.moments[at])
        ]
        self._lag = median(errors[-4 * LEVEL :]) if errors else 0.0
        self._spread = spread(errors, self._lag) if errors else 0.0
        self._tail = _second([abs(error - self._lag) for error in errors])
        if self.scale.counts:
            self._find_bounds()

    def _find_bounds(self) -> None:
        """The least that counts may fall to, and what they rose to at the edges of months."""
        ordinary = [place for place, odd in zip(self.places, self.surprising, strict=True) if not odd]
        least = self.scale.back(min(ordinary, default=0.0))
        self._floor = self.scale.of(least / FAR) if least >= LEAST else 0.0
        self._peaks = {}
        for at, rest in list(zip(self.moments, self._rest, strict=True))[:-NEAR]:
            if name := self._edge(at):
                self._peaks[name] = max(rest, self._peaks.get(name, 0.0))

    def _edge(self, moment: datetime) -> str:
        """Which edge of a month a day is, of a figure that may have peaks there and that other days have too."""
        return edge(moment) if self.scale.counts and not self._edges_only else ""

    def apart(self, moment: datetime) -> bool:
        """Whether a day says nothing of ordinary ones: an edge of a month whose effect is not known as a season."""
        return bool(self._edge(moment)) and month_day(moment) not in self.season.days

    def _rougher(self, point: Point) -> float:
        """A mean of fewer values than usual goes up and down more than others do."""
        if self.scale.kind is not MetricKind.MEAN or point.of <= 0:
            return 1.0
        return max(1.0, sqrt(median(self.sizes[-LEVEL:]) / point.of))


def _second(values: Sequence[float]) -> float:
    """The second largest: one value may be anything."""
    return sorted(values)[-2] if len(values) > 1 else 0.0
