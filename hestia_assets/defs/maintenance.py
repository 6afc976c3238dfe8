"""What keeps tables fast and small: once a day small files are joined and those that nobody needs are deleted.

No asset: a table says the same before and after. What was done stands in the metadata of the run's output.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HestiaError, LeaseHeldError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import SPEC_KINDS
from hestia_assets.defs import markdown
from hestia_assets.defs.failures import HestiaFailure

EVERY_NIGHT = "0 3 * * *"
KEEP_DAYS = 14
"""Versions of this age can still be read and restored; older ones may be gone."""

COMPACTED = "compact"
_OVER = (BatchState.COMMITTED, BatchState.UNDONE)


@dataclass(frozen=True)
class Upkeep:
    """What was done to one table. ``note``: what was left undone, and why.

    ``versions``: of rows, removed from a history because no file that can still be undone needs them.
    """

    ref: TableRef
    files_saved: int = 0
    files_deleted: int = 0
    versions: int = 0
    note: str = ""
    error: HestiaError | None = None


@dg.op(description="Joins small files and deletes those that no version of the last two weeks needs.")
def maintain(context: dg.OpExecutionContext, hestia: dg.ResourceParam[Hestia]) -> None:
    """Look after every table; one that cannot be used does not stop the others, and fails the run at the end."""
    done = []
    for upkeep in maintain_tables(hestia):
        context.log.info("%s: %s files saved, %s deleted, %s old versions of rows removed. %s", *_row(upkeep))
        done.append(upkeep)
    context.add_output_metadata(
        {
            "tables": len(done),
            "files_saved": sum(upkeep.files_saved for upkeep in done),
            "files_deleted": sum(upkeep.files_deleted for upkeep in done),
            "versions_removed": sum(upkeep.versions for upkeep in done),
            "upkeep": markdown.table(
                ("table", "files saved", "files deleted", "old versions", "note"), map(_row, done)
            ),
        }
    )
    errors = [upkeep.error for upkeep in done if upkeep.error]
    if errors:
        raise HestiaFailure(errors[0], others=errors[1:])


@dg.job(name="maintain_tables", description="Looks after the files of every table.")
def maintenance_job() -> None:
    """The job of the nightly schedule."""
    maintain()


def build_maintenance_schedule() -> dg.ScheduleDefinition:
    """Every night; `maintain_tables` can be launched at any other time too."""
    return dg.ScheduleDefinition(
        name="every_night",
        job=maintenance_job,
        cron_schedule=EVERY_NIGHT,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Joins small files, deletes old ones.",
    )


def maintain_tables(hestia: Hestia) -> Iterator[Upkeep]:
    """Look after every table of every tenant."""
    specs = [saved.spec for kind in SPEC_KINDS for saved in hestia.catalog.all(kind)]
    for tenant in sorted({hestia.settings.tenant, *(spec.tenant for spec in specs)}):
        for ref in hestia.tables.tables(tenant, internal=True):
            yield _maintained(hestia, ref)


def _maintained(hestia: Hestia, ref: TableRef) -> Upkeep:
    try:
        gone = _expired(hestia, ref)
        saved = hestia.tables.compact(ref) if _changed(hestia, ref) else 0
        if needed := _unpublished(hestia, ref):
            why = f"Nothing deleted: {needed[0].id} may still need files that it has written."
            return Upkeep(ref, saved, versions=gone, note=why)
        return Upkeep(ref, saved, len(hestia.tables.vacuum(ref, keep_hours=KEEP_DAYS * 24)), gone)
    except LeaseHeldError as error:
        return Upkeep(ref, note=f"Left for the next night: {error.message}")
    except HestiaError as error:
        return Upkeep(ref, note=str(error), error=error)


def _expired(hestia: Hestia, ref: TableRef) -> int:
    """How many versions left a history; only where somebody said for how long files can be undone."""
    days = hestia.settings.history_days
    if ref.layer is not Layer.HISTORY or days is None:
        return 0
    before = hestia.ingest.clock() - timedelta(days=days)
    return hestia.ingest.expire(ref.tenant, ref.name, before=before).versions


def _changed(hestia: Hestia, ref: TableRef) -> bool:
    """Whether rows came or went since files were joined last."""
    changes = (one.operation for one in hestia.tables.versions(ref) if not one.operation.startswith("vacuum"))
    return next(changes, COMPACTED) != COMPACTED


def _unpublished(hestia: Hestia, ref: TableRef) -> list[Batch]:
    """Batches whose rows are written beside the tables and not yet part of them, however long they wait."""
    parted = hestia.batches.parted(ref.tenant, ref.name, at_least=0)
    return [batch for batch in parted if batch.state not in _OVER]


def _row(upkeep: Upkeep) -> tuple[str, int, int, int, str]:
    return str(upkeep.ref), upkeep.files_saved, upkeep.files_deleted, upkeep.versions, upkeep.note
