"""A small part of the table of anomalies: faults that were put in are found, and hardly anything else."""

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
SHAPES = ("weekly and monthly season", "growing business", "counts near zero")


def test_faults_are_found_and_false_alarms_are_rare(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import anomalies
    import anomaly_series

    shapes = [shape for shape in anomaly_series.SHAPES if shape.name in SHAPES]
    tallies = [anomalies.tally(shape, datasets=1) for shape in shapes]

    hits = [hit for each in tallies for values in each.hits.values() for hit in values]
    false = [count for each in tallies for count in each.false]
    assert len(hits) == 9 * 2 + 4
    assert sum(hits) / len(hits) >= 0.95
    assert max(false) <= 1
