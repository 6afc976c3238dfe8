"""What is said of an unusual figure: what was expected, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hestia_assets.core.results.quality import AnomalyKind, Expected, Metric, MetricKind, Point, Series
from hestia_assets.domains.quality.seasons import EDGES, OF_A_KIND, Seasons, edge, month_day

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
LAST_WEEKS = 8
LAST_BATCHES = 14


def sentence(metric: Metric, kind: AnomalyKind, point: Point, expected: Expected) -> str:
    """What was not expected, with its numbers."""
    value = metric.shown(point.value)
    span = _span(metric, expected.low, expected.high)
    if metric.kind in (MetricKind.ASIDE, MetricKind.FRESHNESS):
        span = f"at most {metric.shown(expected.high)}"
    if kind is AnomalyKind.MISSING:
        return f"No file for {value}; at most {metric.shown(expected.high)} were expected."
    start = f"{metric.title}: {value}"
    if kind is AnomalyKind.LEVEL:
        return f"{start}, for some files now; before, {span} were expected: another level."
    return f"{start}; {span} were expected."


def remark(metric: Metric, point: Point, expected: Expected, moment: datetime, seen: int) -> str:
    """Why a count beyond its range is no alarm at an edge of a month that was seen so few times before."""
    span = _span(metric, expected.low, expected.high)
    times = "never seen" if not seen else "seen once" if seen == 1 else f"seen {seen} times"
    return (
        f"{metric.title}: {metric.shown(point.value)}; ordinary days have {span}. Too little history for an alarm: "
        f"{EDGES[edge(moment)].lower()} was {times} before, and {OF_A_KIND} are needed."
    )


def still_learned(weekdays: bool, edges: Mapping[str, int]) -> str:
    """Of which days too few were seen to judge them as others; nothing where all are known."""
    parts: list[str] = []
    if weekdays:
        parts.append(f"a weekday that was seen fewer than {OF_A_KIND} times may be as any day so far was")
    if edges:
        named = ", ".join(f"{EDGES[name].lower()} ({seen} of {OF_A_KIND} seen)" for name, seen in edges.items())
        parts.append(f"many rows are remarked on, but no alarm, at {named}")
    return f"Still too little history for some days: {'; '.join(parts)}." if parts else ""


def unjudged(trend: Series | None, batch: str) -> str:
    """Why nothing was called unusual in a batch, or (if empty) in the newest; nothing where it was judged."""
    if trend is None:
        return "No file has arrived yet."
    if not batch or trend.quiet:
        return trend.quiet
    mine = next((each for each in trend.points if each.point.batch == batch), None)
    if mine is None:
        return "Its figures are not among those that are watched: the last files whose rows are in the table."
    return "" if mine.expected else "Not enough history: it was one of the first files, of which nothing is expected."


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
    return f"The last {len(last)} files had {_range(metric, last)}."


def _range(metric: Metric, points: Sequence[Point]) -> str:
    values = [each.value for each in points]
    return _span(metric, min(values), max(values)) if values else "no value"


def _span(metric: Metric, low: float, high: float) -> str:
    first, last = metric.shown(low), metric.shown(high)
    return first if first == last else f"{first} to {last}"


def _day_named(day: int) -> str:
    if day == -1:
        return "The last day of a month"
    if day < 0:
        return f"The day {-day - 1} before the last of a month"
    return f"Day {day} of a month"
