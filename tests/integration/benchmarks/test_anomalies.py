"""A small part of the tables of anomalies: faults that were put in are found, and hardly anything else."""

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
SHAPES = ("weekly and monthly season", "month end, five times", "counts of 0 to 10 (mean 5)")


def test_faults_are_found_and_false_alarms_are_rare_also_in_a_new_dataset(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import anomalies
    import anomaly_series

    shapes = [shape for shape in anomaly_series.SHAPES if shape.name in SHAPES]
    both = [anomalies.tally(shape, seeds=[4]) for shape in shapes]

    for tallies in zip(*both, strict=True):
        hits = [hit for each in tallies for values in each.hits.values() for hit in values]
        assert len(hits) == 10 * 2 + 5
        assert sum(hits) / len(hits) >= 0.95
        assert max(count for each in tallies for count in each.false) <= 1
    assert sum(count for _, early in both for count in early.remarks) > 0, "month ends that were new"
