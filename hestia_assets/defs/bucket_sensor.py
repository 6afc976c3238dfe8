"""One sensor for all buckets: asks what is new below each prefix and requests the fetch of it.

It only lists. What was taken is remembered with the batches' bytes, not by run keys, so losing those doubles nothing.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HestiaError
from hestia_assets.core.results import RemoteFile
from hestia_assets.core.specs import SourceSpec
from hestia_assets.defs.fetching import is_bucket
from hestia_assets.defs.names import job_name, run_tags
from hestia_assets.defs.sensors import under_way

if TYPE_CHECKING:
    from dagster_aws.s3 import S3Resource

EVERY_SECONDS = 60


def watched_buckets(sources: Sequence[SourceSpec]) -> list[SourceSpec]:
    """The sources that the sensor looks after: buckets without a schedule of their own that are not paused."""
    return [source for source in sources if is_bucket(source) and not source.schedule and not source.paused]


def build_bucket_sensor(sources: Sequence[SourceSpec], *, jobs: Sequence[dg.JobDefinition]) -> dg.SensorDefinition:
    """The sensor over these buckets."""
    from dagster_aws.s3 import S3Resource  # as in fetching.py

    @dg.sensor(
        name="buckets",
        jobs=list(jobs),
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Fetches what is new in the S3 buckets that have no schedule.",
    )
    def buckets(
        context: dg.SensorEvaluationContext, hestia: dg.ResourceParam[Hestia], s3: S3Resource
    ) -> dg.SensorResult:
        troubles: list[str] = []
        requests = list(_requests(hestia, context.instance, sources, s3, troubles, at=datetime.now(UTC)))
        reason = None if requests else " ".join(troubles) or "Nothing is new."
        return dg.SensorResult(run_requests=requests, skip_reason=reason)

    return buckets


def _requests(
    hestia: Hestia,
    instance: dg.DagsterInstance,
    sources: Sequence[SourceSpec],
    s3: "S3Resource",
    troubles: list[str],
    *,
    at: datetime,
) -> Iterator[dg.RunRequest]:
    service = hestia.sources.using_s3(s3.get_client)
    for source in sources:
        try:
            unseen = [] if under_way(instance, source) else service.unseen(source)
        except HestiaError as error:  # of one bucket; the others are asked all the same
            troubles.append(f"{source.key}: {error}")
            continue
        if unseen:
            yield _request(source, unseen, at=at)


def _request(source: SourceSpec, unseen: Sequence[RemoteFile], *, at: datetime) -> dg.RunRequest:
    """For the same new objects one run an hour: a fetch that failed is tried again, but not every minute."""
    digest = hashlib.sha256("\n".join(f"{file.url} {file.version}" for file in unseen).encode()).hexdigest()[:16]
    return dg.RunRequest(
        run_key=f"{source.key}:{digest}:{at:%Y%m%d%H}", job_name=job_name(source), tags=run_tags(source)
    )
