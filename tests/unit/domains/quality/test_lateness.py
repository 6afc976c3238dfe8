"""Whether a file was due and has not come."""

from datetime import UTC, datetime, timedelta

import pytest

from hestia_assets.core.specs import DatasetSpec, Rhythm
from hestia_assets.domains.quality.late import in_time, lateness

WORKDAYS = DatasetSpec(
    name="orders", rhythm=Rhythm(schedule="0 6 * * mon-fri", grace_hours=1, time_zone="Europe/Berlin")
)
HOURLY = DatasetSpec(name="orders", rhythm=Rhythm(every_hours=26, grace_hours=2))
DECLARED = datetime(2026, 11, 2, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}Z")


@pytest.mark.parametrize(
    ("dataset", "last", "now", "due"),
    [
        (WORKDAYS, "18T04:50", "18T07:00", None),  # came ten minutes early
        (WORKDAYS, "17T05:10", "18T05:59", None),  # still within its grace
        (WORKDAYS, "17T05:10", "18T06:01", "18T06:00"),
        (WORKDAYS, "17T09:00", "18T06:01", "18T06:00"),  # the late one of Tuesday is not that of Wednesday
        (WORKDAYS, "20T05:00", "22T12:00", None),  # nothing is due at the weekend
        (WORKDAYS, None, "03T12:00", "03T06:00"),
        (WORKDAYS, None, "02T05:30", None),
        (HOURLY, "17T05:00", "18T08:59", None),
        (HOURLY, "17T05:00", "18T09:01", "18T09:00"),
        (DatasetSpec(name="orders"), None, "18T09:01", None),
    ],
)
def test_a_file_is_late_once_its_time_and_the_grace_have_passed(dataset, last, now, due):
    found = lateness(dataset, last=at(last) if last else None, since=DECLARED, now=at(now))

    assert (found.due if found else None) == (at(due) if due else None)


def test_in_the_night_when_clocks_go_back_one_file_is_due_not_two():
    daily = DatasetSpec(name="o", rhythm=Rhythm(schedule="30 2 * * *", grace_hours=0.25, time_zone="Europe/Berlin"))
    saturday = datetime(2026, 10, 24, 0, 0, tzinfo=UTC)
    arrivals = [saturday + timedelta(days=day, hours=1.6 if day else 0.6) for day in range(3)]

    assert in_time(daily, arrivals, since=saturday, now=saturday + timedelta(days=2, hours=6)) == (3, 3)


def test_times_are_counted_that_had_a_file():
    came = [at("16T05:00"), at("17T08:00"), at("19T05:30")]  # Monday in time, Tuesday late, Wednesday none, Thursday

    assert in_time(WORKDAYS, came, since=at("16T00:00"), now=at("19T12:00")) == (2, 4)
    assert in_time(HOURLY, came, since=at("16T00:00"), now=at("19T12:00")) == (1, 2)
    assert in_time(HOURLY, came, since=at("16T00:00"), now=at("21T12:00")) == (1, 3)
