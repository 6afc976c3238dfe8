"""The same assets in this process, on the same instance: how the command line works.

The runs stand in the Dagster UI like any other. What fails comes out as the HestiaError it was.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import Batch, ExportResult, TransformResult
from hestia_assets.core.specs import AnySpec, DatasetSpec, ExportSpec, TransformSpec
from hestia_assets.defs.assets.dataset import build_dataset_asset
from hestia_assets.defs.assets.exported import build_exported_asset
from hestia_assets.defs.assets.landing import build_landing_asset
from hestia_assets.defs.assets.transformed import build_transformed_asset
from hestia_assets.defs.failures import HestiaFailure
from hestia_assets.defs.jobs import build_job
from hestia_assets.defs.lineage import export_lineage, transform_lineage
from hestia_assets.defs.names import BATCH_TAG, asset_key, batches_tag, job_name, op_name, run_tags
from hestia_assets.defs.resources import build_resources, open_instance

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def materialize_dataset(
    hestia: Hestia, tenant: str, name: str, *, batch: str = "", raise_on_failure: bool = True
) -> list[Batch]:
    """Import one batch (or several, with commas between), or every batch that waits, in one run.

    Returns them as they are afterwards, held ones too.

    Raises:
        HestiaError: the first batch that failed, unless ``raise_on_failure`` is false.
        NotFoundError: there is no such dataset or batch.
    """
    saved = hestia.catalog.get("dataset", tenant, name)
    dataset = saved.spec
    if not isinstance(dataset, DatasetSpec):
        raise NotFoundError("dataset", name)
    wanted = [hestia.batches.get(each) for each in batch.split(",")] if batch else hestia.ingest.pending(tenant, name)
    assets = [build_landing_asset(hestia, saved, dataset), build_dataset_asset(dataset)]
    config = {"ops": {op_name(dataset): {"config": {"batch": batch}}}}
    tags = {BATCH_TAG: batches_tag([each.id for each in wanted])}
    try:
        _execute(hestia, dataset, assets, config=config, tags=tags)
    except HestiaFailure as failure:
        if raise_on_failure:
            raise failure.error from None
    return [hestia.batches.get(each.id) for each in wanted]


def materialize_transform(hestia: Hestia, tenant: str, name: str) -> TransformResult:
    """Run one transform. Raises HestiaError."""
    spec = hestia.catalog.get("transform", tenant, name).spec
    if not isinstance(spec, TransformSpec):
        raise NotFoundError("transform", name)
    results: list[TransformResult] = []
    deps = sorted(transform_lineage(hestia, [spec])[asset_key(Layer.TRANSFORMED, spec)])
    _execute_one(hestia, spec, build_transformed_asset(spec, deps=deps, keep=results.append))
    return results[-1]


def materialize_export(hestia: Hestia, tenant: str, name: str) -> ExportResult:
    """Run one export. Raises HestiaError."""
    spec = hestia.catalog.get("export", tenant, name).spec
    if not isinstance(spec, ExportSpec):
        raise NotFoundError("export", name)
    results: list[ExportResult] = []
    _execute_one(hestia, spec, build_exported_asset(spec, deps=export_lineage(spec), keep=results.append))
    return results[-1]


def _execute_one(hestia: Hestia, spec: AnySpec, asset: dg.AssetsDefinition) -> None:
    try:
        _execute(hestia, spec, [asset], config={}, tags={})
    except HestiaFailure as failure:
        raise failure.error from None


def _execute(
    hestia: Hestia,
    spec: AnySpec,
    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec],
    *,
    config: dict[str, Any],
    tags: dict[str, str],
) -> None:
    """Run the job of one spec. Raises HestiaFailure."""
    definitions = dg.Definitions(
        assets=assets,
        jobs=[build_job(spec)],
        resources=build_resources(hestia),
        executor=dg.in_process_executor,
    )
    job = definitions.resolve_job_def(job_name(spec))
    with open_instance(hestia.settings) as instance:
        job.execute_in_process(instance=instance, run_config=config | _QUIET, tags=run_tags(spec) | tags)
