"""The commands' door to Dagster: the same assets, in this process, on the instance that the UI shows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Batch, ExportResult, TransformResult


def import_batch(hestia: "Hestia", batch: "Batch") -> "Batch":
    """Import one batch. Raises the HestiaError that stopped it."""
    with _stoppable():
        from hestia_assets.defs.materialize import materialize_dataset

        (done,) = materialize_dataset(hestia, batch.tenant, batch.dataset, batch=batch.id)
    return done


def import_batches(hestia: "Hestia", batches: "Sequence[Batch]") -> "list[Batch]":
    """Import batches of one dataset in one run; one that fails is among them and does not stop the others."""
    with _stoppable():
        from hestia_assets.defs.materialize import materialize_dataset

        first, ids = batches[0], ",".join(batch.id for batch in batches)
        return materialize_dataset(hestia, first.tenant, first.dataset, batch=ids, raise_on_failure=False)


def run_transform(hestia: "Hestia", name: str) -> "TransformResult":
    """Run one transform. Raises HestiaError."""
    with _stoppable():
        from hestia_assets.defs.materialize import materialize_transform

        return materialize_transform(hestia, hestia.settings.tenant, name)


def run_export(hestia: "Hestia", name: str) -> "ExportResult":
    """Run one export. Raises HestiaError."""
    with _stoppable():
        from hestia_assets.defs.materialize import materialize_export

        return materialize_export(hestia, hestia.settings.tenant, name)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C is Ctrl-C, whoever catches it first: Dagster gives it a name of its own."""
    from dagster import DagsterExecutionInterruptedError

    try:
        yield
    except DagsterExecutionInterruptedError as error:
        raise KeyboardInterrupt from error
