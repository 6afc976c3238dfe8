"""Files of a command become batches, and all batches one run: what became of each is told in its order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hestia_assets.cli.batches import batch_fact
from hestia_assets.cli.drifting import drift_facts
from hestia_assets.cli.gathering import Found
from hestia_assets.cli.output import Failure
from hestia_assets.core.errors import HeldError, HestiaError, ReadError

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Batch, DriftFinding, Received, SkippedMember
    from hestia_assets.core.specs import DatasetSpec, Mode


@dataclass(frozen=True)
class Imported:
    """What became of one file. ``known``: it was here before and nothing changed.

    ``drift``: how it differs from its dataset's earlier files.
    """

    path: Path
    batch: "Batch | None" = None
    known: bool = False
    error: HestiaError | None = None
    name: str = ""
    drift: "tuple[DriftFinding, ...]" = ()

    @property
    def label(self) -> str:
        """How the file is spoken of: an address stays one."""
        return self.name or str(self.path)

    def as_dict(self) -> dict[str, Any]:
        """What --json prints."""
        if self.batch is not None:
            return batch_fact(self.batch)
        drift = {"drift": drift_facts(self.drift)} if self.drift else {}
        assert self.error is not None, "a file without a batch was refused"
        return {"file": self.label, **Failure(self.error).as_dict(), **drift}


def hand_in(
    hestia: "Hestia", found: Sequence[Found], dataset: "DatasetSpec", *, mode: "Mode | None" = None
) -> list[Imported]:
    """Receive each file, run what waits in one run, and tell what became of each file or member of an archive."""
    return run_waiting(hestia, [one for each in found for one in _received(hestia, each, dataset, mode)])


def run_waiting(hestia: "Hestia", done: list[Imported]) -> list[Imported]:
    """Import the batches that wait, in one run, and tell what became of each."""
    waiting = {one.batch.id: one.batch for one in done if one.batch and not _is_over(one.batch)}
    if waiting:
        from hestia_assets.cli.dagster_runs import import_batches

        after = {batch.id: batch for batch in import_batches(hestia, list(waiting.values()))}
        now = [after.get(one.batch.id, one.batch) if one.batch else None for one in done]
        done = [
            replace(one, batch=batch, drift=batch.drift) if batch else one for one, batch in zip(done, now, strict=True)
        ]
    return [_judged(one) for one in done]


def _received(hestia: "Hestia", found: Found, dataset: "DatasetSpec", mode: "Mode | None") -> Iterator[Imported]:
    try:
        with found.opened(hestia) as (file_name, source):
            many = hestia.ingest.receive_all(
                dataset, source, file_name=file_name, author=hestia.author, origin=found.origin, mode=mode
            )
    except HestiaError as error:
        yield Imported(Path(found.name), error=error, name=found.name)
        return
    for each in many.received:
        inside = each.batch.file_name.partition("/")[2] if each.batch.origin.startswith("archive ") else ""
        yield taken_in(each, name=f"{found.name}/{inside}" if inside else found.name)
    yield from left_out(many.skipped, of=f"{found.name}/")


def taken_in(received: "Received", *, name: str) -> Imported:
    """A file that became a batch, or was one before."""
    return Imported(Path(name), received.batch, known=received.known and _is_over(received.batch), name=name)


def left_out(skipped: "Iterable[SkippedMember]", *, of: str = "") -> Iterator[Imported]:
    """Files that were not taken in, but for those that never held data."""
    for member in skipped:
        if not member.harmless:
            error = ReadError(f"It was left out: {member.why.rstrip('.')}.", hint="Correct that file and hand it in.")
            yield Imported(Path(of + member.name), error=error, name=of + member.name)


def _is_over(batch: "Batch") -> bool:
    """Whether no run has anything to do for it."""
    from hestia_assets.core.results import BatchState

    return batch.state in (BatchState.COMMITTED, BatchState.HELD)


def _judged(one: Imported) -> Imported:
    """With the reason why its rows are not in the tables, if they are not."""
    from hestia_assets.core.results import BatchState

    if one.batch is None or one.batch.state is BatchState.COMMITTED:
        return one
    problem = one.batch.problem
    if one.batch.state is BatchState.HELD:
        return replace(one, error=_held(one.batch))
    if problem is None:
        return replace(one, error=HeldError(f"{one.label} still waits for a run.", hint="Run the command again."))
    from hestia_assets.defs.failures import error_from

    return replace(one, batch=None, error=error_from(problem))


def _held(batch: "Batch") -> HestiaError:
    if batch.problem is not None:
        return HeldError(batch.problem.message, hint=batch.problem.hint)
    return HeldError(f"{batch.file_name} waits for a person.", hint="Open the Import page and decide about it.")
