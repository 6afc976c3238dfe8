"""Fetching as Dagster jobs: one per saved source, by hand, on its schedule, or when a bucket has something new.

A fetch makes no table: it observes what arrived in the landing layer. The batches it leaves are imported by the runs
that the sensor over all drop folders requests for whatever waits and nobody else launches.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.addresses import shown
from hestia_assets.core.errors import HestiaError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import FetchResult
from hestia_assets.core.specs import SourceSpec
from hestia_assets.defs import markdown
from hestia_assets.defs.failures import RETRIES, HestiaFailure
from hestia_assets.defs.names import FETCHER, WORKER_TAG, job_name, run_tags
from hestia_assets.defs.runs import this_worker
from hestia_assets.settings import Settings

if TYPE_CHECKING:
    from dagster_aws.s3 import S3Resource

log = logging.getLogger(__name__)


def is_bucket(source: SourceSpec) -> bool:
    """Whether it needs the resource ``s3``."""
    return source.url.startswith("s3://")


def build_s3_resource(settings: Settings) -> "S3Resource":
    """The door to S3; a context hands out its client.

    Dagster shows what a resource is made of, so of the keys it sees only the variable's name.
    """
    from dagster_aws.s3 import S3Resource  # takes as long as Dagster itself; every run and every reload would wait

    keys: dict[str, Any] = {
        "aws_access_key_id": dg.EnvVar("HESTIA_S3_ACCESS_KEY_ID") if settings.s3_access_key_id else None,
        "aws_secret_access_key": dg.EnvVar("HESTIA_S3_SECRET_ACCESS_KEY") if settings.s3_secret_access_key else None,
    }
    return S3Resource(endpoint_url=settings.s3_endpoint_url or None, region_name=settings.s3_region or None, **keys)


def build_fetch_job(source: SourceSpec) -> dg.JobDefinition:
    """The job that brings what is new from one source."""

    @dg.op(
        name=f"{job_name(source)}_op",
        required_resource_keys={"hestia", "s3"} if is_bucket(source) else {"hestia"},
        retry_policy=RETRIES,
        description=f"Fetches from {shown(source.url)}.",
    )
    def fetch(context: dg.OpExecutionContext) -> None:
        context.instance.add_run_tags(context.run_id, {WORKER_TAG: this_worker()})
        hestia: Hestia = context.resources.hestia
        service = hestia.sources.using_s3(lambda: context.resources.s3) if is_bucket(source) else hestia.sources
        try:
            result = service.fetch(source.name, tenant=source.tenant, author=f"{FETCHER}{source.name}")
        except HestiaError as error:
            raise HestiaFailure(error) from None
        context.log.info("%s files are new, %s were known.", len(result.received), len(result.known))
        if result.received:
            context.log_event(_observation(source, result))
        context.add_output_metadata(_facts(result))

    @dg.job(name=job_name(source), tags=run_tags(source), description=source.description or None)
    def job() -> None:
        fetch()

    return job


def build_fetch_schedules(
    sources: Sequence[SourceSpec], *, jobs: Sequence[dg.JobDefinition]
) -> list[dg.ScheduleDefinition]:
    """One per source that has a schedule and is not paused. One that Dagster refuses must not take the others down."""
    by_name = {job.name: job for job in jobs}
    schedules: list[dg.ScheduleDefinition] = []
    for source in sources:
        if source.paused or not source.schedule:
            continue
        try:
            schedules.append(_schedule(source, by_name[job_name(source)]))
        except dg.DagsterInvalidDefinitionError as error:
            log.warning("Source %s has no schedule that Dagster understands: %s", source.key, error)
    return schedules


def _schedule(source: SourceSpec, job: dg.JobDefinition) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"{job.name}_schedule",
        job=job,
        cron_schedule=source.schedule,
        execution_timezone=source.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Fetches {source.name} for the dataset {source.dataset}.",
    )


def _observation(source: SourceSpec, result: FetchResult) -> dg.AssetObservation:
    key = dg.AssetKey([Layer.LANDING.value, source.tenant, source.dataset])
    return dg.AssetObservation(
        key, description=f"Fetched from {shown(source.url)}.", metadata={"hestia/source": source.name} | _facts(result)
    )


def _facts(result: FetchResult) -> dict[str, Any]:
    files = [(each.batch.file_name, each.batch.size_bytes, each.batch.id) for each in result.received]
    skipped = [(each.name, each.why) for each in result.skipped]
    facts: dict[str, Any] = {"files": len(files), "known": len(result.known), "skipped": len(skipped)}
    facts |= {"arrived": markdown.table(("file", "bytes", "batch"), files)} if files else {}
    return facts | ({"left out": markdown.table(("file", "why"), skipped)} if skipped else {})
