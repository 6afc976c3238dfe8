"""One job per dataset, transform and export: what pages, the command line and the sensor launch."""

from typing import TYPE_CHECKING

import dagster as dg

from hestia_assets.core.layers import Layer
from hestia_assets.core.specs import AnySpec, DatasetSpec, kind_of
from hestia_assets.defs.assets.dataset import LAYERS
from hestia_assets.defs.names import asset_key, job_name, run_tags

if TYPE_CHECKING:  # its public factory returns it, but the class itself has no public name
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

_MADE = {"transform": Layer.TRANSFORMED, "export": Layer.EXPORTED}


def build_job(spec: AnySpec) -> "UnresolvedAssetJobDefinition":
    """The job that makes the assets of one spec, its checks included."""
    layers = LAYERS if isinstance(spec, DatasetSpec) else (_MADE[kind_of(spec)],)
    return dg.define_asset_job(
        job_name(spec),
        selection=dg.AssetSelection.assets(*(asset_key(layer, spec) for layer in layers)),
        tags=run_tags(spec),
        description=spec.description or None,
    )
