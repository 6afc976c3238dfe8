"""Whatever schedule a source may be saved with, Dagster takes: one that it refused would take all assets down."""

import pytest
from dagster._utils.schedules import is_valid_cron_string
from hypothesis import given
from hypothesis import strategies as st

from hestia_assets.core.errors import SpecError
from hestia_assets.domains.governance.times import refuse_schedule

ITEMS = ("*", "*/5", "*/0", "0", "5", "7", "24", "29", "30", "31", "59", "1-5", "5-1", "0-7", "1-9/3", "5/2")
WORDS = ("jan", "feb", "mon", "sun-tue", "sat-mon", "l", "?", "99", "²", "-1", "1,2", "1,,2", "mon,wed", "2")


def is_accepted(schedule: str, time_zone: str = "UTC") -> bool:
    try:
        refuse_schedule(schedule, time_zone=time_zone)
    except SpecError:
        return False
    return True


@given(fields=st.lists(st.sampled_from(ITEMS + WORDS), min_size=4, max_size=6))
def test_what_is_accepted_dagster_takes(fields: list[str]):
    schedule = " ".join(fields)

    assert not is_accepted(schedule) or is_valid_cron_string(schedule)


@pytest.mark.parametrize(
    "schedule", ["0 6 * * *", "*/15 * * * *", "30 6 * * mon-fri", "0 0 1 jan,JUL *", "5/20 8-18 * * 1-5", "0 0 29 2 *"]
)
def test_everyday_schedules_are_accepted(schedule: str):
    assert is_accepted(schedule)


@pytest.mark.parametrize("schedule", ["", "daily", "@daily", "* * * *", "0 0 31 4,6 *", "60 * * * *", "0 0 * * 8"])
def test_what_is_no_schedule_is_refused(schedule: str):
    assert not is_accepted(schedule)


def test_a_time_zone_that_is_none_is_refused():
    assert not is_accepted("0 6 * * *", "Mars/Olympus")
    assert not is_accepted("0 6 * * *", "../etc/passwd")
