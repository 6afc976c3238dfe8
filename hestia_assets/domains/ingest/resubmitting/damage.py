"""What spreadsheet programs do to texts in CSV files: zeros, long numbers and dates are written otherwise."""

import re
from datetime import date, datetime

EXPONENT = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+")
NUMBER = re.compile(r"[+-]?[\d.,' ]*\d([eE][+-]?\d+)?")
ZEROS = re.compile(r"[+-]?0\d+([.,]\d+)?")
LONG = re.compile(r"\d{16,}")
DATES = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d-%b-%y",
    "%d-%b",
)


def rewritten(was: str, now: str, *, is_wrong: bool) -> str | None:
    """Why a changed value looks like the work of a program; None where it does not.

    A value that was wrong may be written otherwise on purpose, but nobody writes an exponent for a long number.
    """
    if was == now or not now:
        return None
    how = _lost(was, now) or (None if is_wrong else _written_otherwise(was, now))
    return f"{how}: {now} (it was {was[:60]})" if how else None


def _lost(was: str, now: str) -> str | None:
    if EXPONENT.fullmatch(now) and NUMBER.fullmatch(was) and not EXPONENT.fullmatch(was):
        return "was turned into a number with an exponent"
    long = LONG.fullmatch(was) and LONG.fullmatch(now)
    return "lost its last digits" if long and was[:15] == now[:15] and not now[15:].strip("0") else None


def _written_otherwise(was: str, now: str) -> str | None:
    if ZEROS.fullmatch(was) and was.lstrip("0") in (now, now.replace(",", ".")):
        return "lost its zeros in front"
    return "is the same day written otherwise" if _days(was) & _days(now) else None


def _days(text: str) -> set[date]:
    """The days that a text may mean."""
    found: set[date] = set()
    for pattern in DATES if 5 <= len(text) <= 12 else ():
        try:
            found.add(datetime.strptime(text, pattern).date())  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return found
