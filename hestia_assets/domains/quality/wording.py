"""What is said of a figure: what it is, what was expected, and why."""

from collections.abc import Sequence
from datetime import datetime

from hestia_assets.core.results.quality import AnomalyKind, Expected, Metric, MetricKind, Point
from hestia_assets.domains.quality.seasons import OF_A_KIND, Seasons, month_day

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
LAST_WEEKS = 8
LAST_BATCHES = 14


def shown(metric: Metric, value: float) -> str:
    """A value of this figure with its unit."""
    match metric.kind:
        case MetricKind.ROWS | MetricKind.DISTINCT:
            return f"{value:,.0f}"
        case MetricKind.ASIDE | MetricKind.NULLS:
            return f"{value:.1%}" if value < 0.1 or value > 0.9 else f"{value:.0%}"
        case MetricKind.FRESHNESS:
            return f"{value:,.0f} h" if value >= 10 else f"{value:,.1f} h"
        case MetricKind.MEAN:
            return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def named(metric: Metric) -> str:
    """What the figure is, as a title."""
    match metric.kind:
        case MetricKind.ROWS:
            return "Rows that arrived"
        case MetricKind.ASIDE:
            return "Share of rows set aside"
        case MetricKind.FRESHNESS:
            return "Hours since the batch before"
        case MetricKind.NULLS:
            return f"{metric.column}: share without a value"
        case MetricKind.MEAN:
            return f"{metric.column}: mean"
        case MetricKind.DISTINCT:
            return f"{metric.column}: different values"


def sentence(metric: Metric, kind: AnomalyKind, point: Point, expected: Expected) -> str:
    """What was not expected, with its numbers."""
    value = shown(metric, point.value)
    span = _span(metric, expected.low, expected.high)
    if metric.kind in (MetricKind.ASIDE, MetricKind.FRESHNESS):
        span = f"at most {shown(metric, expected.high)}"
    if kind is AnomalyKind.MISSING:
        return f"No batch for {value}; at most {shown(metric, expected.high)} were expected."
    start = f"{named(metric)}: {value}"
    if kind is AnomalyKind.LEVEL:
        return f"{start}, for some batches now; before, {span} were expected: another level."
    return f"{start}; {span} were expected."


def why(metric: Metric, before: Sequence[Point], moment: datetime, season: Seasons) -> str:
    """The points that the expectation comes from, in one sentence."""
    day, weekday = month_day(moment), moment.weekday()
    if day in season.days:
        alike = [each for each in before if month_day(each.at) == day][-LAST_WEEKS:]
        return f"{_day_named(day)} had {_range(metric, alike)} in the last {len(alike)} months."
    alike = [each for each in before if each.at.weekday() == weekday][-LAST_WEEKS:]
    if season.weekdays and len(alike) >= OF_A_KIND and metric.kind is not MetricKind.FRESHNESS:
        return f"{DAYS[weekday]} had {_range(metric, alike)} in the last {len(alike)} weeks."
    last = before[-LAST_BATCHES:]
    return f"The last {len(last)} batches had {_range(metric, last)}."


def _range(metric: Metric, points: Sequence[Point]) -> str:
    values = [each.value for each in points]
    return _span(metric, min(values), max(values)) if values else "no value"


def _span(metric: Metric, low: float, high: float) -> str:
    first, last = shown(metric, low), shown(metric, high)
    return first if first == last else f"{first} to {last}"


def _day_named(day: int) -> str:
    if day == -1:
        return "The last day of a month"
    if day < 0:
        return f"The day {-day - 1} before the last of a month"
    return f"Day {day} of a month"
