"""Schedules: five fields of cron, and the moments they name. One reading for whoever waits for one of them.

Where clocks are changed it says what Dagster's schedules say: a time that a night does not have is the end of the gap,
a time that it has twice is the second one, and what is due every hour stays due every hour.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hestia_assets.core.errors import SpecError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_ITEM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d{1,2}))?", re.ASCII)
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_FARTHEST = timedelta(days=8 * 366 + 1)
"""29 February may be eight years away."""


@dataclass(frozen=True)
class Schedule:
    """The times that five fields of cron name, by the clocks of a time zone.

    Example:
        >>> six = Schedule.parse("0 6 * * mon-fri", time_zone="Europe/Berlin")
        >>> six.latest(datetime(2026, 11, 22, 12, tzinfo=UTC)).isoformat()
        '2026-11-20T05:00:00+00:00'
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    zone: ZoneInfo

    @classmethod
    def parse(cls, schedule: str, *, time_zone: str) -> "Schedule":
        """Read it. Raises SpecError for what is no schedule or no time zone."""
        minutes, hours, days, months, weekdays = _values(schedule)
        week = frozenset(day % 7 for day in weekdays)
        return cls(minutes, hours, days, months, week, _zone(time_zone))

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Every time later than this one, in UTC, without end."""
        day = moment.astimezone(self.zone).date() - timedelta(days=1)
        last = day + _FARTHEST
        while day <= last:
            for each in self._of(day):
                if each > moment:
                    last = day + _FARTHEST
                    yield each
            day += timedelta(days=1)

    def latest(self, moment: datetime) -> datetime | None:
        """The last time at or before this one, in UTC."""
        day = moment.astimezone(self.zone).date() + timedelta(days=1)
        first = day - _FARTHEST
        while day >= first:
            if passed := [each for each in self._of(day) if each <= moment]:
                return passed[-1]
            day -= timedelta(days=1)
        return None

    def _of(self, day: date) -> list[datetime]:
        """The times of one day, in order."""
        if not self._has(day):
            return []
        hourly = len(self.hours) == 24
        times = [time(hour, minute) for hour in self.hours for minute in self.minutes]
        return sorted({each for at in times for each in _moments(datetime.combine(day, at), self.zone, hourly=hourly)})

    def _has(self, day: date) -> bool:
        """As cron does: where both days are limited, either will do."""
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        limited = len(self.days) < 31 and len(self.weekdays) < 7
        return day.month in self.months and (of_month or of_week if limited else of_month and of_week)


def _moments(local: datetime, zone: ZoneInfo, *, hourly: bool) -> list[datetime]:
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return [first]
    if first < second:  # clocks went back: the time comes twice
        return [first, second] if hourly else [second]
    if hourly:
        return []
    gap = first - second  # clocks went forward: it does not come
    start = local.replace(minute=0) + gap
    return [start.replace(tzinfo=zone).astimezone(UTC)]


def _values(schedule: str) -> list[frozenset[int]]:
    fields = schedule.lower().split()
    if len(fields) != len(_FIELDS):
        raise _no_schedule(schedule, f"it has {len(fields)} of the five fields")
    values: list[frozenset[int]] = []
    for text, (what, low, high, words) in zip(fields, _FIELDS, strict=True):
        found = [_span(item, low, high, words) for item in text.split(",")]
        if not all(found):
            raise _no_schedule(schedule, f"'{text}' is no {what}")
        values.append(frozenset(value for span in found for value in span))
    if not any(min(values[2]) <= _LONGEST.get(month, 31) for month in values[3]):
        raise _no_schedule(schedule, "no month of it has that day")
    return values


def _zone(time_zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SpecError(
            f"There is no time zone called '{time_zone}'.", hint="Write it like Europe/Berlin or UTC."
        ) from error


def _span(item: str, low: int, high: int, words: tuple[str, ...]) -> range:
    """The values that one item of a field allows; none where it is not valid."""
    match = _ITEM.fullmatch(item)
    numbers = {word: low + index for index, word in enumerate(words)}
    if match is None:
        return range(0)
    first, last, step = match["first"], match["last"], int(match["step"] or 1)
    start = low if first is None else _number(first, numbers)
    end = _number(last, numbers) if last else high if first is None or match["step"] else start
    well = low <= start <= end <= high and 1 <= step <= high
    return range(start, end + 1, step) if well else range(0)


def _number(text: str, numbers: dict[str, int]) -> int:
    return numbers.get(text, int(text) if text.isdigit() else -1)


def _no_schedule(schedule: str, why: str) -> SpecError:
    return SpecError(
        f"'{schedule}' is no schedule: {why}.",
        hint="Write five fields: minute, hour, day, month, weekday; 0 6 * * * is every day at six.",
    )
