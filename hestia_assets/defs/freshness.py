"""When a dataset is expected, as a freshness policy: Dagster shows a table that is late, and its daemon says so."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import dagster as dg
from dagster._utils.schedules import cron_string_iterator

from hestia_assets.core.specs import DatasetSpec

TICKS = 100
"""So many times of a schedule are looked at for the shortest time between two of them: three months of days."""


def freshness_policy(dataset: DatasetSpec) -> dg.FreshnessPolicy | None:
    """The policy of a dataset's validated table; None where files come whenever they come.

    By hours: late after ``every_hours``, failed once the grace is over too. By schedule: Dagster knows no grace behind
    a time, so where grace is given the deadline is a time of the schedule, moved on by it.
    """
    rhythm = dataset.rhythm
    if rhythm is None:
        return None
    if rhythm.every_hours is not None:
        due, failed = timedelta(hours=rhythm.every_hours), timedelta(hours=rhythm.every_hours + rhythm.grace_hours)
        return dg.FreshnessPolicy.time_window(fail_window=failed, warn_window=due if due < failed else None)
    cron = _later(rhythm.schedule, timedelta(hours=rhythm.grace_hours))
    return dg.FreshnessPolicy.cron(
        deadline_cron=cron, lower_bound_delta=_shortest(cron, rhythm.time_zone), timezone=rhythm.time_zone
    )


def _shortest(schedule: str, time_zone: str) -> timedelta:
    """The shortest time between two times of the schedule: a file from before the last one is none for this one."""
    ticks = cron_string_iterator(datetime.now(UTC).timestamp(), schedule, time_zone)
    return min(later - earlier for earlier, later in pairwise(islice(ticks, TICKS)))


def _later(schedule: str, grace: timedelta) -> str:
    """The schedule moved on within the day; as it is where it names several times or midnight comes.

    Example:
        >>> _later("30 6 * * 1-5", timedelta(hours=1.5))
        '0 8 * * 1-5'
    """
    minute, hour, *days = schedule.split()
    if not (minute.isdigit() and hour.isdigit()):
        return schedule
    at = timedelta(hours=int(hour), minutes=int(minute)) + timedelta(minutes=round(grace.total_seconds() / 60))
    if at >= timedelta(days=1):
        return schedule
    minutes = int(at.total_seconds() // 60)
    return " ".join([str(minutes % 60), str(minutes // 60), *days])
