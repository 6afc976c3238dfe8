"""Which assets an asset is made from. One wrong spec must never take the whole code location down."""

import logging
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HestiaError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.specs import ExportSpec, TransformSpec
from hestia_assets.defs.metadata import principal
from hestia_assets.defs.names import asset_key

log = logging.getLogger(__name__)
Lineage = dict[dg.AssetKey, set[dg.AssetKey]]


def transform_lineage(hestia: Hestia, transforms: Sequence[TransformSpec]) -> Lineage:
    """The tables that each transform reads, without edges that close a circle: Dagster allows none."""
    made_from = {asset_key(Layer.TRANSFORMED, spec): _inputs(hestia, spec) for spec in transforms}
    return _without_circles(made_from)


def export_lineage(export: ExportSpec) -> list[dg.AssetKey]:
    """The table that is exported."""
    try:
        return [dg.AssetKey(TableRef.parse(export.table, tenant=export.tenant).key)]
    except HestiaError as error:
        log.warning("Export %s has no lineage: %s", export.key, error)
        return []


def _inputs(hestia: Hestia, transform: TransformSpec) -> set[dg.AssetKey]:
    try:
        return {dg.AssetKey(ref.key) for ref in hestia.transforms.inputs(principal(transform.tenant), transform)}
    except HestiaError as error:
        log.warning("Transform %s has no lineage: %s", transform.key, error)
        return set()


def _without_circles(made_from: Mapping[dg.AssetKey, set[dg.AssetKey]]) -> Lineage:
    edges = {key: set(sources) for key, sources in made_from.items()}
    while circle := _circle(edges):
        source, target = circle[0], circle[1]
        log.warning("%s and %s read each other; the lineage leaves one edge out.", source, target)
        edges[target].discard(source)
    return edges


def _circle(edges: Mapping[dg.AssetKey, set[dg.AssetKey]]) -> list[dg.AssetKey]:
    """One circle, each the source of the next, or nothing."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return error.args[1]
    return []
