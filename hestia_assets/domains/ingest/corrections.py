"""What a person decides about batches: release, discard, undo, redo, import again, edit rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from hestia_assets.core.errors import HeldError, HistoryExpiredError
from hestia_assets.core.results import (
    EDIT,
    RESUBMIT,
    Batch,
    BatchState,
    EditPreview,
    Expired,
    RowEdit,
    StoredFile,
    UndoResult,
)
from hestia_assets.core.rules import Occasion
from hestia_assets.core.specs import DatasetSpec, Mode
from hestia_assets.domains.ingest.entries.again import refuse_redo, refuse_reimport, refuse_undo
from hestia_assets.domains.ingest.loading.parts import published_anywhere
from hestia_assets.domains.ingest.loading.run import UNBALANCED
from hestia_assets.domains.ingest.rewriting.desk import EditDesk
from hestia_assets.domains.ingest.rewriting.edits import encoded
from hestia_assets.domains.ingest.rewriting.expiring import Expiry
from hestia_assets.domains.ingest.runner import Runner


@dataclass(frozen=True)
class Corrections:
    """Decisions of people; each is alone with its dataset and survives a kill."""

    runner: Runner
    new_id: Callable[[str], str]

    def release(self, batch: str, *, author: str, note: str = "") -> Batch:
        """Let a held batch be published by the next run; the reason stands on the audit trail."""
        batches = self.runner.batches
        found = batches.get(batch)
        if found.state is not BatchState.HELD or (found.problem and found.problem.code == UNBALANCED):
            why = found.problem.message if found.problem else f"Batch {batch} is {found.state.value}, not held."
            raise HeldError(why, hint="Release only batches that a check holds.")
        self.runner.audit.record(author, "batch.released", batch, **_because(note))
        return batches.update(batch, state=BatchState.RECEIVED, released_by=author, problem=None)

    def discard(self, batch: str, *, author: str, note: str = "") -> Batch:
        """Give up a batch of which nothing was published; the reason stands on the audit trail."""
        found = self.runner.batches.get(batch)
        with self.runner.alone(found.tenant, found.dataset, wait_seconds=1):
            return self._discarded(self.runner.batches.get(batch), author, note)

    def undo(self, batch: str, *, author: str, keep_fixes: bool = False) -> UndoResult:
        """Take a batch out of the validated table; one that is not in it yet is discarded."""
        found = self.runner.batches.get(batch)
        with self.runner.alone(found.tenant, found.dataset) as hold:
            begun = self.runner.wished(found)
            if begun is None or begun.alive:
                self.runner.settle(found.tenant, found.dataset, hold, but=batch)
                found = self.runner.batches.get(batch)
                _refuse_closed(found)
                if found.state is BatchState.UNDONE:
                    raise HeldError(f"Batch {batch} is undone already.", hint="Redo it to have its rows again.")
                if found.state is not BatchState.COMMITTED:
                    return UndoResult(self._discarded(found, author))
                if keep_fixes:
                    refuse_undo(self.runner.book(found.tenant, found.dataset), found)
                begun = self.runner.turn(found, alive=False, fixes=not keep_fixes, author=author)
                begun.begin()
            return begun.finish(hold)

    def redo(self, batch: str, *, author: str) -> UndoResult:
        """Bring an undone batch back to its place in the order of batches."""
        found = self.runner.batches.get(batch)
        with self.runner.alone(found.tenant, found.dataset) as hold:
            begun = self.runner.wished(found)
            if begun is None or not begun.alive:
                self.runner.settle(found.tenant, found.dataset, hold, but=batch)
                found = self.runner.batches.get(batch)
                if found.state is not BatchState.UNDONE or found.sequence is None:
                    raise _nothing_to_redo(found)
                _refuse_closed(found)
                refuse_redo(self.runner.book(found.tenant, found.dataset), found)
                self.runner.turn(found, alive=True, author=author).begin()
                begun = self.runner.turn(self.runner.batches.get(batch), alive=True, author=author)
            return begun.finish(hold)

    def undo_preview(self, batch: str, *, keep_fixes: bool = False) -> UndoResult:
        """What undo would do now."""
        found = self.runner.batches.get(batch)
        if found.state is not BatchState.COMMITTED:
            return UndoResult(found)
        _refuse_closed(found)
        return self.runner.turn(found, alive=False, fixes=not keep_fixes).preview()

    def expire(self, tenant: str, dataset: str, *, before: datetime) -> Expired:
        """Close old batches, and take out of the history what nobody can ask for any more."""
        runner = self.runner
        with runner.alone(tenant, dataset, wait_seconds=1) as hold:
            runner.settle(tenant, dataset, hold)
            book = runner.book(tenant, dataset)
            expiry = Expiry(runner.tables, runner.specs, runner.batches, book, tenant, dataset)
            gone = expiry.expire(hold, before=before, now=runner.clock())
        if gone.batches or gone.versions:
            counts = {"batches": gone.batches, "versions": gone.versions, "before": before.isoformat()}
            runner.audit.record("hestia", "history.expired", f"dataset/{tenant}/{dataset}", **counts)
        return gone

    def reimport(self, batch: str, *, author: str) -> Batch:
        """Take a batch out and read its original again, as a new batch, under the present spec."""
        found = self.runner.batches.get(batch)
        if found.origin in (EDIT, RESUBMIT):
            what = "an edit" if found.origin == EDIT else "a resubmission"
            raise HeldError(f"Batch {batch} is {what}, no file.", hint="Undo or redo it.")
        _refuse_closed(found)
        refuse_reimport(self.runner.book(found.tenant, found.dataset), found)
        self._refuse_types(found)
        if found.state is not BatchState.UNDONE:
            self.undo(batch, author=author)
        again = self.runner.batches.create(self._attempt(found, author))
        self.runner.audit.record(author, "batch.reimported", again.id, instead_of=batch)
        return self.runner.run(again.id, run_id=None, on_progress=None)

    def edit(self, dataset: DatasetSpec, edits: Sequence[RowEdit], *, author: str) -> Batch:
        """Give rows of the validated table new values, as a batch of its own."""
        runner, saved = self.runner, self.runner.specs.get("dataset", dataset.tenant, dataset.name)
        assert isinstance(saved.spec, DatasetSpec), "kept under this kind"
        with runner.alone(dataset.tenant, dataset.name) as hold:
            runner.settle(dataset.tenant, dataset.name, hold)
            runner.retype(saved.spec, hold, version=saved.version, author=author)
            batch, now = self.new_id(dataset.name), runner.clock()
            self._desk(saved.spec).judge(edits, batch=batch)
            stored = runner.files.put(dataset.tenant, BytesIO(encoded(edits, author=author, at=now)))
            made = runner.batches.create(
                Batch.received(
                    batch,
                    saved,
                    stored,
                    file_name="edits.json",
                    author=author,
                    at=now,
                    origin=EDIT,
                )
            )
            return runner.work(made, hold)

    def edit_preview(self, dataset: DatasetSpec, edits: Sequence[RowEdit]) -> EditPreview:
        """What these edits would do now."""
        saved = self.runner.specs.get("dataset", dataset.tenant, dataset.name).spec
        assert isinstance(saved, DatasetSpec), "kept under this kind"
        self.runner.retyping.refuse(saved)  # an edit brings the table to its types first
        return self._desk(saved).preview(edits)

    def _desk(self, spec: DatasetSpec) -> EditDesk:
        validator = self.runner.validator.on(Occasion(spec.tenant, self.runner.clock()))
        return EditDesk(self.runner.tables, validator, self.runner.batches, spec)

    def _refuse_types(self, old: Batch) -> None:
        """Before a batch leaves the table: could it come in again? Raises RetypeError."""
        saved = self.runner.specs.get("dataset", old.tenant, old.dataset)
        assert isinstance(saved.spec, DatasetSpec), "kept under this kind"
        self.runner.retyping.refuse(saved.spec, but=old.id)

    def _attempt(self, old: Batch, author: str) -> Batch:
        """A new batch of the same bytes; a mode that was the dataset's own then is the dataset's own now."""
        specs = self.runner.specs
        then = specs.get("dataset", old.tenant, old.dataset, version=old.spec_version).spec
        own: Mode | None = then.mode if isinstance(then, DatasetSpec) else None
        return Batch.received(
            self.new_id(old.dataset),
            specs.get("dataset", old.tenant, old.dataset),
            StoredFile(old.sha256, old.size_bytes),
            file_name=old.file_name,
            author=author,
            at=self.runner.clock(),
            origin=old.origin,
            mode=None if old.mode is own else old.mode,
        )

    def _discarded(self, found: Batch, author: str, note: str = "") -> Batch:
        if found.state is BatchState.COMMITTED or published_anywhere(self.runner.tables, found):
            hint = "Run it again to finish it." if found.state is not BatchState.COMMITTED else "Undo it instead."
            raise HeldError(f"Batch {found.id} is published, at least in part.", hint=hint)
        self.runner.audit.record(author, "batch.discarded", found.id, **_because(note))
        self.runner.batches.clear_parts(found.id)
        ended = self.runner.clock()
        return self.runner.batches.update(found.id, state=BatchState.UNDONE, problem=None, finished_at=ended)


def _because(note: str) -> dict[str, str]:
    """A reason as a detail of the audit trail, where one was given."""
    return {"note": note.strip()} if note.strip() else {}


def _nothing_to_redo(found: Batch) -> HeldError:
    if found.state is BatchState.UNDONE:
        return HeldError(f"Batch {found.id} was discarded, not undone.", hint="Hand the file in again.")
    return HeldError(f"Batch {found.id} is {found.state.value}, not undone.", hint="Redo only what was undone.")


def _refuse_closed(found: Batch) -> None:
    if found.closed_at is not None:
        raise HistoryExpiredError(found.file_name, found.closed_at)
