"""The originals of a dataset: files that came from outside, so Dagster shows them but does not make them."""

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import SpecVersion
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.defs.metadata import page_link
from hestia_assets.defs.names import asset_key, group


def build_landing_asset(hestia: Hestia, saved: SpecVersion, dataset: DatasetSpec) -> dg.AssetSpec:
    """The external asset at the start of a dataset's way."""
    return dg.AssetSpec(
        asset_key(Layer.LANDING, dataset),
        group_name=group(Layer.LANDING, dataset),
        description=f"The files of {dataset.name}, byte for byte as they arrived.",
        kinds={"file", dataset.recipe.format},
        metadata={
            "hestia/drop_folder": dg.MetadataValue.path(str(hestia.ingest.drop_folder(dataset.tenant, dataset.name))),
            "hestia/page": page_link(hestia, dataset),
            "hestia/spec_version": saved.version,
            "hestia/author": saved.author,
        },
    )
