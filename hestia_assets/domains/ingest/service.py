"""Import: one file becomes rows of three tables, and every line of it is accounted for."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.ports import (
    Announcer,
    Archives,
    AuditLog,
    BatchStore,
    Clock,
    FileStore,
    Format,
    Holding,
    Incoming,
    JobStore,
    SpecStore,
    TableStore,
    Validator,
)
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import (
    Batch,
    BatchState,
    Changes,
    ColumnMatch,
    Drift,
    EditPreview,
    Expired,
    FoundColumn,
    IncomingFile,
    Inspection,
    MappingSuggestion,
    Member,
    Preview,
    Received,
    ReceivedMany,
    Retype,
    RowEdit,
    UndoResult,
    Verdict,
)
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Mode, Recipe
from hestia_assets.domains.ingest.arrival import UPLOAD, Arrival, Sender
from hestia_assets.domains.ingest.corrections import Corrections
from hestia_assets.domains.ingest.inspection.arriving import Arriving
from hestia_assets.domains.ingest.inspection.known import KnownSource
from hestia_assets.domains.ingest.inspection.look import inspect_as, inspect_file, preview_file
from hestia_assets.domains.ingest.inspection.verdict import OnVerdict, ShouldStop, rows_present
from hestia_assets.domains.ingest.loading.modes import changes_of
from hestia_assets.domains.ingest.loading.parts import Progress
from hestia_assets.domains.ingest.many import ManyRun
from hestia_assets.domains.ingest.matching import mapping
from hestia_assets.domains.ingest.matching.drift import decided
from hestia_assets.domains.ingest.runner import Runner, silent

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class IngestService:
    """Takes files in, shows what they would become, and makes them tables."""

    files: FileStore
    archives: Archives
    incoming: Incoming
    tables: TableStore
    specs: SpecStore
    batches: BatchStore
    jobs: JobStore
    holding: Holding
    audit: AuditLog
    formats: Registry[Format]
    validator: Validator
    clock: Clock
    new_id: Callable[[str], str]
    lease_seconds: float
    announce: Announcer

    def receive(
        self,
        dataset: DatasetSpec,
        source: BinaryIO,
        *,
        file_name: str,
        author: str,
        origin: str = UPLOAD,
        mode: Mode | None = None,
    ) -> Received:
        """Store a file's bytes and open a batch for them; the very same bytes give the batch that exists.

        Raises:
            EmptyFileError: there are no bytes.
            TooLargeError: there are more bytes than are allowed.
            ArchiveError: it is an archive of several files, or cannot be unpacked.
            NotFoundError: the dataset has not been saved.
        """
        return self._arrival.take(dataset, source, file_name=file_name, sender=Sender(author, origin, mode))

    def receive_all(
        self,
        dataset: DatasetSpec,
        source: BinaryIO,
        *,
        file_name: str,
        author: str,
        origin: str = UPLOAD,
        mode: Mode | None = None,
    ) -> ReceivedMany:
        """Like ``receive``, with one batch per file of an archive; a file of it that cannot be read is named."""
        return self._arrival.take_all(dataset, source, file_name=file_name, sender=Sender(author, origin, mode))

    def members(self, source: BinaryIO, *, file_name: str) -> list[Member]:
        """The files inside an archive; none where ``source`` is no archive. Raises ReadError."""
        return self._arrival.members(source, file_name=file_name)

    def member(self, source: BinaryIO, name: str, *, file_name: str) -> AbstractContextManager[BinaryIO]:
        """One file of an archive, to look at. Raises ArchiveError, NotFoundError."""
        return self.archives.member(source, name, file_name=file_name)

    def receive_incoming(self, file: IncomingFile, *, tenant: str, author: str) -> ReceivedMany:
        """Take a file out of a drop folder. Raises like ``receive_all``; the file stays when it fails."""
        return self._arrival.take_incoming(file, self.incoming, tenant=tenant, author=author)

    @property
    def _arrival(self) -> Arrival:
        return Arrival(self.files, self.archives, self.specs, self.batches, self.audit, self.clock, self.new_id)

    def waiting(self, tenant: str, dataset: str | None = None) -> list[IncomingFile]:
        """Files in the drop folders, oldest first."""
        return self.incoming.files(tenant, dataset)

    def drop_folder(self, tenant: str, dataset: str) -> Path:
        """The folder that is watched for a dataset."""
        return self.incoming.folder(tenant, dataset)

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """A recipe with types, and a reason for every decision. Raises ReadError."""
        return inspect_file(self.formats, self.validator, source, file_name=file_name)

    def inspect_as(self, source: BinaryIO, recipe: Recipe) -> Inspection:
        """Columns and types anew, under choices that a person made; reasons for the types. Raises ReadError."""
        return inspect_as(self.formats, self.validator, source, recipe)

    def preview(
        self, source: BinaryIO, recipe: Recipe, *, checks: Sequence[CheckSpec] = (), limit: int = 200
    ) -> Preview:
        """What the file's first stretch would become. Raises ReadError, SpecError."""
        return preview_file(self.formats, self.validator, source, recipe, checks=checks, limit=limit)

    def verdict(
        self,
        source: BinaryIO,
        dataset: DatasetSpec,
        *,
        on_progress: OnVerdict | None = None,
        should_stop: ShouldStop | None = None,
    ) -> Verdict:
        """What the whole file would become; told after each stretch, and stopped between two. Raises ReadError."""
        judge = self._known.judge(source, dataset, at=self.clock())
        return judge.verdict(source, on_progress=on_progress, should_stop=should_stop)

    def pending(self, tenant: str, dataset: str) -> list[Batch]:
        """Batches that wait for a run or were cut off in one, oldest first."""
        return self.batches.pending(tenant, dataset)

    def original(self, batch: Batch) -> Path:
        """Where the bytes of a batch are kept. Raises NotFoundError."""
        return self.files.path(batch.tenant, batch.sha256)

    def run(self, batch: str, *, run_id: str | None = None, on_progress: Progress | None = None) -> Batch:
        """Bring a batch to its end: committed, or held. A committed one stays as it is.

        One run per dataset at a time: a second one waits. A batch of the dataset that was cut off between two
        commits is finished first.

        Raises:
            HeldError: it waits for a person, or was discarded.
            LeaseHeldError: another run of this dataset is still at work.
            HestiaError: it cannot be read; the batch is failed and keeps the reason.
        """
        return self.runner.run(batch, run_id=run_id, on_progress=on_progress)

    def run_all(
        self, batches: Sequence[str], *, run_id: str | None = None, on_progress: Progress = silent
    ) -> list[Batch | HestiaError]:
        """``run`` for each: as it is afterwards, or why it failed. Many small ones are published at once."""
        return ManyRun(self.runner, run_id, on_progress).go(batches)

    def release(self, batch: str, *, author: str, note: str = "") -> Batch:
        """Let a held batch be published by the next run; ``note`` says why. Raises HeldError: it is not held."""
        return self._corrections.release(batch, author=author, note=note)

    def discard(self, batch: str, *, author: str, note: str = "") -> Batch:
        """Give up a batch of which nothing was published; its original stays, and ``note`` on the audit trail.

        Raises:
            HeldError: a table has it already.
            LeaseHeldError: a run of this dataset is at work.
        """
        return self._corrections.discard(batch, author=author, note=note)

    def undo(self, batch: str, *, author: str, keep_fixes: bool = False) -> UndoResult:
        """Take a batch out of the validated table; rows that later batches or edits replaced stay and are named.

        Rows of a file that were set aside and fixed since leave with it and come back by redo; not with ``keep_fixes``.
        A batch that was not published yet is discarded. Undoing again what another process began goes on with it.

        Raises:
            HeldError: it is undone already, or cut off in the middle: run it first; or fixed rows that are kept would
                stand beside rows that the file had replaced.
            LeaseHeldError: a run of this dataset is still at work.
        """
        return self._corrections.undo(batch, author=author, keep_fixes=keep_fixes)

    def redo(self, batch: str, *, author: str) -> UndoResult:
        """Bring an undone batch back to its place in the order. Raises as ``undo``, and if its rows came again."""
        return self._corrections.redo(batch, author=author)

    def undo_preview(self, batch: str, *, keep_fixes: bool = False) -> UndoResult:
        """What ``undo`` would do now; nothing is changed."""
        return self._corrections.undo_preview(batch, keep_fixes=keep_fixes)

    def expire(self, tenant: str, dataset: str, *, before: datetime) -> Expired:
        """Give up undo and redo of batches that nobody touched since ``before``, and the versions only those need."""
        return self._corrections.expire(tenant, dataset, before=before)

    def reimport(self, batch: str, *, author: str) -> Batch:
        """Undo a batch and read its original again under the present spec, as a new batch. Raises like ``run``."""
        return self._corrections.reimport(batch, author=author)

    def edit(self, dataset: DatasetSpec, edits: Sequence[RowEdit], *, author: str) -> Batch:
        """Give validated rows new values; a committed batch of its own. Raises EditError; then nothing was changed."""
        return self._corrections.edit(dataset, edits, author=author)

    def edit_preview(self, dataset: DatasetSpec, edits: Sequence[RowEdit]) -> EditPreview:
        """What ``edit`` would do now, with every value it refuses. Raises EditError, RetypeError if it can do none."""
        return self._corrections.edit_preview(dataset, edits)

    def changes(self, dataset: DatasetSpec, rows: "pl.LazyFrame", *, mode: Mode | None = None) -> Changes:
        """What typed rows of a file would do to the validated table now; nothing is kept.

        ``rows`` have the dataset's columns, and ``_row`` and ``_line`` where they are known.
        """
        return changes_of(dataset, rows, rows_present(self.tables, self.validator, dataset), mode or dataset.mode)

    def suggest_mapping(self, found: Sequence[FoundColumn], dataset: DatasetSpec) -> MappingSuggestion:
        """A column of the dataset for each column of a file, with the reason."""
        return self._known.suggest_mapping(found, dataset)

    def map_columns(
        self,
        recipe: Recipe,
        matches: Sequence[ColumnMatch],
        ignored: Sequence[str] = (),
        *,
        reading: Recipe | None = None,
    ) -> Recipe:
        """The dataset's recipe for a file whose columns were matched. Raises SpecError."""
        return mapping.apply(recipe, matches, ignored, reading=reading)

    def drift(self, source: BinaryIO, dataset: DatasetSpec, *, file_name: str, row_count: int | None = None) -> Drift:
        """How a file differs from its dataset and from the last batches. Raises ReadError."""
        return self._known.drift(source, dataset, file_name=file_name, row_count=row_count)

    def decide(self, recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
        """The recipe after a choice about drift. Raises SpecError."""
        return decided(recipe, changes)

    def retypes(self, dataset: DatasetSpec) -> Retype | None:
        """Columns of the validated table that the next run reads again under other types; None where there are none."""
        return self.runner.retyping.wanted(dataset)

    def undone(self, tenant: str, dataset: str) -> frozenset[str]:
        """Batches whose rows count no more: what quarantine holds of them waits for nobody."""
        return frozenset(one.id for one in self.batches.sequenced(tenant, dataset) if one.state is BatchState.UNDONE)

    @property
    def _known(self) -> KnownSource:
        return KnownSource(self.formats, self.validator, self.tables, self.batches, self.specs)

    @property
    def runner(self) -> Runner:
        """What runs batches, for services beside this one."""
        return Runner(
            self.files, self.tables, self.specs, self.batches, self.jobs, self.holding,
            self.audit, self.formats, self.validator, self.clock, self.lease_seconds,
            Arriving(self._known, self.batches), self.announce,
        )  # fmt: skip

    @property
    def _corrections(self) -> Corrections:
        return Corrections(self.runner, self.new_id)
