"""The moments that a schedule names are those at which Dagster acts, also in nights when clocks are changed."""

from datetime import UTC, datetime
from itertools import islice

from dagster._utils.schedules import schedule_execution_time_iterator
from hypothesis import given, settings
from hypothesis import strategies as st

from hestia_assets.core.schedules import Schedule

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
SCHEDULES = (
    "0 6 * * *",
    "30 2 * * *",
    "0 2 * * 0",
    "30 1 * * *",
    "15,45 2 * * *",
    "0 * * * *",
    "0 0 29 2 *",
    "0 12 1 * *",
    "0 0 31 * *",
    "30 6 * * mon-fri",
    "0 8 1,15 * mon",
    "0 */6 * * *",
    "0 8 * 3,10,11 7",
)
STARTS = st.one_of(
    st.integers(0, 8 * 365 * 86400).map(lambda seconds: 1_700_000_000 + seconds),
    st.sampled_from(["2026-03-28", "2026-10-24", "2026-10-31", "2027-03-13"]).map(
        lambda day: int(datetime.fromisoformat(f"{day}T22:00Z").timestamp())
    ),
)


@settings(deadline=None, max_examples=60)
@given(schedule=st.sampled_from(SCHEDULES), zone=st.sampled_from(ZONES[:3] + ZONES[4:]), start=STARTS)
def test_times_are_those_of_dagster(schedule: str, zone: str, start: int):
    moment = datetime.fromtimestamp(start, UTC)

    found = list(islice(Schedule.parse(schedule, time_zone=zone).after(moment), 6))

    told = islice(schedule_execution_time_iterator(start, schedule, zone), 7)
    assert found == [each.astimezone(UTC) for each in told if each.timestamp() > start][:6]


@settings(deadline=None, max_examples=60)
@given(schedule=st.sampled_from(SCHEDULES), zone=st.sampled_from(ZONES), start=STARTS)
def test_the_latest_time_is_the_one_after_which_the_next_comes_later(schedule: str, zone: str, start: int):
    moment = datetime.fromtimestamp(start, UTC)
    times = Schedule.parse(schedule, time_zone=zone)

    latest = times.latest(moment)

    assert latest is not None
    assert latest <= moment
    assert next(times.after(latest)) > moment
