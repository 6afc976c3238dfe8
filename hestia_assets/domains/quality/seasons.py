"""What weekdays and days of the month do to a figure, told by medians over at least three of a kind."""

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
    """Medians by kind, where they are more than chance makes of so few."""
    groups = _groups(moments, rest, kind)
    middles = {key: median(values) for key, values in groups.items()}
    within = [value - middles[key] for key, values in groups.items() for value in values]
    usual = MAD * median([abs(value) for value in within]) if within else 0.0
    return {key: each for key, each in middles.items() if abs(each) > least * usual / len(groups[key]) ** 0.5}


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
