"""All figures of a dataset over time, and what in them was not expected."""

from collections.abc import Mapping, Sequence
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
    """Fewer or more rows have fewer or more different values: where the rows are far off, these say nothing new."""
    rows = {each.point.batch: each for one in series if one.metric == ROWS for each in one.points}
    return [_without(one, rows) if one.metric.kind is MetricKind.DISTINCT else one for one in series]


def _without(series: Series, rows: Mapping[str, Judged]) -> Series:
    points = tuple(
        replace(each, anomaly=None, remark="") if _explained(each, rows.get(each.point.batch)) else each
        for each in series.points
    )
    return replace(series, points=points)


def _explained(values: Judged, rows: Judged | None) -> bool:
    """Whether the rows of a file are unusual too, or off to the same side by half of what is no alarm yet."""
    if not rows or not (values.anomaly or values.remark):
        return False
    if rows.anomaly or rows.remark:
        return True
    count, own = rows.expected, values.expected
    if count is None or own is None:
        return False
    more = values.point.value > own.usual
    half_way = (count.usual + (count.high if more else count.low)) / 2
    return rows.point.value >= half_way if more else rows.point.value <= half_way


def _silent(series: Series) -> Series:
    return Series(series.metric, tuple(Judged(each.point) for each in series.points), UNWATCHED)


def of_metric(series: Sequence[Series], metric: Metric) -> Series | None:
    """The series of one figure."""
    return next((each for each in series if each.metric == metric), None)
