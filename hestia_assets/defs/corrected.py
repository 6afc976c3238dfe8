"""What people did to tables without a run: undo, redo, edits. Each is a materialization of the validated table.

Dagster calls a check not evaluated as soon as its table has a newer materialization. So the verdicts over the newest
file that is in the table are told once more behind the last correction.

The audit trail is what the sensor looks through. Losing the cursor shows some of it once more and changes no table.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import AuditEvent, Batch
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.defs.checks import check_results
from hestia_assets.defs.metadata import batch_metadata, table_metadata
from hestia_assets.defs.names import asset_key, table_ref

ACTIONS = {"batch.undone": "hestia/undone", "batch.redone": "hestia/redone", "batch.committed": "hestia/edited"}
"""What is shown, and the name of the metadata that says which batch; only what no run did."""

MOST = 500
"""Events of the audit trail that are looked through at first; more, where as many came since the last look."""


def build_corrections_sensor(datasets: Sequence[DatasetSpec]) -> dg.SensorDefinition:
    """The sensor that tells Dagster of corrections to these datasets."""

    @dg.sensor(
        name="corrections",
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Shows undo, redo and edits, which need no run, in the history of the validated tables.",
    )
    def corrections(context: dg.SensorEvaluationContext, hestia: dg.ResourceParam[Hestia]) -> dg.SensorResult:
        return look_at_corrections(hestia, datasets, cursor=context.cursor)

    return corrections


def look_at_corrections(hestia: Hestia, datasets: Sequence[DatasetSpec], *, cursor: str | None) -> dg.SensorResult:
    """What was corrected since the last look."""
    last = datetime.fromisoformat(cursor) if cursor else None
    recent = _since(hestia, last)
    fresh = [event for event in reversed(recent) if event.action in ACTIONS and (last is None or event.at > last)]
    known = {(dataset.tenant, dataset.name): dataset for dataset in datasets}
    corrected = list(_by_hand(hestia, known, fresh))
    events = [
        dg.AssetMaterialization(asset_key(Layer.VALIDATED, dataset), metadata=_metadata(hestia, dataset, batch, event))
        for dataset, batch, event in corrected
    ]
    touched = {(dataset.tenant, dataset.name): dataset for dataset, _, _ in corrected}
    verdicts = [verdict for dataset in touched.values() for verdict in _verdicts(hestia, dataset)]
    return dg.SensorResult(
        asset_events=[*events, *verdicts],
        skip_reason=None if events else "Nothing was corrected by hand.",
        cursor=recent[0].at.isoformat() if recent else cursor,
    )


def _since(hestia: Hestia, last: datetime | None) -> list[AuditEvent]:
    """The newest first, at least back to ``last``; without one, as many as a first look takes."""
    limit = MOST
    recent = hestia.audit.recent(limit=limit)
    while last is not None and len(recent) == limit and recent[-1].at > last:
        limit *= 2
        recent = hestia.audit.recent(limit=limit)
    return recent


def _by_hand(
    hestia: Hestia, known: dict[tuple[str, str], DatasetSpec], fresh: Sequence[AuditEvent]
) -> Iterator[tuple[DatasetSpec, Batch, AuditEvent]]:
    for event in fresh:
        batch = hestia.batches.get(event.subject)
        dataset = known.get((batch.tenant, batch.dataset))
        if dataset and not (event.action == "batch.committed" and batch.run_id):
            yield dataset, batch, event


def _verdicts(hestia: Hestia, dataset: DatasetSpec) -> Iterator[dg.AssetCheckEvaluation]:
    """Those over the newest file that is in the validated table; none, where none is left in it."""
    table = asset_key(Layer.VALIDATED, dataset)
    for result in check_results(hestia, dataset, hestia.batches.last_files(dataset.tenant, dataset.name, limit=1)):
        if result.asset_key == table:
            yield dg.AssetCheckEvaluation(
                asset_key=table,
                check_name=result.check_name or "",
                passed=result.passed,
                severity=result.severity,
                description=result.description,
                metadata=result.metadata,
            )


def _metadata(hestia: Hestia, dataset: DatasetSpec, batch: Batch, event: AuditEvent) -> dict[str, Any]:
    counts = {
        f"hestia/rows_{name}": event.details[name] for name in ("removed", "restored", "kept") if name in event.details
    }
    facts = {ACTIONS[event.action]: batch.id, "hestia/author": event.actor, "hestia/at": event.at.isoformat()}
    table = table_metadata(hestia, table_ref(Layer.VALIDATED, dataset), dataset)
    return table | batch_metadata([batch]) | facts | counts
