"""Candidates from rows that speak of one thing: what one column says is known from another one.

Whether a column depends on another is told by how far rows with the same key agree, compared with how far the same
values agree when they are shuffled: that takes a frequent value for no dependence. Where several columns explain one,
the key is the one that explains most of all columns, in most rows: what names a thing says more about it than any of
its properties says about the others, and it is never missing. A column that is the key of others is not held against
them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from hestia_assets.domains.profiling.suggesting.seen import BORNE, LEAST, Candidate, Seen, share

MOST_COLUMNS = 40
MOST_KEYS = 12
PER_GROUP = 3
"""Rows that a key has at least, on average: two alone cannot outvote each other."""

GROUPS = 5
DEPENDS = 0.4
"""How much of what chance leaves open the key must explain."""

MAJORITY = 0.5
"""A value that no more than half of the rows of a key say is not taken as right."""

AGREEMENT = 0.5
"""Share of rows that say what most of their key say, at least."""


@dataclass(frozen=True)
class Dependence:
    """How far rows of the same key agree on a column: ``agree`` of ``rows``, by chance only ``chance`` (a share)."""

    key: str
    column: str
    rows: int
    agree: int
    chance: float

    @property
    def explained(self) -> float:
        """From 0 (as by chance) to 1 (always)."""
        return (self.agree / self.rows - self.chance) / (1 - self.chance) if self.chance < 1 else 0.0


def consistency_candidates(seen: Seen) -> Iterator[Candidate]:
    """For each column that depends on others, its key."""
    found = list(_dependences(seen))
    weight = Counter[str]()
    for one in found:
        weight[one.key] += round(1_000_000 * one.explained * one.rows / seen.height)
    best: dict[str, Dependence] = {}
    for one in sorted(found, key=lambda one: (-weight[one.key], -one.explained)):
        best.setdefault(one.column, one)
    for one in best.values():
        if weight[one.key] > weight[one.column]:
            yield from _candidate(seen, one)


def _dependences(seen: Seen) -> Iterator[Dependence]:
    """Those that are clear, each column with each key."""
    names = [column.name for column in seen.columns][:MOST_COLUMNS]
    keys = [name for name in names if _may_key(seen, name)][:MOST_KEYS]
    for column in names:
        if seen.distinct(column) < 2 or seen.differ(column) or seen.values(column).len() < LEAST:
            continue
        for key in keys:
            one = None if key == column else _dependence(seen, key, column)
            if one is not None and one.explained >= DEPENDS and one.agree >= AGREEMENT * one.rows:
                yield one


def _may_key(seen: Seen, name: str) -> bool:
    dtype, distinct = seen.typed.schema[name], seen.distinct(name)
    kind = dtype == pl.String or dtype.is_integer()
    filled = seen.values(name).len() >= (1 - BORNE) * seen.height
    return kind and filled and distinct >= GROUPS and seen.height >= PER_GROUP * distinct


def _dependence(seen: Seen, key: str, column: str) -> Dependence | None:
    rows = seen.typed.select(pl.col(key).alias("key"), pl.col(column).alias("said")).drop_nulls()
    rows = rows.filter(pl.len().over("key") > 1)
    if rows.height < LEAST:
        return None
    chance = _agreeing(rows.with_columns(pl.col("said").shuffle(seed=1))) / rows.height
    return Dependence(key, column, rows.height, _agreeing(rows), chance)


def _agreeing(rows: pl.DataFrame) -> int:
    """Rows that say what most rows of their key say."""
    votes = rows.group_by("key", "said").len("votes")
    return int(votes.group_by("key").agg(pl.col("votes").max())["votes"].sum())


def _candidate(seen: Seen, found: Dependence) -> list[Candidate]:
    agreement = found.agree / found.rows
    missing = seen.typed[found.column].null_count()
    evidence = (
        f"{found.agree:,} of {found.rows:,} rows ({share(agreement)}) say what most rows of the same {found.key} say; "
        f"of shuffled values {share(found.chance)} would."
    ) + (f" {missing:,} of {seen.height:,} have no value." if missing else "")
    params = {"key": [found.key], "filled": missing > 0, "share": MAJORITY}
    exact = found.agree == found.rows
    sure = 0.9 if exact else 0.5 + 0.35 * found.explained
    return seen.candidate(
        "consistent_within", (found.column,), evidence, sure=sure, borne=1, warn=not exact, params=params
    )
