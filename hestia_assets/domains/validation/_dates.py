"""Dates and times as candidates: every pattern that could be meant, and where two of them are really possible."""

import re

import polars as pl

from hestia_assets.core.specs import Column, ColumnType

DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d",
         "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d",
         "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y",
         "%B %d %Y", "%b. %d, %Y", "%d/%b/%Y", "%d-%B-%Y", "%b-%d-%Y", "%b/%d/%Y", "%Y-%b-%d", "%Y %b %d",
         "%d%b%Y", "%a, %d %b %Y", "%a %d %b %Y", "%a %b %d %Y", "%A, %B %d, %Y", "%A, %d %B %Y")  # fmt: skip
CLOCKS = ("%H:%M:%S", "%H:%M")
EXACT_CLOCKS = ("%H:%M:%S%.f",)
YEAR_LAST = "%a %b %d %H:%M:%S %Y"
"""As C prints a time (ctime)."""
TWELVE_HOURS = ("%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p")
COMPACT = "%Y%m%d"
GAPS = (("T", r"\dT\d"), (", ", r"\d, \d{1,2}:"), (":", r"\d{4}:\d\d:\d\d"))
"""What stands between a day and its time, where that is no blank, and what it looks like."""
ZONE = r"\d:\d\d(?::\d\d(?:\.\d+)?)?( ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))$"
UTC = frozenset({"Z", "UTC", "GMT", "+00:00", "+0000", "+00", "-00:00"})
LOOKS_LIKE_ONE = "|".join(
    (
        r"^\d{1,4}[-/. ]\w{1,9}[-/. ]\d{2,4}",
        r"^\p{L}{3,9} \d{1,2},? \d{4}",
        r"^\p{L}{3}\. \d{1,2}, \d{4}",
        r"^\p{L}{3}[-/]\d{1,2}[-/]\d{4}",
        r"^\p{L}{3} \p{L}{3} +\d{1,2} \d\d:\d\d:\d\d \d{4}$",
        r"^\d{1,2}\p{L}{3}\d{4}",
        r"^\p{L}{3,9},? (?:\p{L}{3,9} \d{1,2}|\d{1,2} \p{L}{3,9}),? \d{4}",
    )
)
DAY_HEADER = re.compile(r"date|datum|fecha|\bdata\b|dato|day|\btag\b|jour|(?:^|_)dt(?:$|_)", re.IGNORECASE)
BIRTH_HEADER = re.compile(r"birth|\bdob\b|\bborn\b|gebur?|naiss|nacim|nasc", re.IGNORECASE)
DOUBTFUL_CENTURY = (2030, 2068)
"""Two digits of a year that Polars and C put into this century, and people often into the last."""


def zones_of(values: pl.Series) -> list[str | None]:
    """The zones that times end with, None for none; empty where there are no times."""
    if not values.head(200).str.contains(r"\d:\d\d").any():
        return []
    return values.str.extract(ZONE).unique(maintain_order=True).head(5).to_list()


def temporal_candidates(values: pl.Series, column: Column) -> list[Column]:
    """Dates or timestamps worth trying, judged by the look of the values."""
    head = values.head(200)
    if not head.str.contains(LOOKS_LIKE_ONE).any():
        return _compact(head, column)
    zones = zones_of(values)
    if not zones:
        return [_candidate(column, ColumnType.DATE, pattern) for pattern in DATES]
    if len(zones) > 1:
        return []
    shapes = [YEAR_LAST] if head.str.contains(r"\d:\d\d \d{4}$").any() else []
    gap = next((gap for gap, look in GAPS if head.str.contains(look).any()), " ")
    shapes += [f"{date}{gap}{clock}{zones[0] or ''}" for date in DATES for clock in _clocks(values)]
    return [_candidate(column, ColumnType.TIMESTAMP, shape) for shape in shapes]


def _clocks(values: pl.Series) -> tuple[str, ...]:
    if values.head(200).str.contains(r"(?i)\d ?[ap]m\b").any():
        return TWELVE_HOURS
    return EXACT_CLOCKS if values.str.contains(r":\d\d\.\d").any() else CLOCKS


def _compact(head: pl.Series, column: Column) -> list[Column]:
    """``20240131`` is a date only where the header says so and every value is a day of our time."""
    if DAY_HEADER.search(column.source) and head.str.contains(r"^(?:19|20)\d{6}$").all():
        return [_candidate(column, ColumnType.DATE, COMPACT)]
    return []


def _candidate(column: Column, kind: ColumnType, pattern: str) -> Column:
    return column.model_copy(update={"type": kind, "format": pattern})


def zone_of(column: Column) -> str:
    """The zone that a candidate's pattern ends with, or nothing."""
    found = re.search(r"(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$", column.format or "")
    return found[1] if found and column.type is ColumnType.TIMESTAMP else ""


def doubtful_century(days: pl.Series, column: Column) -> bool:
    """Whether years of two digits may belong to either century."""
    if "%y" not in (column.format or ""):
        return False
    first, last = DOUBTFUL_CENTURY
    return bool(BIRTH_HEADER.search(column.source)) or bool(days.dt.year().is_between(first, last).any())
