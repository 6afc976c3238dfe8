"""An export's file: one table, written, re-read, counted, hashed and only then named."""

from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import ExportResult
from hestia_assets.core.specs import ExportSpec
from hestia_assets.defs import runs
from hestia_assets.defs.failures import RETRIES
from hestia_assets.defs.metadata import page_link, principal
from hestia_assets.defs.names import asset_key, group
from hestia_assets.defs.watched import watched


def build_exported_asset(
    export: ExportSpec,
    *,
    deps: Sequence[dg.AssetKey] = (),
    keep: Callable[[ExportResult], object] | None = None,
) -> dg.AssetsDefinition:
    """The asset of one export; ``keep`` is handed the facts where somebody in this process wants them."""

    @dg.asset(
        key=asset_key(Layer.EXPORTED, export),
        deps=deps,
        group_name=group(Layer.EXPORTED, export),
        description=export.description or f"{export.table} as a file, proved complete.",
        kinds={"file", export.format},
        tags={"hestia/layer": Layer.EXPORTED.value},
        metadata={"hestia/table": export.table},
        retry_policy=RETRIES,
    )
    def exported(context: dg.AssetExecutionContext, hestia: dg.ResourceParam[Hestia]) -> dg.MaterializeResult:
        run_id = runs.mark(context, export)
        with watched(hestia, export, run_id=run_id):
            result = hestia.exports.run(principal(export.tenant), export, author=hestia.author)
        if keep:
            keep(result)
        return dg.MaterializeResult(
            metadata=_metadata(hestia, export, result), data_version=dg.DataVersion(result.sha256)
        )

    return exported


def _metadata(hestia: Hestia, export: ExportSpec, result: ExportResult) -> dict[str, Any]:
    return {
        "dagster/row_count": result.rows,
        "hestia/path": dg.MetadataValue.path(str(hestia.exports.path(result))),
        "hestia/size_bytes": result.size_bytes,
        "hestia/sha256": result.sha256,
        "hestia/table": result.table,
        "hestia/version": result.table_version,
        "hestia/seconds": result.seconds,
        "hestia/page": page_link(hestia, export),
    }
