"""Seeded figures of made-up datasets over 290 days, with and without a fault in the last 90.

Each dataset has every figure that Hestia watches: rows, share set aside, freshness, and of eight columns the share
without a value, the mean (of five) and the different values. Only the faults are put in: what remains is ordinary.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import exp, log, sqrt

from hestia_assets.core.results.quality import Metric, MetricKind, Point

FIRST = datetime(2025, 9, 1, 6, tzinfo=UTC)  # a Monday
BEFORE, WATCHED = 200, 90
COLUMNS = 8
WITH_MEAN = 5
HOLIDAYS = 10
"""A year; a holiday is as quiet as a Sunday or quieter."""

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
    growth: float = 0.0
    holidays: bool = False
    workdays: bool = False
    tails: bool = False
    jitter: float = 0.4

    def rows(self, day: int, at: datetime, chance: random.Random) -> int:
        """Rows of one day."""
        level = self.level * exp(self.growth * day)
        if at.weekday() >= 5:
            level *= self.weekend
        if (at + timedelta(days=1)).day == 1:
            level *= self.month_end
        if at.day == 1:
            level *= self.month_start
        noise = self.noise * (_heavy(chance) if self.tails else chance.gauss(0, 1))
        return _poisson(level, chance) if level < 20 else max(0, round(level * exp(noise)))


SHAPES = (
    Shape("steady"),
    Shape("weekly season", weekend=0.35),
    Shape("monthly season", month_end=2.5, month_start=1.7),
    Shape("weekly and monthly season", weekend=0.4, month_end=2.5),
    Shape("slow trend", growth=0.001, weekend=0.7),
    Shape("growing business", growth=0.008, weekend=0.6),
    Shape("working days only", workdays=True),
    Shape("holidays", weekend=0.3, holidays=True),
    Shape("heavy noise", noise=0.35),
    Shape("heavy tails", noise=0.08, tails=True),
    Shape("counts near zero", level=2.0, noise=0.0),
    Shape("large and very even", level=250_000, noise=0.004, jitter=0.05),
)


@dataclass(frozen=True)
class Fault:
    """What was put in: from when on, in which figures it shows, and within how many batches it must be seen."""

    name: str
    at: datetime
    figures: tuple[Metric, ...]
    within: int = 1


@dataclass(frozen=True)
class Dataset:
    """Figures of a dataset, the fault in them, and the moments of its holidays."""

    shape: Shape
    figures: Figures
    fault: Fault | None
    holidays: tuple[datetime, ...] = ()


def dataset(shape: Shape, *, seed: int, fault: str = "") -> Dataset:
    """One dataset; the same seed makes the same figures, with a fault or without."""
    chance = random.Random(f"{shape.name}/{seed}")
    days = list(_days(shape, chance))
    figures = _figures(shape, days, chance)
    put = FAULTS[fault](shape, figures, random.Random(f"{shape.name}/{seed}/{fault}")) if fault else None
    figures[FRESHNESS] = _freshness(figures[ROWS])
    return Dataset(shape, figures, put, tuple(at for _, at, holiday in days if holiday))


def faults_of(shape: Shape) -> list[str]:
    """The faults that would be faults there: of two rows a day, none is no fall, and shares of them say nothing."""
    few = ("spike up", "level up", "missing day", "other mean")
    return [name for name in FAULTS if shape.level >= 20 or name in few]


def _days(shape: Shape, chance: random.Random) -> list[tuple[int, datetime, bool]]:
    found: list[tuple[int, datetime, bool]] = []
    for day in range(BEFORE + WATCHED):
        at = FIRST + timedelta(days=day, hours=chance.uniform(0, shape.jitter))
        if shape.workdays and at.weekday() >= 5:
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
        figures[Metric(MetricKind.NULLS, name)] = _shares(rows, [0, 0, 0.01, 0.05, 0.3, 0.9, 0, 0.1][number], chance)
        figures[Metric(MetricKind.DISTINCT, name)] = _distinct(rows, [3, 12, 60, 0, 0, 400, 25, 5000][number], chance)
        if number < WITH_MEAN:
            figures[Metric(MetricKind.MEAN, name)] = _means(rows, 50 * (number + 1), 20, chance, drift=number * 0.01)
    return figures


def _shares(rows: list[Point], share: float, chance: random.Random) -> list[Point]:
    """A share of each batch's rows, as chance makes it, a little more or less from day to day."""
    found: list[Point] = []
    for each in rows:
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
    for each in rows:
        drawn = kinds * (1 - exp(-each.value / kinds)) if kinds else each.value * chance.uniform(0.97, 1.0)
        spread = sqrt(max(0.0, kinds * exp(-each.value / kinds) * (1 - exp(-each.value / kinds)))) if kinds else 0.0
        found.append(replace(each, value=float(max(0, round(drawn + chance.gauss(0, spread))))))
    return found


