"""What weekdays and days of the month do to a figure, told by medians over at least three of a kind.

Where a month or a half of it begins or ends, counts have peaks that come too seldom to be learned soon: these days are
an *edge*, known by their own past or not at all.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from hestia_assets.core.results.quality import MetricKind

OF_A_KIND = 3
"""A season is told from so many days of its kind, not from fewer."""

HALF = 7
"""Points to each side whose median is the level around a point."""

LATELY = 12
"""How many of a kind count: a season may change."""

MAD = 1.4826
"""The median of absolute deviations, times this, is the standard deviation of a normal spread."""


def median(values: Sequence[float]) -> float:
    """The middle value; faster than the one of ``statistics``, which is asked a hundred thousand times here."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def spread(values: Sequence[float], middle: float) -> float:
    """A robust standard deviation: half of the values may be anything."""
    return MAD * median([abs(value - middle) for value in values])


@cache
def _days_of(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def month_day(at: datetime) -> int:
    """Which day of the month, from 1; in its second half counted from the end: the last day is -1."""
    last = _days_of(at.year, at.month)
    return at.day if at.day <= 15 else at.day - last - 1


EDGES = {"last": "The end of a month", "first": "The beginning of a month", "middle": "The middle of a month"}
"""Days at which counts may have peaks of their own, and what they are called."""


@cache
def _edge(year: int, month: int, day: int, weekday: int) -> str:
    last = _days_of(year, month)
    if day == 15:
        return "middle"
    if day == last or (weekday == 4 and day >= last - 2):
        return "last"
    return "first" if day == 1 or (weekday == 0 and day <= 3) else ""


def edge(at: datetime) -> str:
    """Which edge of a month a day is, if any: the first or last day or working day (Monday to Friday), or the 15th."""
    return _edge(at.year, at.month, at.day, at.weekday())


@dataclass(frozen=True)
class Seasons:
    """The effect of each weekday (0 is Monday) and each day of the month, on a figure's scale."""

    weekdays: Mapping[int, float] = field(default_factory=dict[int, float])
    days: Mapping[int, float] = field(default_factory=dict[int, float])
    known: frozenset[int] = frozenset()

    def at(self, moment: datetime) -> float:
        """What the season adds on that day."""
        return self.weekdays.get(moment.weekday(), 0.0) + self.days.get(month_day(moment), 0.0)


def seasonal_moment(kind: MetricKind, at: datetime, before: datetime | None) -> datetime:
    """The day whose season a point has: how long one waits depends on the day of the batch before."""
    return before if kind is MetricKind.FRESHNESS and before is not None else at


def seasons(moments: Sequence[datetime], rest: Sequence[float]) -> Seasons:
    """The seasons in a figure, from what ``without_level`` leaves of it; the points need not be daily."""
    weekdays = _effects(moments, rest, datetime.weekday, least=1.5)
    left = [each - weekdays.get(at.weekday(), 0.0) for at, each in zip(moments, rest, strict=True)]
    days = _pronounced(moments, left)
    counts = Counter(at.weekday() for at in moments)
    return Seasons(weekdays, days, frozenset(day for day, count in counts.items() if count >= OF_A_KIND))


def without_level(places: Sequence[float], known: Sequence[float] = ()) -> list[float]:
    """Each point less the level around it, the median of a fortnight: neither trend nor shift is left.

    ``known``: what was found for the first of these points; all but the last of them stay as they are.
    """
    count = len(places)
    kept = list(known[: max(0, len(known) - HALF)])
    return kept + [
        places[at] - median(places[max(0, min(at - HALF, count - 2 * HALF - 1)) : max(at + HALF, 2 * HALF) + 1])
        for at in range(len(kept), count)
    ]


def _groups(
    moments: Sequence[datetime], rest: Sequence[float], kind: Callable[[datetime], int]
) -> dict[int, list[float]]:
    found: dict[int, list[float]] = defaultdict(list)
    for at, value in zip(moments, rest, strict=True):
        found[kind(at)].append(value)
    return {key: values[-LATELY:] for key, values in found.items() if len(values) >= OF_A_KIND}


def _effects(
    moments: Sequence[datetime], rest: Sequence[float], kind: Callable[[datetime], int], *, least: float
) -> dict[int, float]:
    """Medians by kind, where they are more than chance makes of so few, and less of them the nearer they are to that.

    A point is measured by the others of its kind: of three, the median is one of them, and far from it is none.
    """
    groups = _groups(moments, rest, kind)
    within = [value - other for values in groups.values() for value, other in zip(values, _others(values), strict=True)]
    usual = MAD * median([abs(value) for value in within]) if within else 0.0
    found: dict[int, float] = {}
    for key, values in groups.items():
        middle, chance = median(values), least * usual / len(values) ** 0.5
        if abs(middle) > chance:
            found[key] = middle * (1 - (chance / middle) ** 2)
    return found


def _others(values: Sequence[float]) -> list[float]:
    """For each of these values the median of the others."""
    order = sorted(values)
    half, odd = divmod(len(order), 2)
    below, above = order[half - 1], order[half]
    if not odd:
        return [above if value <= below else below for value in values]
    beyond = order[half + 1]
    return [
        (above + beyond) / 2 if value < above else (below + above) / 2 if value > above else (below + beyond) / 2
        for value in values
    ]


def of_itself(moments: Sequence[datetime], rest: Sequence[float], season: Seasons) -> list[float]:
    """How far each point has drawn the effect of its weekday to itself: a point that comes will not have done so."""
    found = [0.0] * len(rest)
    for day, effect in season.weekdays.items():
        places = [at for at, moment in enumerate(moments) if moment.weekday() == day][-LATELY:]
        values = [rest[at] for at in places]
        for at, other in zip(places, _others(values), strict=True):
            found[at] = effect * (1 - other / median(values))
    return found


def _pronounced(moments: Sequence[datetime], rest: Sequence[float]) -> dict[int, float]:
    """Days of the month that stand out each time: thirty kinds of few points would fit any noise otherwise."""
    usual = spread(rest, 0.0) if rest else 0.0
    found: dict[int, float] = {}
    for day, values in _groups(moments, rest, month_day).items():
        middle = median(values)
        side = 1 if middle > 0 else -1
        alike = sum(1 for value in values if side * value > 1.5 * usual)
        if abs(middle) > 3 * usual and alike >= max(OF_A_KIND, 0.75 * len(values)):
            found[day] = middle
    return found
