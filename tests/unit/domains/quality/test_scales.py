"""Scales, and figures that batches give."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hestia_assets.core.results import EDIT, RESUBMIT, Batch, BatchProfile, BatchState, ColumnProfile
from hestia_assets.core.results.drift import DISTINCT_CAP
from hestia_assets.core.results.quality import Metric, MetricKind, Point
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec, Recipe
from hestia_assets.domains.quality.figures import figures, files_only
from hestia_assets.domains.quality.scales import Scale

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
SHARES = (MetricKind.ASIDE, MetricKind.NULLS)


@given(kind=st.sampled_from(list(MetricKind)), value=st.floats(0, 1e9))
def test_a_scale_leads_back_and_keeps_the_order(kind: MetricKind, value: float):
    scale = Scale(kind)
    value = min(value, 1.0) if kind in SHARES else value

    assert scale.back(scale.of(value)) == pytest.approx(value, rel=1e-6, abs=1e-9)
    assert scale.of(value) <= scale.of(min(value * 1.5 + 0.1, 1.0) if kind in SHARES else value * 1.5 + 0.1)
    assert scale.least_spread(scale.of(value), Point("b", AT, value, 100)) > 0


def batch(day: int, *, origin: str = "upload", distinct: int = 3, of: int = 40, total: int | None = 40) -> Batch:
    seen = {"id": ColumnProfile(0, distinct=of, mean=9.5), "n": ColumnProfile(10, 1, 5, distinct, 2.5)}
    profile = BatchProfile(of, seen, total)
    at = AT + timedelta(days=day)
    return Batch(
        f"b{day}", "default", "orders", "o.csv", str(day), 1, BatchState.COMMITTED, 1, "ada", at, at, origin=origin,
        rows_loaded=30, rows_quarantined=10, profile=profile, sequence=day,
    )  # fmt: skip


def test_figures_are_those_that_the_import_counted():
    columns = (
        Column(name="id", source="id", type=ColumnType.INTEGER),
        Column(name="n", source="n", type=ColumnType.INTEGER),
    )
    dataset = DatasetSpec(name="orders", recipe=Recipe(columns=columns))
    batches = [
        batch(1),
        batch(0, total=4000),
        batch(2, origin=EDIT),
        batch(3, origin=RESUBMIT),
        batch(4, distinct=DISTINCT_CAP),
    ]

    found = figures(dataset, files_only(batches))

    values = {str(metric): [point.value for point in points] for metric, points in found.items()}
    assert values == {
        "rows": [40, 40, 40],
        "aside": [0.25, 0.25, 0.25],
        "freshness": [24, 72],
        "nulls:id": [0, 0, 0],
        "distinct:id": [40, 40, 40],  # numbers that name things have no mean
        "nulls:n": [0.25, 0.25, 0.25],
        "distinct:n": [3, 3],  # where there were too many to count, no figure
        "mean:n": [2.5, 2.5, 2.5],
    }
    assert [point.exact for point in found[Metric(MetricKind.MEAN, "n")]] == [False, True, True]
