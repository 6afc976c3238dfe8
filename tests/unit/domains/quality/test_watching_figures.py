"""A figure over time: what is unusual, what is not, and what a person's word changes."""

import random
from datetime import UTC, datetime, timedelta

from hestia_assets.core.results.quality import AnomalyKind, Metric, MetricKind, NormalVerdict, Point, Series
from hestia_assets.domains.quality.outlook import FEW, Outlook
from hestia_assets.domains.quality.scales import Scale
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


def test_a_missing_file_that_was_called_normal_raises_no_second_alarm_when_it_comes():
    metric = Metric(MetricKind.FRESHNESS)
    points = days([24.0] * 40)
    missing = watch("orders", metric, points)[1].overdue(points[-1], points[-1].at + timedelta(hours=60))
    assert missing is not None
    closed = NormalVerdict(
        1, "default", "orders", metric, missing.at, missing.value, "", False, "ada", "closed", MONDAY
    )
    came = Point("late", points[-1].at + timedelta(hours=96), 96.0)
    again = Point("later", came.at + timedelta(hours=96), 96.0)

    (alarm,) = watch("orders", metric, [*points, came], verdicts=[closed])[0].anomalies
    assert (alarm.batch, alarm.normal) == ("late", closed)
    assert len(watch("orders", metric, [*points, came, again], verdicts=[closed])[0].anomalies) == 1
    assert [each.normal for each in watch("orders", metric, [*points, came])[0].anomalies] == [None]


def test_fewer_rows_set_aside_are_no_trouble():
    metric = Metric(MetricKind.ASIDE)

    assert watched([0.2] * 40 + [0.0], metric=metric).anomalies == ()
    assert [each.kind for each in watched([0.01] * 40 + [0.3], metric=metric).anomalies] == [AnomalyKind.SPIKE]


def test_a_peak_at_the_end_of_a_month_is_a_remark_until_three_were_seen():
    ends = (26, 54, 85, 115)  # the last days of January to April
    values = [value * (2.5 if day in ends else 1) for day, value in enumerate(ordinary(120))]

    monthly = watched(values)

    assert kinds(monthly) == []
    (first,) = [each for each in monthly.points if each.remark]  # the later ones are as high as the first
    assert (first.point.batch, first.anomaly) == ("b26", None)
    assert first.remark.startswith("Rows that arrived: 2,")
    assert "ordinary days have 7" in first.remark
    assert first.remark.endswith("the end of a month was never seen before, and 3 are needed.")


def test_more_different_values_at_the_end_of_a_month_come_with_its_rows():
    ends = (26, 54)
    values = [300 + day % 3 + (80 if day in ends else 0) for day in range(80)]

    assert kinds(watched(values, metric=Metric(MetricKind.DISTINCT, "shop"))) == []
    assert kinds(watched([*values[:54], 90, *values[55:]], metric=Metric(MetricKind.DISTINCT, "shop"))) == [
        (54, AnomalyKind.SPIKE)
    ]


def test_what_is_wrong_at_the_end_of_a_month_is_an_alarm_even_when_the_first_is_seen():
    steady = ordinary(120)

    assert kinds(watched([*steady[:26], 0, *steady[27:]])) == [(26, AnomalyKind.ZERO)]
    assert kinds(watched([*steady[:26], 300, *steady[27:]])) == [(26, AnomalyKind.SPIKE)]
    assert kinds(watched([*steady[:26], 11_000, *steady[27:]])) == [(26, AnomalyKind.SPIKE)], "more than ten times"
    assert kinds(watched([*steady[:115], 2500, *steady[116:]])) == [(115, AnomalyKind.SPIKE)], "three ends were calm"
    shifted = watched([*steady[:26], *(1.6 * value for value in steady[26:60])])
    assert kinds(shifted) == [(29, AnomalyKind.LEVEL)], "from the last day of January on, the first are remarked on"


def test_a_peak_of_a_quarter_or_of_the_last_working_day_is_no_alarm():
    quarters = [value * (3 if day in (85, 176, 268) else 1) for day, value in enumerate(ordinary(280))]
    fridays = [value * (2.5 if day in (25, 53, 85, 115, 144) else 1) for day, value in enumerate(ordinary(150))]

    assert kinds(watched(quarters)) == []
    assert kinds(watched(fridays)) == []


