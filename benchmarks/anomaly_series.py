"""Seeded figures of made-up datasets over 290 days, in which nothing is wrong.

Each dataset has every figure that Hestia watches: rows, share set aside, freshness, and of eight columns the share
without a value, the mean (of five) and the different values. It begins on any day of a year, by its seed.
"""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import exp, sqrt

from hestia_assets.core.results.quality import Metric, MetricKind, Point

FIRST = datetime(2025, 9, 1, 6, tzinfo=UTC)
DAYS = 290
COLUMNS = 8
WITH_MEAN = 5
FEW = 20
"""Fewer rows a day than these are made by pure chance, and some faults would be none there."""

HOLIDAYS = 10
"""A year; a holiday is as quiet as a Sunday or quieter."""

GAPS = ((20, 80), (100, 190), (210, 275))
"""Of a shape with gaps: in each of these stretches of days, three to five in a row have no file."""

Figures = dict[Metric, list[Point]]
ROWS, FRESHNESS = Metric(MetricKind.ROWS), Metric(MetricKind.FRESHNESS)


@dataclass(frozen=True)
class Shape:
    """What the number of rows does; ``noise``: its standard deviation as a logarithm."""

    name: str
    level: float = 1000
    noise: float = 0.06
    weekend: float = 1.0
    month_end: float = 1.0
    month_start: float = 1.0
    mid_month: float = 1.0
    quarter_end: float = 1.0
    growth: float = 0.0
    holidays: bool = False
    gaps: bool = False
    workdays: bool = False
    tails: bool = False
    last_workday: bool = False
    late_nulls: bool = False
    jitter: float = 0.4

    def rows(self, day: int, at: datetime, chance: random.Random) -> int:
        """Rows of one day."""
        level = self.level * exp(self.growth * day) * self.season(at)
        noise = self.noise * (_heavy(chance) if self.tails else chance.gauss(0, 1))
        return _poisson(level, chance) if self.level < FEW else max(0, round(level * exp(noise)))

    def season(self, at: datetime) -> float:
        """How many times as many rows a day has as an ordinary one."""
        ends = (at + timedelta(days=1)).day == 1
        if self.workdays and self.last_workday:
            ends = at.month != (at + timedelta(days=3 if at.weekday() == 4 else 1)).month
        return (
            (self.weekend if at.weekday() >= 5 else 1)
            * (self.month_end if ends else 1)
            * (self.quarter_end if ends and at.month % 3 == 0 else 1)
            * (self.month_start if at.day == 1 else 1)
            * (self.mid_month if at.day == 15 else 1)
        )


SHAPES = (
    Shape("steady"),
    Shape("weekly season", weekend=0.35),
    Shape("monthly season", month_end=2.5, month_start=1.7),
    Shape("weekly and monthly season", weekend=0.4, month_end=2.5),
    Shape("month end, five times", month_end=5.0),
    Shape("month end and middle", month_end=2.5, mid_month=2.0, weekend=0.5),
    Shape("quarter end", quarter_end=3.0, weekend=0.5),
    Shape("slow trend", growth=0.001, weekend=0.7),
    Shape("growing business", growth=0.008, weekend=0.6),
    Shape("working days only", workdays=True),
    Shape("working days and month end", workdays=True, month_end=2.5),
    Shape("last working day of a month", workdays=True, last_workday=True, month_end=2.5),
    Shape("holidays", weekend=0.3, holidays=True),
    Shape("holiday gaps", gaps=True),
    Shape("heavy noise (lognormal)", noise=0.35),
    Shape("very heavy noise (lognormal)", noise=0.8),
    Shape("heavy tails (Student)", noise=0.08, tails=True),
    Shape("counts near zero (mean 2)", level=2.0, noise=0.0),
    Shape("counts of 0 to 10 (mean 5)", level=5.0, noise=0.0),
    Shape("0.1 % empty after long none", late_nulls=True),
    Shape("large and very even", level=250_000, noise=0.004, jitter=0.05),
    Shape("large, 0.1 % empty after none", level=250_000, noise=0.02, late_nulls=True),
)


@dataclass(frozen=True)
class Dataset:
    """Figures of a dataset, its first day, and the moments of its holidays."""

    shape: Shape
    figures: Figures
    first: datetime
    holidays: tuple[datetime, ...] = ()


def dataset(shape: Shape, *, seed: int) -> Dataset:
    """One dataset; the same seed makes the same figures."""
    chance = random.Random(f"{shape.name}/{seed}")
    first = FIRST + timedelta(days=chance.randrange(365))
    days = list(_days(shape, first, chance))
    figures = _figures(shape, days, chance)
    figures[FRESHNESS] = timed(figures[ROWS])
    return Dataset(shape, figures, first, tuple(at for _, at, holiday in days if holiday))


