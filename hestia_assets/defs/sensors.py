"""One sensor for all drop folders: takes in whole files and requests one run per dataset with work to do.

The batches remember what was imported, not run keys or the cursor, so losing either doubles nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import AnySpec, DatasetSpec
from hestia_assets.defs.names import FETCHER, WAITING_TAG, job_name, run_tags
from hestia_assets.defs.runs import ACTIVE, fail_dead_runs
from hestia_assets.defs.settling import Marks, receive_whole

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

ABANDONED_SECONDS = 30.0
"""A batch that nobody touched for this long, and no run works on, is run again."""

MAX_ATTEMPTS = 3
"""Runs for the same waiting batches, after which a person has to look."""


def build_drop_folder_sensor(
    datasets: Sequence[DatasetSpec], *, jobs: Sequence["UnresolvedAssetJobDefinition"]
) -> dg.SensorDefinition:
    """The sensor over the drop folders of these datasets."""

    @dg.sensor(
        name="drop_folders",
        jobs=list(jobs),
        minimum_interval_seconds=10,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Imports what is dropped into a dataset's folder, and what a killed run left behind.",
    )
    def drop_folders(context: dg.SensorEvaluationContext, hestia: dg.ResourceParam[Hestia]) -> dg.SensorResult:
        return look(hestia, context.instance, datasets, cursor=context.cursor, at=datetime.now(UTC))

    return drop_folders


def look(
    hestia: Hestia,
    instance: dg.DagsterInstance,
    datasets: Sequence[DatasetSpec],
    *,
    cursor: str | None,
    at: datetime,
) -> dg.SensorResult:
    """One look into every drop folder."""
    fail_dead_runs(instance)
    marks = Marks.load(cursor)
    fresh = _receive_all(hestia, datasets, marks=marks, at=at)
    requests = list(_requests(hestia, instance, datasets, fresh=fresh, at=at))
    reason = None if requests else f"{len(marks.now)} files wait to be whole or corrected."
    return dg.SensorResult(run_requests=requests, skip_reason=reason, cursor=marks.dump())


def _receive_all(hestia: Hestia, datasets: Sequence[DatasetSpec], *, marks: Marks, at: datetime) -> set[str]:
    known = {(dataset.tenant, dataset.name) for dataset in datasets}
    fresh = set[str]()
    for tenant in sorted({tenant for tenant, _ in known}):
        files = [file for file in hestia.ingest.waiting(tenant) if (tenant, file.dataset) in known]
        fresh |= receive_whole(hestia, tenant, files, marks=marks, at=at)
    return fresh


def _wants(batch: Batch, fresh: set[str], *, at: datetime) -> bool:
    """A page launches a run right after an upload, so a young batch of somebody else's is left to them.

    A fetch launches none.
    """
    asked = batch.id in fresh or batch.author.startswith(FETCHER)
    return asked or (at - batch.updated_at).total_seconds() > ABANDONED_SECONDS


def _requests(
    hestia: Hestia,
    instance: dg.DagsterInstance,
    datasets: Iterable[DatasetSpec],
    *,
    fresh: set[str],
    at: datetime,
) -> Iterator[dg.RunRequest]:
    for dataset in datasets:
        waiting = hestia.ingest.pending(dataset.tenant, dataset.name)
        if not any(_wants(batch, fresh, at=at) for batch in waiting) or under_way(instance, dataset):
            continue
        asked_for = any(batch.id in fresh for batch in waiting)
        if request := _request(instance, dataset, waiting, asked_for=asked_for):
            yield request


def _request(
    instance: dg.DagsterInstance, dataset: DatasetSpec, waiting: Sequence[Batch], *, asked_for: bool
) -> dg.RunRequest | None:
    """One run for everything that waits; unless a person has just asked for it, none that was cancelled or keeps dying.

    ``asked_for``: a file was dropped a moment ago.
    """
    digest = hashlib.sha256(" ".join(sorted(batch.id for batch in waiting)).encode()).hexdigest()[:16]
    latest = _runs(instance, run_tags(dataset), limit=1)
    attempts = _runs(instance, run_tags(dataset) | {WAITING_TAG: digest}, limit=MAX_ATTEMPTS)
    if not asked_for and (len(attempts) == MAX_ATTEMPTS or _was_cancelled(latest, waiting)):
        return None
    after = latest[0].dagster_run.run_id if latest else "first"
    return dg.RunRequest(
        run_key=f"{dataset.key}:{digest}:{after}",
        job_name=job_name(dataset),
        tags=run_tags(dataset) | {WAITING_TAG: digest},
    )


def under_way(instance: dg.DagsterInstance, spec: AnySpec) -> bool:
    """Whether a run works on it, or is about to."""
    return instance.get_runs_count(dg.RunsFilter(tags=run_tags(spec), statuses=ACTIVE)) > 0


def _was_cancelled(latest: Sequence[dg.RunRecord], waiting: Sequence[Batch]) -> bool:
    """Whether a person stopped the latest run, and nothing has arrived since."""
    stopped = [run.create_timestamp for run in latest if run.dagster_run.status is dg.DagsterRunStatus.CANCELED]
    return bool(stopped) and all(batch.created_at < stopped[0] for batch in waiting)


def _runs(instance: dg.DagsterInstance, tags: Mapping[str, str], *, limit: int) -> Sequence[dg.RunRecord]:
    """The newest runs with these tags."""
    return instance.get_run_records(dg.RunsFilter(tags=tags), limit=limit)
