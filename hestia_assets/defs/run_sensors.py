"""Runs that ended badly: a person must see on the pages what Dagster knows.

A run that failed with our own error has told its story already. One whose process was killed left a batch
half read and a job that seems to run: both get a problem. The batch keeps its state, so
"run again" goes on where it was.
"""

import logging
from collections.abc import Sequence

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import UNFINISHED, JobState, Problem
from hestia_assets.core.specs import SPEC_KINDS
from hestia_assets.defs.names import BATCH_TAG

log = logging.getLogger(__name__)
FAILED = Problem("run.failed", "The run was cut off before it was done.", "Run it again: it goes on where it stopped.")
CANCELLED = Problem(
    "run.cancelled", "The run was cancelled.", "Run it again when you want: it goes on where it stopped."
)


def build_run_sensors() -> Sequence[dg.SensorDefinition]:
    """A sensor for runs that failed and one for runs that were cancelled."""

    @dg.run_failure_sensor(
        name="failed_runs",
        description="Shows on the pages what a crashed run left behind.",
        monitor_all_code_locations=True,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=10,
    )
    def failed_runs(context: dg.RunFailureSensorContext, hestia: dg.ResourceParam[Hestia]) -> None:
        record_end(hestia, context.dagster_run, FAILED)

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.CANCELED,
        name="cancelled_runs",
        description="Shows on the pages what a cancelled run left behind.",
        monitor_all_code_locations=True,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=10,
    )
    def cancelled_runs(context: dg.RunStatusSensorContext, hestia: dg.ResourceParam[Hestia]) -> None:
        record_end(hestia, context.dagster_run, CANCELLED)

    return [failed_runs, cancelled_runs]


def record_end(hestia: Hestia, run: dg.DagsterRun, problem: Problem) -> None:
    """Put a run that ended badly on the audit trail, and its problem on whatever it left unfinished."""
    subject = _subject(run)
    if subject is None:
        log.debug("Run %s is none of Hestia's", run.run_id)
        return
    kind, tenant, name = subject
    hestia.audit.record(
        "dagster",
        problem.code,
        f"{kind}/{tenant}/{name}",
        run_id=run.run_id,
        batch=run.tags.get(BATCH_TAG, ""),
    )
    _close_jobs(hestia, tenant, run, problem)
    if kind == "dataset":
        _mark_batches(hestia, tenant, name, run, problem)


def _subject(run: dg.DagsterRun) -> tuple[str, str, str] | None:
    """Kind, tenant and name of the spec that a run worked on."""
    for kind in SPEC_KINDS:
        if tagged := run.tags.get(f"hestia/{kind}"):
            tenant, _, name = tagged.partition("/")
            return kind, tenant, name
    return None


def _close_jobs(hestia: Hestia, tenant: str, run: dg.DagsterRun, problem: Problem) -> None:
    for job in hestia.jobs.recent(tenant, limit=200):
        if job.run_id == run.run_id and job.state is JobState.RUNNING:
            hestia.jobs.finish(job.id, problem=problem)


def _mark_batches(hestia: Hestia, tenant: str, dataset: str, run: dg.DagsterRun, problem: Problem) -> None:
    for batch in hestia.batches.recent(tenant, dataset, limit=200):
        if batch.run_id == run.run_id and batch.state in UNFINISHED:
            if problem is CANCELLED:  # by a person, who knows
                hestia.batches.update(batch.id, problem=problem)
            else:
                hestia.ingest.runner.cut_off(batch, problem)
