"""Text as dates and numbers that read back as they were written: strict where Polars is lenient."""

import re
from datetime import datetime

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError

SIGNS = r"%[-_0.:\d]*[A-Za-z+]"
YEAR, MONTH, DAY = "%[-_0]?[YyGFDcxvs+]", "%[-_0]?[mbBhjUWVFDcxvs+]", "%[-_0]?[dejuwaAFDcxvs+]"
LEFT_OUT = ((YEAR, " %Y", " 2000"), (MONTH, " %m", " 01"), (DAY, " %d", " 01"))
PROBE = datetime(2004, 12, 29, 13, 58, 57, 123456)  # noqa: DTZ001 - texts without a zone
FIRST = datetime(1000, 1, 1)  # noqa: DTZ001 - texts without a zone
"""Before it a year has fewer than four digits."""
DECIMAL_DIGITS = 38


def written_in(text: pl.Expr, pattern: str) -> pl.Expr:
    """Whether a text is a date, a time or both, written exactly in a strptime pattern; null for null.

    It is where printing what was read gives the text again. That refuses ``1.2.2026`` and ``01.02.26`` for
    ``%d.%m.%Y``, the 60th second, the 30th of February. Of a date that is left out: the year is 2000, the rest 1.

    Raises:
        SpecError: the pattern reads nothing.
    """
    whole, rest = refuse_unusable(pattern)
    full = text + rest
    read = _read(full, whole)
    printed = pl.when(read >= FIRST).then(read).dt.strftime(whole)
    return pl.when(text.is_not_null()).then((printed == full).fill_null(value=False))


def whole_number(text: pl.Expr) -> pl.Expr:
    """Whether a text is an integer of 64 bits without leading zeros or a plus."""
    fits = text.cast(pl.Int64, strict=False).is_not_null()
    return pl.when(text.is_not_null()).then(text.str.contains("^(?:0|-?[1-9][0-9]*)$") & fits)


def plain_number(text: pl.Expr, places: int | None) -> pl.Expr:
    """Whether a text is a decimal of 38 digits without leading zeros, with so many places at most; zeros aside."""
    if places is None:
        pattern, point = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?$", r"^-?\.[0-9]+$"
        return text.str.contains(f"{pattern}|{point}") & (text.str.count_matches("[0-9]") <= DECIMAL_DIGITS)
    before = f"0|[1-9][0-9]{{0,{DECIMAL_DIGITS - 1 - places}}}"
    return text.str.contains(rf"^-?(?:{before})(?:\.[0-9]{{0,{places}}}0*)?$|^-?\.[0-9]{{1,{max(1, places)}}}$")


def any_number(text: pl.Expr) -> pl.Expr:
    """Whether a text is a finite number, also ``1.5e3``; ``12E4`` is an article number more often than a number."""
    pattern = r"^-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
    finite = text.cast(pl.Float64, strict=False).is_finite().fill_null(value=False)
    code = text.str.contains("^[0-9]+[eE][0-9]+$")
    return pl.when(text.is_not_null()).then(text.str.contains(pattern) & ~code & finite)


def _read(text: pl.Expr, pattern: str) -> pl.Expr:
    return text.str.to_datetime(pattern, time_unit="us", strict=False, exact=True, cache=False)


def refuse_unusable(pattern: str) -> tuple[str, str]:
    """A pattern as chrono reads it with all of a date in it, and what a text lacks for it.

    Raises:
        SpecError: it has no sign, or does not read what it printed.
    """
    plain = pattern.replace(".%f", "%.6f")  # alone, chrono's %f counts nanoseconds
    left_out = [(sign, value) for signs, sign, value in LEFT_OUT if not re.search(signs, plain)]
    whole, rest = plain + "".join(sign for sign, _ in left_out), "".join(value for _, value in left_out)
    probe = pl.DataFrame({"text": [PROBE]})
    try:
        printed = probe.select(pl.col("text").dt.strftime(whole))
        usable = re.search(SIGNS, pattern) and printed.select(_read(pl.col("text"), whole).is_not_null()).item()
    except PolarsError:
        usable = False
    if not usable:
        raise SpecError(
            f"'{pattern}' says not how dates or times are written.",
            hint="Write it with signs such as %d.%m.%Y or %H:%M; 12 hours (%I) need %p too, zones are not read.",
        )
    return whole, rest
