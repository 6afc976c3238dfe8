"""Candidates from other datasets: values that are all in a column which names the rows there."""

from collections.abc import Iterator, Sequence

import polars as pl

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import RowGate, TableStore
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.profiling.suggesting.seen import BORNE, LEAST, Candidate, Seen

MOST_VALUES = 200_000
"""A column with more different values is not looked up elsewhere."""

LEAST_VALUES = 3


def foreign_candidates(
    seen: Seen, others: Sequence[DatasetSpec], gate: RowGate, tables: TableStore, principal: Principal
) -> Iterator[Candidate]:
    """Columns whose values are those of another dataset's key, or of its column of the same name."""
    if "foreign_key" not in seen.rules:
        return
    for other in others:
        ref = TableRef(Layer.VALIDATED, other.tenant, other.name)
        if tables.exists(ref):
            rows = gate.read(principal, ref, purpose=Purpose.CHECK)
            for column in seen.columns:
                yield from _candidate(seen, column.name, other, rows)


def _candidate(seen: Seen, name: str, other: DatasetSpec, rows: pl.LazyFrame) -> list[Candidate]:
    schema = rows.collect_schema()
    named = other.primary_key if len(other.primary_key) == 1 else ()
    dtype = seen.typed.schema[name]
    if not LEAST_VALUES <= seen.distinct(name) <= MOST_VALUES or seen.values(name).len() < LEAST:
        return []
    if not (dtype == pl.String or dtype.is_integer()):
        return []
    for theirs in dict.fromkeys((*named, name)):
        if schema.get(theirs) != dtype:
            continue
        height, different = (
            rows.select(pl.len().alias("n"), pl.col(theirs).n_unique().alias("d")).collect(engine="streaming").row(0)
        )
        if not height or different < height:
            continue  # it names no row there
        mine = seen.values(name)
        known = rows.select(pl.col(theirs)).filter(pl.col(theirs).is_in(mine.unique().implode()))
        there = int(mine.is_in(known.collect(engine="streaming")[theirs].implode()).sum())
        if there >= (1 - BORNE) * mine.len():
            evidence = f"{there:,} of {mine.len():,} values are in {theirs} of {other.name}, which has {height:,} rows."
            params = {"dataset": other.name, "other_columns": [theirs]}
            return seen.candidate("foreign_key", (name,), evidence, sure=0.92, params=params)
    return []
