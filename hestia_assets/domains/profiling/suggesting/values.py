"""Candidates from the values of one column: whether they are there, differ, are few, lie between bounds."""

import math
from collections.abc import Iterator

import polars as pl

from hestia_assets.domains.profiling.suggesting.seen import BORNE, LEAST, Candidate, Seen

FEW = 40
"""So many different values are a list; more are not."""

FEW_NUMBERS = 12
LONG_TEXT = 40
FENCE = 3.0
"""Values so many times the middle half's width outside of it are outliers (Tukey's outer fences)."""


def value_candidates(seen: Seen) -> Iterator[Candidate]:
    """Those of every column."""
    for column in seen.columns:
        name = column.name
        values = seen.values(name)
        yield from _filled(seen, name)
        if values.len() < LEAST:
            continue
        yield from _unique(seen, name, values)
        few = list(_few(seen, name, values))
        yield from few
        if values.dtype.is_numeric() and not few and not seen.differ(name):
            yield from _between(seen, name, values)
        elif values.dtype.is_temporal():
            yield from _past(seen, name, values)


def _filled(seen: Seen, name: str) -> list[Candidate]:
    column = seen.typed[name]
    missing = column.null_count()
    blank = int((column.str.strip_chars() == "").sum() or 0) if column.dtype == pl.String else 0
    if seen.height < LEAST or missing + blank > BORNE * seen.height:
        return []
    rule = "not_blank" if blank and "not_blank" in seen.rules else "not_null"
    evidence = (
        f"All {seen.height:,} rows have a value."
        if not missing + blank
        else f"{seen.height - missing - blank:,} of {seen.height:,} rows have a value."
    )
    return seen.candidate(rule, (name,), evidence, sure=0.75)  # true of most columns, and says least


def _unique(seen: Seen, name: str, values: pl.Series) -> list[Candidate]:
    if values.dtype.is_float() or values.dtype.is_decimal() or values.dtype == pl.Date or not seen.differ(name):
        return []
    if values.dtype == pl.String and (values.str.len_chars().mean() or 0) > LONG_TEXT:  # pyright: ignore[reportOperatorIssue] - of numbers
        return []
    distinct = seen.distinct(name)
    evidence = f"{distinct:,} of {values.len():,} values are different."
    return seen.candidate("unique", (name,), evidence, sure=0.97 if values.len() >= 100 else 0.8)


def _few(seen: Seen, name: str, values: pl.Series) -> list[Candidate]:
    most = FEW if values.dtype == pl.String else FEW_NUMBERS if values.dtype.is_integer() else 0
    counts = values.value_counts(name="_rows", sort=True).filter(pl.col("_rows") >= max(3, 0.001 * values.len()))
    covered = int(counts["_rows"].sum())
    if not 1 < counts.height <= most or counts.height > 0.1 * values.len() or covered < (1 - BORNE) * values.len():
        return []
    listed = sorted(counts[name].cast(pl.String).to_list()) if values.dtype == pl.String else sorted(counts[name])
    least = counts["_rows"].min()
    evidence = (
        f"{counts.height} different values, each at least {least:,} times, make up {covered:,} of {values.len():,}."
    )
    sure = 0.85 if values.dtype == pl.String and counts.height <= 0.02 * values.len() else 0.6
    return seen.candidate("in_set", (name,), evidence, sure=sure, warn=True, params={"values": listed})


def _between(seen: Seen, name: str, values: pl.Series) -> list[Candidate]:
    numbers = values.cast(pl.Float64)
    numbers = numbers.filter(numbers.is_finite()).sort()
    if numbers.len() < LEAST:
        return []
    places = [int(part * (numbers.len() - 1)) for part in (0.25, 0.75)]
    low, high = (float(numbers[place]) for place in places)
    reach = FENCE * (high - low)
    inside = numbers.filter((numbers >= low - reach) & (numbers <= high + reach))
    if inside.len() < (1 - BORNE) * numbers.len():
        inside = numbers  # so many are far out that being far out is normal here
    least, most = _rounded(float(inside[0]), up=False), _rounded(float(inside[-1]), up=True)
    whole = values.dtype.is_integer()
    bounds = {"min": int(least) if whole else least, "max": int(most) if whole else most}
    evidence = (
        f"{inside.len():,} of {numbers.len():,} values are between {_said(inside[0])} and {_said(inside[-1])}, "
        f"half of all between {_said(low)} and {_said(high)}."
    )
    return seen.candidate("in_range", (name,), evidence, sure=0.55, warn=True, params=bounds)


def _past(seen: Seen, name: str, values: pl.Series) -> list[Candidate]:
    latest = f"The latest of {values.len():,} values is {values.max()}"
    evidence = f"{latest}; none is ahead of the day on which the last file came."
    return seen.candidate("no_future_date", (name,), evidence, sure=0.7, borne=0)


def _rounded(value: float, *, up: bool) -> float:
    """A bound with two digits that lies on the far side of the value; at most 0 becomes 0."""
    if value == 0 or (not up and 0 < value < 1):
        return 0.0
    if not up and value == 1:
        return 1.0
    if not up and value > 0:
        return 0.0
    if up and value < 0:
        return 0.0
    step = 10 ** (math.floor(math.log10(abs(value))) - 1)
    away = math.ceil if up else math.floor
    return float(round(away(value / step) * step, 12))


def _said(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"
