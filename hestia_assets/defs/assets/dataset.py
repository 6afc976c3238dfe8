"""A dataset's tables: imported, quarantine and validated come from one pass over the file: one multi-asset.

A run takes one batch, or every batch that waits. Each is imported by itself: one that fails does not stop the
others, and fails the run only at the end. A held batch fails nothing: none of it is published, so nothing is
materialized and no check evaluated; an observation says that it waits and why.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import dagster as dg
from dagster import DagsterExecutionInterruptedError

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HestiaError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.defs import runs
from hestia_assets.defs.checks import check_results, check_specs
from hestia_assets.defs.failures import HestiaFailure, error_from
from hestia_assets.defs.freshness import freshness_policy
from hestia_assets.defs.held import report_held
from hestia_assets.defs.metadata import account_metadata, batch_metadata, data_version, drift_metadata, table_metadata
from hestia_assets.defs.names import asset_key, batches_tag, group, op_name, table_ref
from hestia_assets.defs.stopping import stoppable

LAYERS = (Layer.IMPORTED, Layer.QUARANTINE, Layer.VALIDATED)
_SENTENCES = {
    Layer.IMPORTED: "{0} as text, row by row as in the files.",
    Layer.QUARANTINE: "Rows of {0} that could not become valid rows, with their reasons and original text.",
    Layer.VALIDATED: "{0}: typed rows that passed every check.",
}


class ImportConfig(dg.Config):
    """Which files to import."""

    batch: str = ""  # a batch id, or several with commas between; empty: every batch of the dataset that waits


@dataclass
class Outcome:
    """What became of the batches of one run."""

    batches: list[Batch] = field(default_factory=list)
    errors: list[HestiaError] = field(default_factory=list)

    def in_state(self, state: BatchState) -> list[Batch]:
        """Those that ended so."""
        return [batch for batch in self.batches if batch.state is state]


def build_dataset_asset(dataset: DatasetSpec) -> dg.AssetsDefinition:
    """The multi-asset of one dataset."""

    @dg.multi_asset(
        name=op_name(dataset),
        specs=[_asset_spec(dataset, layer) for layer in LAYERS],
        check_specs=check_specs(dataset),
        can_subset=True,
    )
    def tables(
        context: dg.AssetExecutionContext, config: ImportConfig, hestia: dg.ResourceParam[Hestia]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        waiting = config.batch.split(",") if config.batch else _waiting(hestia, dataset)
        run_id = runs.mark(context, dataset, batches=batches_tag(waiting))
        try:
            outcome = run_batches(hestia, waiting, run_id=run_id)
        except DagsterExecutionInterruptedError:  # what was done before it stopped is in the tables
            for result in _materializations(hestia, dataset, _committed(hestia, waiting, run_id=run_id)):
                _log(context, result)
            raise
        committed = outcome.in_state(BatchState.COMMITTED)
        yield from _selected(context, _materializations(hestia, dataset, committed))
        yield from _checked(context, check_results(hestia, dataset, committed))
        report_held(context, hestia, dataset, outcome.in_state(BatchState.HELD))
        if outcome.errors:
            first, *others = outcome.errors
            raise HestiaFailure(first, others=others) from None

    return tables


def run_batches(hestia: Hestia, waiting: Sequence[str], *, run_id: str) -> Outcome:
    """Import each batch; what fails is kept for the end."""
    outcome = Outcome()
    with stoppable() as after_stretch:
        ended = hestia.ingest.run_all(waiting, run_id=run_id, on_progress=after_stretch)
    for done in ended:
        if isinstance(done, HestiaError):
            outcome.errors.append(done)
            continue
        outcome.batches.append(done)
        if done.state is BatchState.FAILED and done.problem:
            outcome.errors.append(error_from(done.problem))
    return outcome


def _asset_spec(dataset: DatasetSpec, layer: Layer) -> dg.AssetSpec:
    source = Layer.LANDING if layer is Layer.IMPORTED else Layer.IMPORTED
    described = dataset.description if layer is Layer.VALIDATED else ""
    return dg.AssetSpec(
        asset_key(layer, dataset),
        deps=[asset_key(source, dataset)],
        group_name=group(layer, dataset),
        description=" ".join(filter(None, (_SENTENCES[layer].format(dataset.name), described))),
        kinds={"deltalake", "polars"},
        tags={"hestia/layer": layer.value},
        skippable=True,
        freshness_policy=freshness_policy(dataset) if layer is Layer.VALIDATED else None,
    )


def _waiting(hestia: Hestia, dataset: DatasetSpec) -> list[str]:
    return [batch.id for batch in hestia.ingest.pending(dataset.tenant, dataset.name)]


def _committed(hestia: Hestia, batches: Sequence[str], *, run_id: str) -> list[Batch]:
    """Those that this run has committed."""
    found = map(hestia.batches.get, batches)
    return [batch for batch in found if batch.state is BatchState.COMMITTED and batch.run_id == run_id]


def _materializations(
    hestia: Hestia, dataset: DatasetSpec, committed: Sequence[Batch]
) -> Iterable[dg.MaterializeResult]:
    for layer in LAYERS if committed else ():
        metadata = table_metadata(hestia, table_ref(layer, dataset), dataset, batches=committed)
        metadata |= batch_metadata(committed)
        metadata |= account_metadata(committed) | drift_metadata(committed) if layer is Layer.IMPORTED else {}
        yield dg.MaterializeResult(
            asset_key=asset_key(layer, dataset), metadata=metadata, data_version=data_version(committed)
        )


def _selected(
    context: dg.AssetExecutionContext, results: Iterable[dg.MaterializeResult]
) -> Iterator[dg.MaterializeResult]:
    """The import writes all three tables; one not asked for is logged, so that its history stays true."""
    for result in results:
        if result.asset_key in context.selected_asset_keys:
            yield result
        else:
            _log(context, result)


def _log(context: dg.AssetExecutionContext, result: dg.MaterializeResult) -> None:
    if result.asset_key:
        tags = {"dagster/data_version": result.data_version.value} if result.data_version else {}
        context.log_event(dg.AssetMaterialization(result.asset_key, metadata=result.metadata, tags=tags))


def _checked(
    context: dg.AssetExecutionContext, results: Iterable[dg.AssetCheckResult]
) -> Iterator[dg.AssetCheckResult]:
    wanted = {(key.asset_key, key.name) for key in context.selected_asset_check_keys}
    return (result for result in results if (result.asset_key, result.check_name) in wanted)
