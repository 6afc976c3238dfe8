"""Hits and false alarms on seeded series, as a Markdown table.

    python benchmarks/anomalies.py --datasets 30

Per shape so many datasets without a fault (every alarm of their last 90 days is a false one), and as many with each
fault. Holidays: the first one of each year that raises an alarm is called normal by a person, as a person would do.
"""

import argparse
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from anomaly_series import BEFORE, FIRST, SHAPES, Dataset, Fault, Shape, dataset, faults_of

from hestia_assets.core.results.quality import Anomaly, Metric, NormalVerdict, Point, Series
from hestia_assets.domains.quality.anomalies import without_companions
from hestia_assets.domains.quality.watching import watch

START = FIRST + timedelta(days=BEFORE)


@dataclass
class Tally:
    """Of one shape: found and put in, by fault; false alarms, and datasets that had none."""

    hits: dict[str, list[int]] = field(default_factory=dict)
    false: list[int] = field(default_factory=list)
    early: list[int] = field(default_factory=list)
    points: int = 0
    told: list[str] = field(default_factory=list)


def alarms(made: Dataset, metrics: Iterable[Metric] | None = None) -> list[Anomaly]:
    """Every alarm of the last 90 days, over all its figures or these; days of holidays count once they are known."""
    series: list[Series] = []
    for metric in metrics or made.figures:
        points = made.figures[metric]
        said = _verdicts(made, metric, points) if made.holidays else ()
        series.append(watch("orders", metric, points, verdicts=said)[0])
    found = [each for one in without_companions(series) for each in one.anomalies]
    return [each for each in found if each.normal is None]


def _watched(metric: Metric, points: Sequence[Point], said: Sequence[NormalVerdict]) -> tuple[Anomaly, ...]:
    return watch("orders", metric, points, verdicts=said)[0].anomalies


def _verdicts(made: Dataset, metric: Metric, points: Sequence[Point]) -> list[NormalVerdict]:
    """What a person said in the first 200 days: each alarm on a holiday is normal."""
    holidays = set(made.holidays)
    said: list[NormalVerdict] = []
    while True:
        new = [
            each
            for each in _watched(metric, points, said)
            if each.at in holidays and each.at < START and each.normal is None
        ]
        if not new:
            return said
        one = new[0]
        verdict = NormalVerdict(
            0, "default", "orders", metric, one.at, one.value, one.batch, False, "ada", "holiday", one.at
        )
        said.append(verdict)


def found(fault: Fault, made: Dataset, raised: Sequence[Anomaly]) -> bool:
    """Whether an alarm on one of the fault's figures came with it, or within its batches."""
    for metric in fault.figures:
        points = made.figures[metric]
        after = [each.at for each in points if each.at >= fault.at][: fault.within]
        if any(each.metric == metric and each.at in after for each in raised):
            return True
    return False


def tally(shape: Shape, *, datasets: int) -> Tally:
    """Measure one shape."""
    counted = Tally()
    for seed in range(datasets):
        plain = dataset(shape, seed=seed)
        raised = alarms(plain)
        counted.early.append(sum(1 for each in raised if each.at < FIRST + timedelta(days=90)))
        raised = [each for each in raised if each.at >= START]
        counted.false.append(len(raised))
        counted.told += [
            f"{shape.name}/{seed} {each.at:%a %d %b} {each.sentence} {each.expected.why}" for each in raised
        ]
        counted.points += sum(len(points) for points in plain.figures.values())
        for name in faults_of(shape):
            made = dataset(shape, seed=seed, fault=name)
            assert made.fault is not None
            hit = found(made.fault, made, alarms(made, made.fault.figures))
            counted.hits.setdefault(name, []).append(int(hit))
    return counted


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--datasets", type=int, default=30)
    parser.add_argument("--shape", default="", help="only shapes whose name has this in it")
    parser.add_argument("--tell", action="store_true", help="print the false alarms")
    asked = parser.parse_args()
    most = asked.datasets
    started = time.perf_counter()
    tallies = {shape.name: tally(shape, datasets=most) for shape in SHAPES if asked.shape in shape.name}
    if asked.tell:
        print(*(alarm for counted in tallies.values() for alarm in counted.told), sep="\n")
    _print_table(tallies)
    print(f"\n{time.perf_counter() - started:.0f} s")


def _print_table(tallies: Mapping[str, Tally]) -> None:
    names = list(dict.fromkeys(name for each in tallies.values() for name in each.hits))
    alarms_of = "false alarms per dataset and 90 days | as many in the first 90 days of all"
    print(f"| rows per day | {' | '.join(names)} | all faults | {alarms_of} |")
    print("| --- |" + " --- |" * (len(names) + 3))
    for shape, counted in tallies.items():
        hits = [hit for values in counted.hits.values() for hit in values]
        cells = [_share(counted.hits.get(name)) for name in names]
        print(f"| {shape} | {' | '.join(cells)} | {_share(hits)} | {_mean(counted.false)} | {_mean(counted.early)} |")
    every = [hit for counted in tallies.values() for values in counted.hits.values() for hit in values]
    false = [each for counted in tallies.values() for each in counted.false]
    early = [each for counted in tallies.values() for each in counted.early]
    print(
        f"| **all** |{' |' * len(names)} **{sum(every) / len(every):.1%}** | **{_mean(false)}** | **{_mean(early)}** |"
    )
    points = sum(counted.points for counted in tallies.values())
    print(f"\n{len(every):,} faults, {len(false):,} datasets without one ({points:,} points in them);", end=" ")
    print(f"{sum(1 for each in false if each > 1)} of those had more than one false alarm, the most {max(false)}.")


def _mean(counts: Sequence[int]) -> str:
    return f"{sum(counts) / len(counts):.2f}"


def _share(hits: Sequence[int] | None) -> str:
    return "-" if not hits else f"{sum(hits) / len(hits):.0%}"


if __name__ == "__main__":
    main()
