"""The figures of each batch, from what was counted when it was imported: no row is read for them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from hestia_assets.core.results import EDIT, RESUBMIT, Batch
from hestia_assets.core.results.drift import DISTINCT_CAP
from hestia_assets.core.results.quality import Metric, MetricKind, Point
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec

LAST = 400
"""So many files are looked at: with one a day, more than a year."""

ALL_DIFFERENT = 0.97
"""Whole numbers of which so many are different name things; their mean says nothing."""

ROWS, ASIDE, FRESHNESS = (Metric(kind) for kind in (MetricKind.ROWS, MetricKind.ASIDE, MetricKind.FRESHNESS))


def files_only(batches: Sequence[Batch]) -> list[Batch]:
    """Batches that are files, oldest first: neither edits nor rows that came back from quarantine."""
    files = [batch for batch in batches if batch.origin not in (EDIT, RESUBMIT)]
    return sorted(files, key=lambda batch: (batch.created_at, batch.sequence or 0))


def figures(dataset: DatasetSpec, batches: Sequence[Batch]) -> dict[Metric, list[Point]]:
    """Every figure over time, by metric; a batch whose figure is not known has no point there.

    ``batches``: files, oldest first. Figures of columns are of the first stretch of a file (``of`` rows); they are
    exact where that was all of it. Different values are counted to a cap; a batch that reaches it has no point.
    """
    found: dict[Metric, list[Point]] = defaultdict(list)
    for batch in batches:
        rows = batch.rows_loaded + batch.rows_quarantined
        found[ROWS].append(Point(batch.id, batch.created_at, float(rows), rows))
        if rows:
            found[ASIDE].append(Point(batch.id, batch.created_at, batch.rows_quarantined / rows, rows))
    for before, batch in pairwise(batches):
        hours = (batch.created_at - before.created_at).total_seconds() / 3600
        found[FRESHNESS].append(Point(batch.id, batch.created_at, hours))
    keys = {
        *dataset.primary_key,
        *(each for check in dataset.checks if check.rule == "unique" for each in check.columns),
    }
    for column in dataset.recipe.columns:
        name = column.name
        for batch in batches:
            for kind, value in _of_column(batch, column, names=name in keys):
                looked = batch.profile.rows if batch.profile else 0
                total = (batch.profile.total if batch.profile else None) or looked
                point = Point(batch.id, batch.created_at, value, looked, exact=looked >= total)
                found[Metric(kind, name)].append(point)
    return dict(found)


def _of_column(batch: Batch, column: Column, *, names: bool) -> list[tuple[MetricKind, float]]:
    """``names``: its values name rows."""
    profile = batch.profile
    seen = profile.columns.get(column.name) if profile else None
    if profile is None or seen is None or not profile.rows:
        return []
    found = [(MetricKind.NULLS, seen.nulls / profile.rows)]
    found += [(MetricKind.DISTINCT, float(seen.distinct))] if seen.distinct < DISTINCT_CAP else []
    counted = seen.distinct < DISTINCT_CAP
    all_differ = counted and seen.distinct >= ALL_DIFFERENT * (profile.rows - seen.nulls)
    names = column.type is ColumnType.INTEGER and (names or all_differ)
    found += [(MetricKind.MEAN, seen.mean)] if seen.mean is not None and not names else []
    return found


def last_arrival(batches: Sequence[Batch]) -> datetime | None:
    """When the newest of these files arrived."""
    return max((batch.created_at for batch in batches), default=None)
