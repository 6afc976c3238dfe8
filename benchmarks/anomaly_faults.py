"""Faults that are put into the figures of a made-up dataset, each where it must be seen."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, log

from anomaly_series import FEW, WITH_MEAN, Dataset, Figures, Shape, timed

from hestia_assets.core.results.quality import Metric, MetricKind, Point

ROWS, FRESHNESS = Metric(MetricKind.ROWS), Metric(MetricKind.FRESHNESS)
SILENT = 15
"""Files before the first one that is judged, also by the hours since the one before."""

LATE, EARLY = (200, 290), (0, 90)
"""Days in which a fault is put in: when all seasons have been seen often, and when a dataset is new."""


@dataclass(frozen=True)
class Fault:
    """What was put in: from when on, in which figures it shows, and within how many batches it must be seen."""

    name: str
    at: datetime
    figures: tuple[Metric, ...]
    within: int = 1


@dataclass(frozen=True)
class Into:
    """Where a fault is put: figures of a dataset, and the days in which it may begin."""

    shape: Shape
    figures: Figures
    chance: random.Random
    start: datetime
    end: datetime

    def place(self, metric: Metric = ROWS) -> int:
        """A place in those days that is judged, with days enough after it."""
        points = self.figures[metric]
        least = max(2, SILENT if points[0].at >= self.start - timedelta(days=3) else 0)
        inside = [at for at, each in enumerate(points) if self.start <= each.at < self.end]
        return self.chance.randrange(inside[0] + least, inside[-1] - 10)

    def change(self, metric: Metric, at: int, value: float) -> None:
        """One figure of one file is another."""
        self.figures[metric][at] = replace(self.figures[metric][at], value=value)


def faulty(made: Dataset, name: str, *, seed: int, early: bool = False) -> tuple[Dataset, Fault]:
    """The same dataset with a fault in it: in its last 90 days, or in its first 90 (and nothing after them)."""
    first, last = (made.first + timedelta(days=day) for day in (EARLY if early else LATE))
    figures = {metric: [each for each in points if each.at < last] for metric, points in made.figures.items()}
    chance = random.Random(f"{made.shape.name}/{seed}/{name}/{early}")
    fault = FAULTS[name](Into(made.shape, figures, chance, first, last))
    figures[FRESHNESS] = timed(figures[ROWS])
    return replace(made, figures=figures), fault


def faults_of(shape: Shape) -> list[str]:
    """The faults that would be faults there: shares and varieties of two rows say nothing."""
    few = ("spike up", "drop to zero", "level up", "missing day", "other mean")
    return [name for name in FAULTS if shape.level >= FEW or name in few]


def _spike(up: bool) -> Callable[[Into], Fault]:
    def put(into: Into) -> Fault:
        at = into.place()
        shape, few = into.shape, into.shape.level < FEW
        factor = exp(max(log(3), 8 * shape.noise)) * (8 if few or (shape.holidays and not up) else 1)
        value = into.figures[ROWS][at].value
        into.change(ROWS, at, float(round(value * factor + 20 * few if up else value / factor)))
        return Fault("spike", into.figures[ROWS][at].at, (ROWS,))

    return put


def _zero(into: Into) -> Fault:
    """A file without a row; where a day has two rows, from then on nothing but such files."""
    at = into.place()
    few = into.shape.level < FEW
    for each in range(at, len(into.figures[ROWS]) if few else at + 1):
        into.change(ROWS, each, 0.0)
    return Fault("drop to zero", into.figures[ROWS][at].at, (ROWS,), within=10 if few else 1)


def _level(up: bool) -> Callable[[Into], Fault]:
    def put(into: Into) -> Fault:
        at = into.place()
        factor = exp(max(log(1.5), 5 * into.shape.noise)) * (4 if into.shape.level < FEW else 1)
        _from(into, ROWS, at, factor if up else 1 / factor, whole=True)
        return Fault("level shift", into.figures[ROWS][at].at, (ROWS,), within=7)

    return put


def _from(into: Into, metric: Metric, at: int, factor: float, *, whole: bool = False) -> None:
    for each in range(at, len(into.figures[metric])):
        value = into.figures[metric][each].value * factor
        into.change(metric, each, float(round(value)) if whole else value)


def _missing(into: Into) -> Fault:
    at = into.place()
    gone = into.figures[ROWS][at].at
    for metric, points in into.figures.items():
        into.figures[metric] = [each for each in points if each.at != gone]
    return Fault("missing day", gone, (FRESHNESS,))


def _empty(more: float, columns: tuple[str, ...]) -> Callable[[Into], Fault]:
    def put(into: Into) -> Fault:
        metric = Metric(MetricKind.NULLS, into.chance.choice(columns))
        at = into.place(metric)
        into.change(metric, at, min(1.0, into.figures[metric][at].value + more))
        return Fault("empty values", into.figures[metric][at].at, (metric,))

    return put


def _mean(into: Into) -> Fault:
    metric = Metric(MetricKind.MEAN, f"c{into.chance.randrange(WITH_MEAN)}")
    at = into.place(metric)
    _from(into, metric, at, 1.3 if into.shape.level >= FEW else 5.0)
    return Fault("other mean", into.figures[metric][at].at, (metric,), within=7)


def _fewer_kinds(into: Into) -> Fault:
    metric = Metric(MetricKind.DISTINCT, "c1")
    at = into.place(metric)
    into.change(metric, at, float(round(into.figures[metric][at].value * 0.4)))
    return Fault("other variety", into.figures[metric][at].at, (metric,))


def found(fault: Fault, made: Dataset, raised: list[tuple[Metric, datetime]]) -> bool:
    """Whether an alarm on one of the fault's figures came with it, or within its batches."""
    for metric in fault.figures:
        after: list[Point] = [each for each in made.figures[metric] if each.at >= fault.at][: fault.within]
        if any((metric, each.at) in raised for each in after):
            return True
    return False


FAULTS: Mapping[str, Callable[[Into], Fault]] = {
    "spike up": _spike(up=True),
    "spike down": _spike(up=False),
    "drop to zero": _zero,
    "level up": _level(up=True),
    "level down": _level(up=False),
    "missing day": _missing,
    "empty values": _empty(0.15, ("c0", "c1", "c2", "c3")),
    "first empty values": _empty(0.05, ("c6",)),
    "other mean": _mean,
    "other variety": _fewer_kinds,
}