def test_on_which_days_less_is_said_is_told_until_they_are_known():
    young, older, old = (watched(ordinary(count)).learning for count in (20, 60, 90))

    assert "a weekday that was seen fewer than 3 times may be as any day so far was" in young
    assert "weekday" not in older
    assert older.endswith("the end of a month (2 of 3 seen), the beginning of a month (2 of 3 seen), the middle of a "
                          "month (2 of 3 seen).")  # fmt: skip
    assert old == ""


def test_a_fall_to_zero_is_an_alarm_however_far_the_rows_spread():
    chance = random.Random(4)
    wild = [round(1000 * chance.lognormvariate(0, 1.0)) for _ in range(60)]

    assert kinds(watched([*wild, 0])) == [(60, AnomalyKind.ZERO)]


def test_where_one_empty_file_is_chance_several_in_a_row_are_none():
    chance = random.Random(4)
    few = [sum(chance.random() < 0.02 for _ in range(100)) for _ in range(80)]

    alarms = kinds(watched([*few, *[0] * 12]))

    assert 0 in few
    assert [kind for day, kind in alarms if day >= 80] == [AnomalyKind.ZERO]
    assert [day for day, _ in alarms if day < 84] == []


def test_a_few_empty_values_after_none_are_no_trouble_and_many_are():
    metric = Metric(MetricKind.NULLS, "shop")
    chance = random.Random(5)
    few = [0.0] * 60 + [chance.choice([0.0, 0.001, 0.002]) for _ in range(60)]

    assert watched(few, metric=metric).anomalies == ()
    large = [Point(each.batch, each.at, each.value, 250_000) for each in days(few)]
    assert watch("orders", metric, large)[0].anomalies == ()
    (alarm,) = watched([0.0] * 60 + [0.05], metric=metric).anomalies
    assert alarm.sentence == "shop: share without a value: 5.0%; 0.0% to 0.6% were expected."


def test_a_file_much_farther_off_than_the_alarm_before_it_is_told_too():
    steady = ordinary(60)

    assert kinds(watched([*steady[:40], 700, 0, *steady[42:]])) == [(40, AnomalyKind.SPIKE), (41, AnomalyKind.ZERO)]
    assert kinds(watched([*steady[:40], 400, 380, *steady[42:]])) == [(40, AnomalyKind.SPIKE)]


def test_a_mean_of_few_values_may_be_farther_off():
    metric = Metric(MetricKind.MEAN, "price")
    chance = random.Random(6)
    points = [Point(each.batch, each.at, chance.gauss(50, 0.5), 1000) for each in days([0.0] * 60)]

    def last(of: int) -> Point:
        return Point("last", MONDAY + timedelta(days=60), 55.0, of)

    assert len(watch("orders", metric, [*points, last(1000)])[0].anomalies) == 1
    assert watch("orders", metric, [*points, last(10)])[0].anomalies == ()


def test_three_noisy_weeks_do_not_look_calmer_by_the_weekdays_that_are_told_from_them():
    spreads: list[float] = []
    for seed in range(40):
        chance = random.Random(seed)
        outlook = Outlook(Scale(MetricKind.MEAN))
        for point in days([0.0] * 21):
            outlook.take(point.at, chance.gauss(50 if point.at.weekday() < 5 else 40, 1), 1000, surprising=False)
        outlook.expected(MONDAY + timedelta(days=21), point)
        spreads.append(outlook.expected(MONDAY + timedelta(days=21), point).spread / (1 + FEW / 21))

    assert sum(spreads) / len(spreads) > 0.98


def test_means_below_zero_are_as_ordinary_as_others_and_fall_as_well():
    mean = Metric(MetricKind.MEAN, "balance")
    for level in (-1000, 0, 1000):
        values = [each - 1000 + level for each in ordinary(40)]

        assert watched(values, metric=mean).anomalies == ()
        assert kinds(watched([*values, level - 900], metric=mean)) == [(40, AnomalyKind.SPIKE)]


def test_after_a_fall_to_a_much_lower_level_that_level_is_expected():
    for kind in (MetricKind.ROWS, MetricKind.DISTINCT):
        fallen = watched([1000] * 30 + [1] * 30, metric=Metric(kind, "c"))

        assert kinds(fallen) == [(30, AnomalyKind.SPIKE), (32, AnomalyKind.LEVEL)]
        assert all(each.expected.low <= each.expected.high for each in fallen.points if each.expected)
