"""The Dagster code location: specs in, Definitions out; nothing else.

Each load opens the home and reads the specs anew, so a reload shows what was saved a moment ago.
"""

import dagster as dg

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.layers import Layer
from hestia_assets.core.specs import DatasetSpec, ExportSpec, SourceSpec, TransformSpec
from hestia_assets.defs.alerting import build_alert_sensor
from hestia_assets.defs.assets.dataset import build_dataset_asset
from hestia_assets.defs.assets.exported import build_exported_asset
from hestia_assets.defs.assets.landing import build_landing_asset
from hestia_assets.defs.assets.transformed import build_transformed_asset
from hestia_assets.defs.bucket_sensor import build_bucket_sensor, watched_buckets
from hestia_assets.defs.corrected import build_corrections_sensor
from hestia_assets.defs.fetching import build_fetch_job, build_fetch_schedules, build_s3_resource, is_bucket
from hestia_assets.defs.jobs import build_job
from hestia_assets.defs.lineage import export_lineage, transform_lineage
from hestia_assets.defs.maintenance import build_maintenance_schedule, maintenance_job
from hestia_assets.defs.names import asset_key
from hestia_assets.defs.resources import build_resources
from hestia_assets.defs.run_sensors import build_run_sensors
from hestia_assets.defs.sensors import build_drop_folder_sensor


@dg.definitions
def definitions() -> dg.Definitions:
    """What Dagster loads."""
    return build_definitions(open_home())


def build_definitions(hestia: Hestia) -> dg.Definitions:
    """Everything that the specs of one home declare."""
    datasets = _dataset_definitions(hestia)
    return dg.Definitions.merge(
        datasets,
        _transform_definitions(hestia),
        _export_definitions(hestia),
        _source_definitions(hestia),
        dg.Definitions(
            jobs=[maintenance_job],
            schedules=[build_maintenance_schedule()],
            sensors=[*build_run_sensors(), build_alert_sensor()],
            resources=build_resources(hestia),
            executor=dg.in_process_executor,
        ),
    )


def _dataset_definitions(hestia: Hestia) -> dg.Definitions:
    saved = [(each, each.spec) for each in hestia.catalog.all("dataset") if isinstance(each.spec, DatasetSpec)]
    datasets = [spec for _, spec in saved]
    jobs = [build_job(spec) for spec in datasets]
    return dg.Definitions(
        assets=[
            *(build_landing_asset(hestia, version, spec) for version, spec in saved),
            *(build_dataset_asset(spec) for spec in datasets),
        ],
        jobs=jobs,
        sensors=[build_drop_folder_sensor(datasets, jobs=jobs), build_corrections_sensor(datasets)],
    )


def _transform_definitions(hestia: Hestia) -> dg.Definitions:
    transforms = [each.spec for each in hestia.catalog.all("transform") if isinstance(each.spec, TransformSpec)]
    made_from = transform_lineage(hestia, transforms)
    return dg.Definitions(
        assets=[
            build_transformed_asset(spec, deps=sorted(made_from[asset_key(Layer.TRANSFORMED, spec)]))
            for spec in transforms
        ],
        jobs=[build_job(spec) for spec in transforms],
    )


def _export_definitions(hestia: Hestia) -> dg.Definitions:
    exports = [each.spec for each in hestia.catalog.all("export") if isinstance(each.spec, ExportSpec)]
    return dg.Definitions(
        assets=[build_exported_asset(spec, deps=export_lineage(spec)) for spec in exports],
        jobs=[build_job(spec) for spec in exports],
    )


def _source_definitions(hestia: Hestia) -> dg.Definitions:
    sources = [each.spec for each in hestia.catalog.all("source") if isinstance(each.spec, SourceSpec)]
    jobs = [build_fetch_job(spec) for spec in sources]
    buckets = watched_buckets(sources)
    return dg.Definitions(
        jobs=jobs,
        schedules=build_fetch_schedules(sources, jobs=jobs),
        sensors=[build_bucket_sensor(buckets, jobs=jobs)] if buckets else [],
        resources={"s3": build_s3_resource(hestia.settings)} if any(map(is_bucket, sources)) else {},
    )
