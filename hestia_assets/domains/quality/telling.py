"""What is to be told of late datasets and unusual figures, asked for again and again: each under one key.

The figures of a dataset are judged anew only when a file or a verdict was added, and once an hour, as what has not come
is seen by the clock alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hestia_assets.core.results import Event
from hestia_assets.core.results.quality import Anomaly, Lateness
from hestia_assets.core.specs import DatasetSpec, Occurrence
from hestia_assets.domains.quality.service import QualityService

LATELY = timedelta(days=3)
"""Alarms of this time are told; a look that comes later than that tells of them no more."""

Seen = tuple[str, int, int]
"""Newest file, number of verdicts, hours since 1970."""


@dataclass(frozen=True)
class Lookout:
    """Looks at all datasets of all tenants."""

    quality: QualityService
    _seen: dict[str, Seen] = field(default_factory=dict[str, Seen])
    _found: dict[str, list[Event]] = field(default_factory=dict[str, list[Event]])

    def late(self, now: datetime) -> Sequence[Event]:
        """A dataset whose batch was due by its rhythm and has not come; the same until it has."""
        found = ((dataset, self.quality.late(dataset, now)) for dataset in self._datasets() if dataset.rhythm)
        return [_late(dataset, lateness) for dataset, lateness in found if lateness is not None]

    def anomalies(self, now: datetime) -> Sequence[Event]:
        """Unusual figures of the last days that nobody called normal."""
        return [event for dataset in self._datasets() if dataset.watched for event in self._unusual(dataset, now)]

    def _unusual(self, dataset: DatasetSpec, now: datetime) -> list[Event]:
        last = self.quality.batches.last_files(dataset.tenant, dataset.name, limit=1)
        verdicts = len(self.quality.verdicts_on(dataset))
        seen = (last[0].id if last else "", verdicts, int(now.timestamp() // 3600))
        if self._seen.get(dataset.key) != seen:
            found = self.quality.anomalies(dataset, since=now - LATELY)
            self._found[dataset.key] = [_unusual(dataset, one) for one in found if one.normal is None]
            self._seen[dataset.key] = seen
        return self._found[dataset.key]

    def _datasets(self) -> Iterator[DatasetSpec]:
        for saved in self.quality.specs.all("dataset"):
            if isinstance(saved.spec, DatasetSpec):
                yield saved.spec


def _late(dataset: DatasetSpec, lateness: Lateness) -> Event:
    return Event(
        key=f"late:{dataset.key}:{lateness.due.isoformat()}",
        kind=Occurrence.DATASET_LATE,
        tenant=dataset.tenant,
        dataset=dataset.name,
        subject=dataset.name,
        title=f"no file by {lateness.due:%Y-%m-%d %H:%M} UTC",
        text=lateness.sentence,
        at=lateness.due,
        link=f"quality?dataset={dataset.name}",
        facts={"due": lateness.due.isoformat()},
    )


def _unusual(dataset: DatasetSpec, anomaly: Anomaly) -> Event:
    batch = f"&batch={anomaly.batch}" if anomaly.batch else ""
    return Event(
        key=f"anomaly:{dataset.tenant}/{anomaly.key}",
        kind=Occurrence.ANOMALY,
        tenant=dataset.tenant,
        dataset=dataset.name,
        subject=anomaly.batch or dataset.name,
        title=f"unusual figure: {anomaly.metric.title}",
        text=f"{anomaly.sentence} {anomaly.expected.why}",
        at=anomaly.at,
        link=f"quality?dataset={dataset.name}{batch}",
        facts={"metric": str(anomaly.metric), "value": anomaly.value, "low": anomaly.expected.low,
               "high": anomaly.expected.high},
    )  # fmt: skip