def _days(shape: Shape, first: datetime, chance: random.Random) -> list[tuple[int, datetime, bool]]:
    found: list[tuple[int, datetime, bool]] = []
    closed = [chance.randrange(*stretch) for stretch in GAPS] if shape.gaps else []
    closed = {day + more for day in closed for more in range(chance.randint(3, 5))}
    for day in range(DAYS):
        at = first + timedelta(days=day, hours=chance.uniform(0, shape.jitter))
        if day in closed or (shape.workdays and at.weekday() >= 5):
            continue
        holiday = shape.holidays and at.weekday() < 5 and chance.random() < HOLIDAYS / 261
        found.append((day, at, holiday))
    return found


def _figures(shape: Shape, days: list[tuple[int, datetime, bool]], chance: random.Random) -> Figures:
    rows = [Point(f"b{day}", at, shape.rows(day, at, chance) * (0.25 if holiday else 1.0)) for day, at, holiday in days]
    rows = [replace(each, value=float(round(each.value)), of=round(each.value)) for each in rows]
    figures: Figures = {ROWS: rows, Metric(MetricKind.ASIDE): _shares(rows, chance.choice([0, 0.002, 0.01]), chance)}
    for number in range(COLUMNS):
        name = f"c{number}"
        share = [0, 0, 0.01, 0.05, 0.3, 0.9, 0, 0.1][number]
        figures[Metric(MetricKind.NULLS, name)] = _shares(rows, share, chance)
        figures[Metric(MetricKind.DISTINCT, name)] = _distinct(rows, [3, 12, 60, 0, 0, 400, 25, 5000][number], chance)
        if number < WITH_MEAN:
            figures[Metric(MetricKind.MEAN, name)] = _means(rows, 50 * (number + 1), 20, chance, drift=number * 0.01)
    if shape.late_nulls:
        for name, start in (("c0", chance.randrange(30, 60)), ("c1", chance.randrange(205, 240))):
            before, after = _shares(rows[:start], 0, chance), _shares(rows[start:], 0.001, chance)
            figures[Metric(MetricKind.NULLS, name)] = before + after
    return figures


def _shares(rows: list[Point], share: float, chance: random.Random) -> list[Point]:
    """A share of each batch's rows, as chance makes it, a little more or less from day to day."""
    found: list[Point] = []
    for each in (row for row in rows if row.value):  # of no row, no share
        daily = min(1.0, share * exp(chance.gauss(0, 0.15)))
        spread = sqrt(max(1.0, each.value) * daily * (1 - daily))
        count = (
            _poisson(each.value * daily, chance)
            if each.value * daily < 20
            else chance.gauss(each.value * daily, spread)
        )
        found.append(replace(each, value=min(1.0, max(0.0, count / max(1.0, each.value)))))
    return found


def _distinct(rows: list[Point], kinds: int, chance: random.Random) -> list[Point]:
    """Different values: of so many kinds those that so many rows draw; 0: nearly every row has its own."""
    found: list[Point] = []
    for each in (row for row in rows if row.value):
        drawn = kinds * (1 - exp(-each.value / kinds)) if kinds else each.value * chance.uniform(0.97, 1.0)
        spread = sqrt(max(0.0, kinds * exp(-each.value / kinds) * (1 - exp(-each.value / kinds)))) if kinds else 0.0
        found.append(replace(each, value=float(min(each.value, max(1, round(drawn + chance.gauss(0, spread)))))))
    return found


def _means(rows: list[Point], level: float, width: float, chance: random.Random, *, drift: float) -> list[Point]:
    return [
        replace(each, value=level + drift * day + chance.gauss(0, 0.01 * level + width / sqrt(max(1.0, each.value))))
        for day, each in enumerate(rows)
        if each.value  # no row, no mean
    ]


def timed(rows: list[Point]) -> list[Point]:
    """Hours since the file before, of each of these files but the first."""
    return [replace(later, value=(later.at - each.at).total_seconds() / 3600) for each, later in pairwise(rows)]


def _heavy(chance: random.Random) -> float:
    """Student's t with four degrees of freedom."""
    return chance.gauss(0, 1) / sqrt(chance.gammavariate(2, 2) / 4)


def _poisson(mean: float, chance: random.Random) -> int:
    limit, product, count = exp(-mean), chance.random(), 0
    while product > limit:
        product, count = product * chance.random(), count + 1
    return count