def _means(rows: list[Point], level: float, width: float, chance: random.Random, *, drift: float) -> list[Point]:
    return [
        replace(each, value=level + drift * day + chance.gauss(0, 0.01 * level + width / sqrt(max(1.0, each.value))))
        for day, each in enumerate(rows)
        if each.value  # no row, no mean
    ]


def _freshness(rows: list[Point]) -> list[Point]:
    return [replace(later, value=(later.at - each.at).total_seconds() / 3600) for each, later in pairwise(rows)]


def _heavy(chance: random.Random) -> float:
    """Student's t with four degrees of freedom."""
    return chance.gauss(0, 1) / sqrt(chance.gammavariate(2, 2) / 4)


def _poisson(mean: float, chance: random.Random) -> int:
    limit, product, count = exp(-mean), chance.random(), 0
    while product > limit:
        product, count = product * chance.random(), count + 1
    return count


def _place(points: list[Point], chance: random.Random) -> int:
    """A place in the watched days, with days enough after it."""
    first = next(at for at, each in enumerate(points) if each.at >= FIRST + timedelta(days=BEFORE))
    return chance.randrange(first + 2, len(points) - 12)


def _spike(up: bool) -> Callable[[Shape, Figures, random.Random], Fault]:
    def put(shape: Shape, figures: Figures, chance: random.Random) -> Fault:
        points = figures[ROWS]
        at = _place(points, chance)
        factor = exp(max(log(3), 8 * shape.noise)) * (8 if shape.level < 20 or (shape.holidays and not up) else 1)
        value = points[at].value * factor + (20 if shape.level < 20 else 0) if up else points[at].value / factor
        points[at] = replace(points[at], value=float(round(value)))
        return Fault("spike", points[at].at, (ROWS,))

    return put


def _zero(_: Shape, figures: Figures, chance: random.Random) -> Fault:
    points = figures[ROWS]
    at = _place(points, chance)
    points[at] = replace(points[at], value=0.0)
    return Fault("drop to zero", points[at].at, (ROWS,))


def _level(up: bool) -> Callable[[Shape, Figures, random.Random], Fault]:
    def put(shape: Shape, figures: Figures, chance: random.Random) -> Fault:
        points = figures[ROWS]
        at = _place(points, chance)
        factor = exp(max(log(1.5), 5 * shape.noise)) * (4 if shape.level < 20 else 1)
        factor = factor if up else 1 / factor
        points[at:] = [replace(each, value=float(round(each.value * factor))) for each in points[at:]]
        return Fault("level shift", points[at].at, (ROWS,), within=7)

    return put


def _missing(_: Shape, figures: Figures, chance: random.Random) -> Fault:
    at = _place(figures[ROWS], chance)
    gone = figures[ROWS][at].at
    for metric, points in figures.items():
        figures[metric] = [each for each in points if each.at != gone]
    return Fault("missing day", gone, (FRESHNESS,))


def _empty(_: Shape, figures: Figures, chance: random.Random) -> Fault:
    metric = Metric(MetricKind.NULLS, f"c{chance.randrange(4)}")
    points = figures[metric]
    at = _place(points, chance)
    points[at] = replace(points[at], value=min(1.0, points[at].value + 0.15))
    return Fault("empty values", points[at].at, (metric,))


def _mean(shape: Shape, figures: Figures, chance: random.Random) -> Fault:
    metric = Metric(MetricKind.MEAN, f"c{chance.randrange(WITH_MEAN)}")
    points = figures[metric]
    at = _place(points, chance)
    factor = 1.3 if shape.level >= 20 else 5.0
    points[at:] = [replace(each, value=each.value * factor) for each in points[at:]]
    return Fault("other mean", points[at].at, (metric,), within=7)


def _fewer_kinds(_: Shape, figures: Figures, chance: random.Random) -> Fault:
    metric = Metric(MetricKind.DISTINCT, "c1")
    points = figures[metric]
    at = _place(points, chance)
    points[at] = replace(points[at], value=float(round(points[at].value * 0.4)))
    return Fault("other variety", points[at].at, (metric,))


FAULTS: Mapping[str, Callable[[Shape, Figures, random.Random], Fault]] = {
    "spike up": _spike(up=True),
    "spike down": _spike(up=False),
    "drop to zero": _zero,
    "level up": _level(up=True),
    "level down": _level(up=False),
    "missing day": _missing,
    "empty values": _empty,
    "other mean": _mean,
    "other variety": _fewer_kinds,
}
