"""A figure over time: what is unusual, what is not, and what a person's word changes."""

import random
from datetime import UTC, datetime, timedelta

from hestia_assets.core.results.quality import AnomalyKind, Metric, MetricKind, NormalVerdict, Point, Series
from hestia_assets.domains.quality.watching import watch

MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
ROWS = Metric(MetricKind.ROWS)


def days(values: list[float]) -> list[Point]:
    return [Point(f"b{day}", MONDAY + timedelta(days=day), float(value), 1000) for day, value in enumerate(values)]


def ordinary(count: int, level: float = 1000, seed: int = 1) -> list[float]:
    chance = random.Random(seed)
    return [round(level * chance.uniform(0.96, 1.04)) for _ in range(count)]


def watched(values: list[float], *said: NormalVerdict, metric: Metric = ROWS) -> Series:
    return watch("orders", metric, days(values), verdicts=said)[0]


def normal(day: int, value: float, *, level: bool = False) -> NormalVerdict:
    at = MONDAY + timedelta(days=day)
    return NormalVerdict(1, "default", "orders", ROWS, at, value, f"b{day}", level, "ada", "sale", at)


def kinds(series: Series) -> list[tuple[int, AnomalyKind]]:
    return [((each.at - MONDAY).days, each.kind) for each in series.anomalies]


def test_nothing_is_said_before_there_are_fourteen_points():
    quiet = watched([1000] * 8 + [1])

    assert quiet.anomalies == ()
    assert quiet.quiet == "Not enough history: 9 of 14 files."
    assert all(each.expected is None for each in quiet.points)


def test_what_is_unusual_is_named_by_its_kind():
    steady = ordinary(60)

    assert kinds(watched(steady)) == []
    assert kinds(watched([*steady[:40], 3000, *steady[41:]])) == [(40, AnomalyKind.SPIKE)]
    assert kinds(watched([*steady[:40], 0, *steady[41:]])) == [(40, AnomalyKind.ZERO)]
    shifted = watched([*steady[:40], *(1.6 * value for value in steady[40:])])
    assert kinds(shifted) == [(40, AnomalyKind.SPIKE), (42, AnomalyKind.LEVEL)]


def test_the_tested_point_is_no_part_of_what_is_expected_of_it():
    steady = ordinary(40)

    one, other = watched([*steady, 5000.0]), watched([*steady, 1.0])

    assert one.points[-1].expected is not None
    assert other.points[-1].expected is not None
    low, high = one.points[-1].expected.low, one.points[-1].expected.high
    assert (low, high) == (other.points[-1].expected.low, other.points[-1].expected.high)


def test_an_alarm_says_what_was_expected_and_why():
    weekly = [value * (0.3 if day % 7 >= 5 else 1) for day, value in enumerate(ordinary(70))]

    (alarm,) = watched([*weekly, 300.0]).anomalies  # a Monday like a Sunday

    assert alarm.expected.why.startswith("Mondays had ")
    assert alarm.expected.why.endswith(" in the last 8 weeks.")
    assert alarm.sentence.startswith("Rows that arrived: 300; ")


def test_a_quiet_weekend_is_no_surprise_even_in_the_third_week():
    weekly = [value * (0.3 if day % 7 >= 5 else 1) for day, value in enumerate(ordinary(28))]

    assert kinds(watched(weekly)) == []


def test_what_was_called_normal_is_expected_from_then_on():
    steady = ordinary(80)
    twice = [*steady[:40], 400, *steady[41:60], 390, *steady[61:]]

    series = watched(twice, normal(40, 400))

    assert [(each.batch, each.normal is not None) for each in series.anomalies] == [("b40", True)]
    far = [*steady[:40], 400, *steady[41:60], 50, *steady[61:]]
    assert [each.batch for each in watched(far, normal(40, 400)).anomalies] == ["b40", "b60"]


def test_a_level_that_was_called_normal_is_the_new_level():
    steady = ordinary(80)
    shifted = [*steady[:40], *(1.6 * value for value in steady[40:])]
    back = [*shifted[:50], *steady[50:]]

    forgotten = watched(back)
    taught = watched(back, normal(42, shifted[42], level=True))

    assert kinds(forgotten) == [(40, AnomalyKind.SPIKE), (42, AnomalyKind.LEVEL)]  # the old level may come back
    assert kinds(taught)[2:] == [(50, AnomalyKind.SPIKE), (52, AnomalyKind.LEVEL)]


def test_a_small_shift_that_no_single_point_shows_adds_up():
    chance = random.Random(3)
    series = [1000 * chance.gauss(1, 0.05) * (0.8 if day >= 60 else 1) for day in range(80)]

    assert AnomalyKind.LEVEL in [kind for day, kind in kinds(watched(series)) if 60 <= day < 75]


def test_a_batch_that_does_not_come_is_missed_by_the_clock():
    metric = Metric(MetricKind.FRESHNESS)
    points = days([24.0] * 40)
    watcher = watch("orders", metric, points)[1]

    in_time = watcher.overdue(points[-1], points[-1].at + timedelta(hours=25))
    missing = watcher.overdue(points[-1], points[-1].at + timedelta(hours=47))

    assert in_time is None
    assert missing is not None
    assert missing.kind is AnomalyKind.MISSING
    assert missing.sentence.startswith("No file for 47 h; at most ")
    assert points[-1].at < missing.at < points[-1].at + timedelta(hours=47)


def test_fewer_rows_set_aside_are_no_trouble():
    metric = Metric(MetricKind.ASIDE)

    assert watched([0.2] * 40 + [0.0], metric=metric).anomalies == ()
    assert [each.kind for each in watched([0.01] * 40 + [0.3], metric=metric).anomalies] == [AnomalyKind.SPIKE]
