"""What people said about anomalies is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results.quality import Metric, MetricKind, NormalVerdict

MONDAY = datetime(2026, 11, 16, 6, tzinfo=UTC)


def said(note: str, at: datetime = MONDAY, column: str = "") -> NormalVerdict:
    metric = Metric(MetricKind.MEAN, column) if column else Metric(MetricKind.ROWS)
    return NormalVerdict(0, "default", "orders", metric, at, 12.5, "b1", False, "ada", note, at)


def test_the_newer_word_on_a_figure_counts_and_can_be_taken_back(database_url, tmp_path, clock):
    metadata = open_metadata(database_url, home=tmp_path, clock=clock)
    store = metadata.verdicts

    store.add(said("sale"))
    store.add(said("first", MONDAY - timedelta(days=1), column="a:b"))
    again = store.add(said("a bank holiday"))

    kept = store.of("default", "orders")
    assert [(each.note, str(each.metric), each.value) for each in kept] == [
        ("first", "mean:a:b", 12.5),
        ("a bank holiday", "rows", 12.5),
    ]
    assert kept[1] == again
    assert store.forget(again.id).note == "a bank holiday"
    assert len(store.of("default", "orders")) == 1
    assert store.of("default", "sales") == []
    with pytest.raises(NotFoundError):
        store.forget(again.id)
    metadata.close()
