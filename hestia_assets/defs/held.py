"""A batch that waits for a person, as Dagster shows it: seen beside the table, and no verdict about it.

A check evaluation speaks of the latest materialization, which a held batch is no part of. So a held batch evaluates
no check: an observation on the tables, a tag of the run and a line in its log say that it waits, and why.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.defs import markdown
from hestia_assets.defs.metadata import account_metadata, drift_metadata, page_link
from hestia_assets.defs.names import HELD_TAG, asset_key

OBSERVED = (Layer.IMPORTED, Layer.VALIDATED)


def report_held(context: dg.AssetExecutionContext, hestia: Hestia, dataset: DatasetSpec, held: Sequence[Batch]) -> None:
    """Show batches that were not published; the checks of what is published stay as they are."""
    for batch in held:
        context.log.warning("%s is held and not published. %s", batch.file_name, _why(batch))
        for layer in OBSERVED:
            context.log_event(_observation(hestia, dataset, batch, layer))
    if held:
        tags = {HELD_TAG: ",".join(batch.id for batch in held)}
        context.instance.add_run_tags(context.run.run_id, tags)


def _observation(hestia: Hestia, dataset: DatasetSpec, batch: Batch, layer: Layer) -> dg.AssetObservation:
    metadata: dict[str, Any] = {
        "hestia/state": batch.state.value,
        "hestia/problem": _why(batch),
        "hestia/batch": batch.id,
        "hestia/file": batch.file_name,
        "hestia/page": page_link(hestia, dataset),
    }
    arrived = account_metadata([batch]) | drift_metadata([batch])
    metadata |= arrived if layer is Layer.IMPORTED else {"checks": _counts(batch, hestia.quality.demands_of(batch))}
    what = f"{batch.file_name} is held and not part of this table. {_why(batch)}"
    return dg.AssetObservation(asset_key(layer, dataset), description=what, metadata=metadata)


def _counts(batch: Batch, demands: Mapping[str, str]) -> dg.MarkdownMetadataValue:
    rows = [
        (demands[check.name], check.name, check.severity.value, check.checked_rows, check.failed_rows)
        for check in batch.checks
    ]
    return markdown.table(("rule", "check", "severity", "rows checked", "rows failed"), rows)


def _why(batch: Batch) -> str:
    return f"{batch.problem.message} {batch.problem.hint}" if batch.problem else "It waits for a person."
