"""Whether a schedule is one: five fields of cron, such that Dagster, whose iterator obeys it, takes it too."""

import re
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


def refuse_schedule(schedule: str, *, time_zone: str) -> None:
    """Raises SpecError for what is no schedule or no time zone.

    Example:
        >>> refuse_schedule("30 6 * * mon-fri", time_zone="Europe/Berlin")
    """
    fields = schedule.lower().split()
    if len(fields) != len(_FIELDS):
        raise _no_schedule(schedule, f"it has {len(fields)} of the five fields")
    values: list[set[int]] = []
    for text, (what, low, high, words) in zip(fields, _FIELDS, strict=True):
        found = [_span(item, low, high, words) for item in text.split(",")]
        if not all(found):
            raise _no_schedule(schedule, f"'{text}' is no {what}")
        values.append({value for span in found for value in span})
    days, months = values[2], values[3]
    if not any(min(days) <= _LONGEST.get(month, 31) for month in months):
        raise _no_schedule(schedule, "no month of it has that day")
    try:
        ZoneInfo(time_zone)
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
