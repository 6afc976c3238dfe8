"""What the points before one lead to expect of it. The point itself is never among them.

Level: the median of the last fortnight of points, seasons taken out. Spread: the median absolute deviation of the last
errors of that very forecast, so that a trend, which makes the level lag, is in it. The range is as wide as five
spreads, and in any case a good deal wider than the largest errors before: figures with heavy tails have wide ranges.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hestia_assets.core.results.quality import Point
from hestia_assets.domains.quality.scales import Scale
from hestia_assets.domains.quality.seasons import Seasons, median, month_day, seasons, spread, without_level

HISTORY = 14
"""Points before the first one that is judged."""

LEVEL = 14
ERRORS = 180
OFTEN, SOME, SELDOM = 7, 56, 14
WIDTH = 5.0
TAIL = 1.75
"""How far beyond the second largest error of before is still no surprise."""

FEW = 15
"""The fewer points there are, the less is known of their spread: of thirty, the range is half as wide again."""

ROUGH = 1.5
"""A day of the month comes so seldom that its effect is known less well."""


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
    season: Seasons = field(default_factory=Seasons)
    _flat: list[float] = field(default_factory=list[float])  # places without their seasons
    _rest: list[float] = field(default_factory=list[float])  # places without the level around them
    _lag: float = 0.0
    _spread: float = 0.0
    _tail: float = 0.0
    _next_fit: int = 0

    @property
    def enough(self) -> bool:
        """Whether there are points enough to expect anything."""
        return len(self.places) >= HISTORY

    def expected(self, moment: datetime, point: Point) -> Range:
        """The range for a point of this moment, whose value is not looked at."""
        if len(self.places) >= self._next_fit:
            self._fit()
        middle = self._level(len(self.places)) + self.season.at(moment) + self._lag
        seen = max(self._spread, self.scale.least_spread(middle, point))
        usual = seen * (1 + FEW / len(self.places))
        half = max(WIDTH * usual, TAIL * self._tail)
        half *= ROUGH if month_day(moment) in self.season.days else 1
        low, high = middle - half, middle + half
        if moment.weekday() not in self.season.known:  # too few of its weekday: whatever there was may be
            low = min(low, min(self.places) - WIDTH * seen)
            high = max(high, max(self.places) + WIDTH * seen)
        return Range(low, high, middle, usual)

    def take(self, moment: datetime, place: float, *, surprising: bool) -> None:
        """A point is history from now on; one that raised an alarm does not widen the range of others."""
        self.moments.append(moment)
        self.places.append(place)
        self.surprising.append(surprising)
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
        self._next_fit = count + (OFTEN if count < SOME else SELDOM)
        self._rest = without_level(self.places, self._rest)
        self.season = seasons(self.moments, self._rest)
        self._flat = [place - self.season.at(at) for at, place in zip(self.moments, self.places, strict=True)]
        last = range(max(0, count - ERRORS), count)
        errors = [self._flat[at] - self._level(at) for at in last if not self.surprising[at]]
        self._lag = median(errors[-4 * LEVEL :]) if errors else 0.0
        self._spread = spread(errors, self._lag) if errors else 0.0
        self._tail = _second([abs(error - self._lag) for error in errors])


def _second(values: Sequence[float]) -> float:
    """The second largest: one value may be anything."""
    return sorted(values)[-2] if len(values) > 1 else 0.0
