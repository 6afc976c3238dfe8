"""Hits and false alarms on seeded series, as Markdown tables.

    python benchmarks/anomalies.py --datasets 10 --first-seed 1000

Of each shape so many datasets without a fault, in which every alarm is a false one, and as many with each fault: once
in the last 90 of 290 days, once in the first 90. Thresholds were chosen while looking at the seeds below 1000.
"""

import argparse
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from anomaly_faults import EARLY, LATE, faults_of, faulty, found
from anomaly_series import SHAPES, Dataset, Shape, dataset

from hestia_assets.core.results.quality import Anomaly, Metric, NormalVerdict, Point, Series
from hestia_assets.domains.quality.anomalies import without_companions
from hestia_assets.domains.quality.watching import watch


@dataclass
class Tally:
    """Of one shape and 90 days: found and put in, by fault; false alarms, and remarks that are none, by dataset."""

    hits: dict[str, list[int]] = field(default_factory=dict)
    false: list[int] = field(default_factory=list)
    remarks: list[int] = field(default_factory=list)
    points: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def many(self) -> int:
        """Datasets with more than one false alarm."""
        return sum(1 for each in self.false if each > 1)


def judged(made: Dataset, metrics: Iterable[Metric] | None = None, *, early: bool = False) -> list[Series]:
    """Every figure, or these, with its alarms; holidays are called normal as soon as one raises an alarm."""
    series: list[Series] = []
    for metric in metrics or made.figures:
        points = made.figures[metric]
        said = _verdicts(made, metric, points, days=EARLY[1] if early else LATE[0]) if made.holidays else ()
        series.append(watch("orders", metric, points, verdicts=said)[0])
    return without_companions(series)


def alarms(made: Dataset, metrics: Iterable[Metric] | None = None, *, early: bool = False) -> list[Anomaly]:
    """What an owner is told, those alarms included that he then called normal."""
    return [each for one in judged(made, metrics, early=early) for each in one.anomalies]


def _verdicts(made: Dataset, metric: Metric, points: Sequence[Point], *, days: int) -> list[NormalVerdict]:
    """What a person said in the first days: each alarm on a holiday is normal."""
    holidays, end = set(made.holidays), made.first + timedelta(days=days)
    said: list[NormalVerdict] = []
    while True:
        raised = watch("orders", metric, points, verdicts=said)[0].anomalies
        new = [each for each in raised if each.at in holidays and each.at < end and each.normal is None]
        if not new:
            return said
        one = new[0]
        verdict = NormalVerdict(
            0, "default", "orders", metric, one.at, one.value, one.batch, False, "ada", "holiday", one.at
        )
        said.append(verdict)


def tally(shape: Shape, *, seeds: Sequence[int]) -> tuple[Tally, Tally]:
    """Measure one shape: in the last 90 days, and in the first."""
    both = Tally(), Tally()
    for seed in seeds:
        plain = dataset(shape, seed=seed)
        for counted, early in zip(both, (False, True), strict=True):
            _count_false(counted, plain, seed, early=early)
            for name in faults_of(shape):
                made, fault = faulty(plain, name, seed=seed, early=early)
                raised = [(each.metric, each.at) for each in alarms(made, fault.figures, early=early)]
                counted.hits.setdefault(name, []).append(int(found(fault, made, raised)))
    return both


def _count_false(counted: Tally, plain: Dataset, seed: int, *, early: bool) -> None:
    first, last = (plain.first + timedelta(days=day) for day in (EARLY if early else LATE))
    every = judged(plain, early=early)
    points = [each for one in every for each in one.points if first <= each.point.at < last]
    raised = [each.anomaly for each in points if each.anomaly]
    counted.false.append(len(raised))
    counted.remarks.append(sum(1 for each in points if each.remark))
    counted.points += len(points)
    counted.told += [
        f"{plain.shape.name}/{seed} day {(each.at - plain.first).days} {each.at:%a %d %b}"
        f" {each.sentence} {each.expected.why}"
        for each in raised
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--datasets", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--shape", default="", help="only shapes whose name has this in it")
    parser.add_argument("--tell", action="store_true", help="print the false alarms")
    asked = parser.parse_args()
    started = time.perf_counter()
    seeds = range(asked.first_seed, asked.first_seed + asked.datasets)
    tallies = {shape.name: tally(shape, seeds=seeds) for shape in SHAPES if asked.shape in shape.name}
    for place, title in enumerate(("The last 90 of 290 days", "The first 90 days")):
        print(f"\n## {title}\n")
        counted = {shape: both[place] for shape, both in tallies.items()}
        if asked.tell:
            print(*(alarm for each in counted.values() for alarm in each.told), sep="\n")
        _print_table(counted)
    print(f"\n{time.perf_counter() - started:.0f} s")


def _print_table(tallies: Mapping[str, Tally]) -> None:
    names = list(dict.fromkeys(name for each in tallies.values() for name in each.hits))
    alarms_of = "false alarms | datasets with more than one | remarks"
    print(f"| rows per day | {' | '.join(names)} | all faults | {alarms_of} |")
    print("| --- |" + " --- |" * (len(names) + 4))
    for shape, counted in tallies.items():
        hits = [hit for values in counted.hits.values() for hit in values]
        cells = [_share(counted.hits.get(name)) for name in names]
        told = f"{_mean(counted.false)} | {counted.many} of {len(counted.false)} | {_mean(counted.remarks)}"
        print(f"| {shape} | {' | '.join(cells)} | {_share(hits)} | {told} |")
    _print_sum(tallies, names)


def _print_sum(tallies: Mapping[str, Tally], names: Sequence[str]) -> None:
    of_each = [[hit for each in tallies.values() for hit in each.hits.get(name, [])] for name in names]
    hits = [hit for values in of_each for hit in values]
    false = [each for counted in tallies.values() for each in counted.false]
    remarks = [each for counted in tallies.values() for each in counted.remarks]
    many = f"{sum(each.many for each in tallies.values())} of {len(false)}"
    cells = " | ".join(_share(values) for values in of_each)
    print(f"| **all** | {cells} | **{sum(hits) / len(hits):.1%}** | **{_mean(false)}** | {many} | {_mean(remarks)} |")
    points = sum(counted.points for counted in tallies.values())
    print(f"\n{len(hits):,} faults; {len(false):,} datasets without one, {points:,} points.")


def _mean(counts: Sequence[int]) -> str:
    return f"{sum(counts) / len(counts):.2f}"


def _share(hits: Sequence[int] | None) -> str:
    return "-" if not hits else f"{sum(hits) / len(hits):.0%}"


if __name__ == "__main__":
    main()
