"""All figures of a dataset over time, and what in them was not expected."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hestia_assets.core.results import Batch
from hestia_assets.core.results.quality import Anomaly, Judged, Metric, MetricKind, NormalVerdict, Series
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.quality.figures import FRESHNESS, ROWS, figures
from hestia_assets.domains.quality.watching import watch

UNWATCHED = "The figures of this dataset are not watched."


def all_series(
    dataset: DatasetSpec, batches: Sequence[Batch], verdicts: Sequence[NormalVerdict], *, now: datetime
) -> tuple[list[Series], Anomaly | None]:
    """Every figure over time, judged point by point, and that no batch has come for too long, where that is so.

    ``batches``: files, oldest first. A dataset with a rhythm is late by that, not by what its files did so far.
    """
    found: list[Series] = []
    overdue = None
    for metric, points in figures(dataset, batches).items():
        series, watcher = watch(dataset.name, metric, points, verdicts=verdicts)
        found.append(series if dataset.watched else _silent(series))
        if metric == FRESHNESS and dataset.watched and dataset.rhythm is None and points:
            overdue = watcher.overdue(points[-1], now)
    return without_companions(found), overdue


def without_companions(series: Sequence[Series]) -> list[Series]:
    """Fewer or more rows have fewer or more different values: where the rows raise an alarm, these say nothing new."""
    rows = {each.batch for one in series if one.metric == ROWS for each in one.anomalies}
    return [_without(one, rows) if one.metric.kind is MetricKind.DISTINCT else one for one in series]


def _without(series: Series, batches: set[str]) -> Series:
    points = tuple(
        replace(each, anomaly=None) if each.anomaly and each.anomaly.batch in batches else each
        for each in series.points
    )
    return replace(series, points=points)


def _silent(series: Series) -> Series:
    return Series(series.metric, tuple(Judged(each.point) for each in series.points), UNWATCHED)


def of_metric(series: Sequence[Series], metric: Metric) -> Series | None:
    """The series of one figure."""
    return next((each for each in series if each.metric == metric), None)
