"""Candidates from several columns of a row: times in order, sums, and pairs of columns that name a row."""

from collections.abc import Iterator
from itertools import combinations, permutations

import polars as pl

from hestia_assets.domains.profiling.suggesting.seen import BORNE, LEAST, Candidate, Seen

MOST_COLUMNS = 8
"""Columns that are put together with each other."""

PROBED = 200

TOLERANCE = 0.005
"""Of numbers that are not kept exactly, so that half a cent is none."""


def across_candidates(seen: Seen) -> Iterator[Candidate]:
    """Those of several columns."""
    yield from _key(seen)
    yield from _in_order(seen)
    yield from _sums(seen)


def _key(seen: Seen) -> list[Candidate]:
    """The first two columns that together name each row, where no column does so alone."""
    fits = [column.name for column in seen.columns if _may_name(seen, column.name)]
    if seen.height < LEAST or any(seen.differ(name) for name in fits):
        return []
    for pair in combinations(fits[:MOST_COLUMNS], 2):
        if seen.distinct(pair[0]) * seen.distinct(pair[1]) < seen.height:
            continue
        rows = seen.typed.select(pair).drop_nulls()
        different = rows.n_unique()
        if rows.height == seen.height and different >= (1 - BORNE) * rows.height:
            evidence = f"{different:,} of {rows.height:,} pairs of values are different, and neither column alone is."
            return seen.candidate("unique", pair, evidence, sure=0.75)
    return []


def _may_name(seen: Seen, name: str) -> bool:
    dtype = seen.typed.schema[name]
    return (dtype == pl.String or dtype.is_integer() or dtype == pl.Date) and seen.distinct(name) > 1


def _in_order(seen: Seen) -> Iterator[Candidate]:
    times = [column.name for column in seen.columns if seen.typed.schema[column.name].is_temporal()]
    for first, second in permutations(times[:MOST_COLUMNS], 2):
        if seen.typed.schema[first] != seen.typed.schema[second]:
            continue
        pairs = seen.typed.select(pl.col(first).alias("a"), pl.col(second).alias("b")).drop_nulls()
        later = int((pairs["a"] < pairs["b"]).sum())
        fits = int((pairs["a"] <= pairs["b"]).sum())
        if pairs.height < LEAST or fits < (1 - BORNE) * pairs.height or later < 0.1 * pairs.height:
            continue
        evidence = (
            f"In {fits:,} of {pairs.height:,} rows with both, {first} is not after {second}; in {later:,} before it."
        )
        params = {"operator": "<="}
        yield from seen.candidate("compare_columns", (first, second), evidence, sure=0.8, params=params)


def _sums(seen: Seen) -> Iterator[Candidate]:
    numbers = [column.name for column in seen.columns if seen.typed.schema[column.name].is_numeric()][:MOST_COLUMNS]
    for total in numbers:
        for parts in combinations([name for name in numbers if name != total], 2):
            yield from _sum(seen, total, parts)


def _sum(seen: Seen, total: str, parts: tuple[str, str]) -> list[Candidate]:
    rows = seen.typed.select(pl.col(name).cast(pl.Float64).alias(f"{n}") for n, name in enumerate((total, *parts)))
    rows = rows.drop_nulls()
    if rows.height < LEAST or _adding_up(rows.head(PROBED)) < 0.95 * min(rows.height, PROBED):
        return []
    fits, told = _adding_up(rows), rows.filter((pl.col("1") != 0) & (pl.col("2") != 0)).height
    if fits < (1 - BORNE) * rows.height or told < 0.1 * rows.height:
        return []
    evidence = f"In {fits:,} of {rows.height:,} rows {parts[0]} and {parts[1]} make {total}."
    broken = any(seen.typed.schema[name].is_float() for name in (total, *parts))
    params = {"total": total, "tolerance": TOLERANCE if broken else 0}
    return seen.candidate("sum_of_columns", parts, evidence, sure=0.9, params=params)


def _adding_up(rows: pl.DataFrame) -> int:
    """Rows in which the last two make the first, but for what floating point leaves."""
    gap = (rows["1"] + rows["2"] - rows["0"]).abs()
    return int((gap <= 1e-9 * rows["0"].abs() + 1e-9).sum())
