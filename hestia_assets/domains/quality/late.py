"""Whether a batch was due by a dataset's rhythm and has not come."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hestia_assets.core.results.quality import Lateness
from hestia_assets.core.schedules import Schedule
from hestia_assets.core.specs import DatasetSpec, Rhythm


def lateness(dataset: DatasetSpec, *, last: datetime | None, since: datetime, now: datetime) -> Lateness | None:
    """What is overdue now; nothing without a rhythm, or while all is in time.

    Args:
        dataset: whose rhythm is asked.
        last: when its newest file arrived.
        since: when the dataset was declared; nothing was due before that.
        now: the moment that is asked about.
    """
    due = dataset.rhythm and _due(dataset.rhythm, last=last, since=since, now=now)
    if not due or now <= due:
        return None
    hours = (now - due).total_seconds() / 3600
    came = f"the last one came {last:%Y-%m-%d %H:%M} UTC" if last else "none has ever come"
    said = f"A file was due by {due:%Y-%m-%d %H:%M} UTC, {_ago(hours)} ago; {came}."
    return Lateness(dataset.name, due, hours, last, said)


def in_time(dataset: DatasetSpec, arrivals: list[datetime], *, since: datetime, now: datetime) -> tuple[int, int]:
    """How many of the times at which a batch was due in this stretch had one in time, and how many there were.

    With ``every_hours`` each batch but the first is a time, and so is the one that is overdue now.
    """
    rhythm = dataset.rhythm
    if rhythm is None:
        return 0, 0
    if rhythm.every_hours is not None:
        longest = timedelta(hours=rhythm.every_hours + rhythm.grace_hours)
        gaps = [later - each for each, later in pairwise(arrivals)]
        late = bool(arrivals) and now - arrivals[-1] > longest
        return sum(1 for gap in gaps if gap <= longest), len(gaps) + late
    return _times_met(rhythm, arrivals, since=since, now=now)


def _times_met(rhythm: Rhythm, arrivals: list[datetime], *, since: datetime, now: datetime) -> tuple[int, int]:
    grace, met, times = timedelta(hours=rhythm.grace_hours), 0, 0
    schedule = Schedule.parse(rhythm.schedule, time_zone=rhythm.time_zone)
    before = schedule.latest(since)
    for due in schedule.after(since):
        if due + grace > now:
            break
        times += 1
        met += any(_early(before, due) < at <= due + grace for at in arrivals)
        before = due
    return met, times


def _due(rhythm: Rhythm, *, last: datetime | None, since: datetime, now: datetime) -> datetime | None:
    """When the next batch should have been there; with a schedule, for the last time that has passed."""
    grace = timedelta(hours=rhythm.grace_hours)
    if rhythm.every_hours is not None:
        return (last or since) + timedelta(hours=rhythm.every_hours) + grace
    schedule = Schedule.parse(rhythm.schedule, time_zone=rhythm.time_zone)
    due = schedule.latest(now - grace)
    if due is None or due < since:
        return None
    before = schedule.latest(due - timedelta(minutes=1))
    came = last is not None and last > _early(before, due)
    return None if came else due + grace


def _early(before: datetime | None, due: datetime) -> datetime:
    """From when on a batch is for this time and no late one for the time before: half way between the two."""
    return due - (due - before) / 2 if before else datetime.min.replace(tzinfo=UTC)


def _ago(hours: float) -> str:
    return (
        f"{hours * 60:.0f} minutes" if hours < 2 else f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
    )
