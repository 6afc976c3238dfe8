"""Which checks the rows that arrived last suggest."""

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from hestia_assets.core.results import Suggestion
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.profiling.arrived import Arrivals
from hestia_assets.domains.profiling.suggesting.across import across_candidates
from hestia_assets.domains.profiling.suggesting.consistency import consistency_candidates
from hestia_assets.domains.profiling.suggesting.elsewhere import foreign_candidates
from hestia_assets.domains.profiling.suggesting.judged import Judging
from hestia_assets.domains.profiling.suggesting.seen import LEAST, Candidate, Seen
from hestia_assets.domains.profiling.suggesting.shapes import shape_candidates
from hestia_assets.domains.profiling.suggesting.values import value_candidates

MOST_FILES = 12
MOST_ROWS = 300_000
MOST_CELLS = 6_000_000
"""The newest rows are looked at, so many as fit into memory; every figure of the evidence is counted over them."""


def suggested(arrivals: Arrivals, others: Sequence[DatasetSpec], rules: Collection[str]) -> tuple[Suggestion, ...]:
    """The surest first; nothing where too few rows have arrived."""
    files = arrivals.files(MOST_FILES)
    seen = _seen(arrivals, rules)
    if not files or seen is None or seen.height < LEAST:
        return ()
    validator = arrivals.on(files[0])
    return Judging(validator, seen).suggestions(_candidates(seen, arrivals, others), arrivals.dataset.checks)


def _candidates(seen: Seen, arrivals: Arrivals, others: Sequence[DatasetSpec]) -> Iterator[Candidate]:
    yield from value_candidates(seen)
    yield from shape_candidates(seen)
    yield from across_candidates(seen)
    yield from consistency_candidates(seen)
    yield from foreign_candidates(seen, others, arrivals.gate, arrivals.tables, arrivals.principal)


def _seen(arrivals: Arrivals, rules: Collection[str]) -> Seen | None:
    """The newest rows, whole files first, the last one as far as there is room."""
    columns = arrivals.dataset.recipe.columns
    room = min(MOST_ROWS, MOST_CELLS // max(len(columns), 1))
    texts: list[pl.DataFrame] = []
    typed: list[pl.DataFrame] = []
    for batch in arrivals.files(MOST_FILES):
        ways = arrivals.columns(batch)
        text = arrivals.text(batch).head(room).collect(engine="streaming")
        texts.append(text)
        typed.append(arrivals.validator.judge(text, ways, ()).typed.select(column.name for column in columns))
        room -= text.height
        if room <= 0:
            break
    if not texts:
        return None
    return Seen(columns, pl.concat(texts), pl.concat(typed), rules)
