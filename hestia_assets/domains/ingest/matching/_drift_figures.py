"""Row count, empty values, ranges and variety of a batch, held against the batches before it and nothing else."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from statistics import median
from typing import Any

import polars as pl

from hestia_assets.core.results.drift import (
    DISTINCT_CAP,
    Amount,
    BatchProfile,
    ColumnProfile,
    DriftFinding,
    DriftKind,
)
from hestia_assets.core.specs import Column, ColumnType

ORDERED = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT, ColumnType.DATE, ColumnType.TIMESTAMP)
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT)
LAST = 5
FEWER, MORE = 0.5, 2.0
MORE_EMPTY = 0.10
SPANS = 3
SHORTEST = timedelta(days=31)
"""Of dates: a batch of one day says little about the next."""

DISTINCT_ROWS = 200_000
"""Different values are counted in these first rows, so that a large batch takes no more memory than a small one."""

VARIETY = 3
FEW = 5
UNIQUE, REPEATED = 0.97, 0.5
"""Shares of different values."""


def profile(rows: pl.LazyFrame, columns: Sequence[Column]) -> BatchProfile:
    """The figures of one batch, from its typed rows."""
    known = set(rows.collect_schema().names())
    own = [column for column in columns if column.name in known]
    wanted: list[pl.Expr] = [pl.len().alias("rows")]
    for number, column in enumerate(own):
        values = pl.col(column.name)
        wanted += [values.null_count().alias(f"nulls {number}")]
        wanted += [values.head(DISTINCT_ROWS).drop_nulls().n_unique().alias(f"distinct {number}")]
        if column.type in ORDERED:
            wanted += [values.min().alias(f"min {number}"), values.max().alias(f"max {number}")]
        if column.type in NUMBERS:
            wanted += [values.cast(pl.Float64).mean().alias(f"mean {number}")]
    facts: dict[str, Any] = rows.select(wanted).collect(engine="streaming").row(0, named=True)
    figures = {column.name: _column_profile(facts, number) for number, column in enumerate(own)}
    return BatchProfile(facts["rows"], figures)


def _column_profile(facts: dict[str, Any], number: int) -> ColumnProfile:
    distinct = min(facts[f"distinct {number}"], DISTINCT_CAP)
    mean = facts.get(f"mean {number}")
    extremes = facts.get(f"min {number}"), facts.get(f"max {number}")
    return ColumnProfile(
        facts[f"nulls {number}"], *extremes, distinct, mean if mean is None or isfinite(mean) else None
    )


def unusual(now: BatchProfile, past: Sequence[BatchProfile], *, row_count: int | None) -> list[DriftFinding]:
    """What the last batches would not have led one to expect.

    ``now`` may be of the first rows only; ``row_count`` is of the whole file, None while it is not known.
    """
    last = [batch for batch in past[-LAST:] if batch.rows]
    if not last:
        return []
    found = [] if row_count is None else _rows(row_count, [batch.total or batch.rows for batch in last])
    for name, column in now.columns.items():
        before = [(batch.rows, batch.columns[name]) for batch in last if name in batch.columns]
        if before and now.rows:
            found += _nulls(name, column, now.rows, before)
            found += _range(name, column, [figures for _, figures in before])
            found += _variety(name, column, now.rows, before, complete=now.rows == row_count)
    return found


def _files(count: int) -> str:
    return "the file before" if count == 1 else f"the last {count} files"


def _rows(now: int, before: Sequence[int]) -> list[DriftFinding]:
    usual = median(before)
    if FEWER * usual <= now <= MORE * usual:
        return []
    said = f"{now:,} rows; {_files(len(before))} had {_from_to(min(before), max(before))}."
    return [DriftFinding(DriftKind.ROWS, "", said)]


def _from_to(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _nulls(
    name: str, column: ColumnProfile, rows: int, before: Sequence[tuple[int, ColumnProfile]]
) -> list[DriftFinding]:
    rates = [figures.nulls / total for total, figures in before]
    rate = column.nulls / rows
    if rate <= max(rates) or rate - median(rates) < MORE_EMPTY:
        return []
    low, high = f"{min(rates):.0%}", f"{max(rates):.0%}"
    had = f"in {_files(len(before))} {low if low == high else f'{low} to {high}'}"
    said = f"{name} has no value in {rate:.0%} of the rows ({column.nulls:,} of {rows:,}); {had}."
    return [DriftFinding(DriftKind.NULLS, name, said)]


def _range(name: str, column: ColumnProfile, before: Sequence[ColumnProfile]) -> list[DriftFinding]:
    lows = [figures.minimum for figures in before if figures.minimum is not None]
    highs = [figures.maximum for figures in before if figures.maximum is not None]
    if not lows or not highs or column.minimum is None or column.maximum is None:
        return []
    low, high = _least(lows), _most(highs)
    reach = _reach(low, high)
    beyond = [column.minimum] if _distance(low, column.minimum) > reach else []
    beyond += [column.maximum] if _distance(column.maximum, high) > reach else []
    if not beyond:
        return []
    had = f"{_files(len(before))} had {_shown(low)} to {_shown(high)}"
    said = f"{name} has {' and '.join(map(_shown, beyond))}; {had}."
    return [DriftFinding(DriftKind.RANGE, name, said)]


def _least(values: Sequence[Amount]) -> Amount:
    return min(values, key=_place)


def _most(values: Sequence[Amount]) -> Amount:
    return max(values, key=_place)


def _place(value: Amount) -> float:
    """Where a value stands on a line: days for dates."""
    if isinstance(value, datetime):
        return value.toordinal() + (value.hour * 60 + value.minute) / 1440
    if isinstance(value, date):
        return value.toordinal()
    return float(value)


def _distance(one: Amount, other: Amount) -> float:
    return _place(one) - _place(other)


def _reach(low: Amount, high: Amount) -> float:
    """How far beyond what was seen a value is still no surprise."""
    span = _distance(high, low)
    if isinstance(low, date):
        return SPANS * max(span, SHORTEST.days)
    return SPANS * (span or abs(_place(high)) or 1.0)


def _shown(value: Amount) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float | Decimal) else f"{value:,}"


def _variety(
    name: str, column: ColumnProfile, rows: int, before: Sequence[tuple[int, ColumnProfile]], *, complete: bool
) -> list[DriftFinding]:
    counts = [figures.distinct for _, figures in before]
    shares = [figures.distinct / max(1, total - figures.nulls) for total, figures in before]
    present = rows - column.nulls
    if max(counts) >= DISTINCT_CAP or not present:
        return []
    had = f"{_files(len(before))} had {_from_to(min(counts), max(counts))}"
    said = f"{name} has {column.distinct:,} different values; {had}."
    if max(shares) <= REPEATED:
        other = _other_variety(column, counts, complete=complete)
        return [DriftFinding(DriftKind.DISTINCT, name, said)] if other else []
    repeats = min(shares) >= UNIQUE and present >= FEW * FEW and column.distinct < REPEATED * present
    return [DriftFinding(DriftKind.DISTINCT, name, f"{name} had hardly a value twice; now {said}")] if repeats else []


def _other_variety(column: ColumnProfile, counts: Sequence[int], *, complete: bool) -> bool:
    more = column.distinct > VARIETY * max(counts) and column.distinct - max(counts) > FEW
    fewer = column.distinct * VARIETY < min(counts) and min(counts) - column.distinct >= FEW
    return more or (fewer and complete)
