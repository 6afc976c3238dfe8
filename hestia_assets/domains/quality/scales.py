"""On which scale each figure is judged: one on which its ordinary ups and downs are about equally large everywhere.

Small counts go up and down as chance makes them (root), large ones by a share of themselves (logarithm): the area sine
joins the two. Hours do so by a share of themselves, shares as a binomial does (arc sine of the root), means as they
are. Each scale knows the least spread that is ever assumed, so that a figure which never moved raises no alarm at its
first small step.
"""

from dataclasses import dataclass
from math import asin, asinh, expm1, log1p, pi, sin, sinh, sqrt

from hestia_assets.core.results.quality import MetricKind, Point

TURN = 10.0
"""Counts well below the square of this are judged by their root, counts well above by their logarithm."""

FEW = 50
"""Counts below this spread at least as pure chance spreads them; larger ones may be steadier than chance."""


@dataclass(frozen=True)
class Scale:
    """A scale and its inverse, for one kind of figure."""

    kind: MetricKind

    def of(self, value: float) -> float:
        """The place of a value on the scale."""
        match self.kind:
            case MetricKind.MEAN:
                return value
            case MetricKind.ASIDE | MetricKind.NULLS:
                return asin(sqrt(min(1.0, max(0.0, value))))
            case MetricKind.ROWS | MetricKind.DISTINCT:
                return 2 * TURN * asinh(sqrt(max(0.0, value)) / TURN)
            case MetricKind.FRESHNESS:
                return log1p(max(0.0, value))

    def back(self, place: float) -> float:
        """The value at a place; never below zero where there is no less."""
        match self.kind:
            case MetricKind.MEAN:
                return place
            case MetricKind.ASIDE | MetricKind.NULLS:
                return sin(min(pi / 2, max(0.0, place))) ** 2
            case MetricKind.ROWS | MetricKind.DISTINCT:
                return (TURN * sinh(min(300.0, max(0.0, place) / (2 * TURN)))) ** 2
            case MetricKind.FRESHNESS:
                return expm1(min(700.0, max(0.0, place)))

    @property
    def counts(self) -> bool:
        """Whether it is a number of things, which may be none and cannot be less."""
        return self.kind in (MetricKind.ROWS, MetricKind.DISTINCT)

    def least_spread(self, level: float, point: Point) -> float:
        """The least standard deviation that is assumed around this place of the scale."""
        match self.kind:
            case MetricKind.MEAN:
                return max(1e-9, 0.002 * abs(level))
            case MetricKind.ASIDE | MetricKind.NULLS:
                return max(0.01, 0.5 / sqrt(max(1, point.of)))
            case MetricKind.FRESHNESS:
                return 0.05
            case MetricKind.DISTINCT:
                steady = 1.0 if 0 < point.of < FEW else 0.3  # of few rows, chance draws the values
                return max(steady * _by_chance(self.back(level)), 0.03 * TURN)
            case MetricKind.ROWS:
                count = self.back(level)
                return _by_chance(count) if count < FEW else max(0.4 * _by_chance(count), 0.005 * TURN)


def _by_chance(count: float) -> float:
    """The standard deviation of a number of independent events, on the scale of counts."""
    return 1 / sqrt(1 + count / TURN**2)
