"""A transform's table: one SQL query over other tables."""

from collections.abc import Callable, Sequence

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import TransformResult
from hestia_assets.core.specs import TransformSpec
from hestia_assets.defs import runs
from hestia_assets.defs.failures import RETRIES
from hestia_assets.defs.metadata import principal, table_metadata
from hestia_assets.defs.names import asset_key, group, table_ref
from hestia_assets.defs.watched import watched


def build_transformed_asset(
    transform: TransformSpec,
    *,
    deps: Sequence[dg.AssetKey] = (),
    keep: Callable[[TransformResult], object] | None = None,
) -> dg.AssetsDefinition:
    """The asset of one transform; ``keep`` is handed the facts where somebody in this process wants them."""

    @dg.asset(
        key=asset_key(Layer.TRANSFORMED, transform),
        deps=deps,
        group_name=group(Layer.TRANSFORMED, transform),
        description=transform.description or f"{transform.name}, made by a query.",
        kinds={"deltalake", "sql", "duckdb"},
        tags={"hestia/layer": Layer.TRANSFORMED.value},
        metadata={"hestia/sql": dg.MetadataValue.md(f"```sql\n{transform.sql}\n```")},
        retry_policy=RETRIES,
    )
    def transformed(context: dg.AssetExecutionContext, hestia: dg.ResourceParam[Hestia]) -> dg.MaterializeResult:
        run_id = runs.mark(context, transform)
        with watched(hestia, transform, run_id=run_id):
            result = hestia.transforms.run(principal(transform.tenant), transform)
        if keep:
            keep(result)
        facts = {"hestia/rows": result.rows, "hestia/seconds": result.seconds}
        return dg.MaterializeResult(
            metadata=table_metadata(hestia, table_ref(Layer.TRANSFORMED, transform), transform) | facts
        )

    return transformed
