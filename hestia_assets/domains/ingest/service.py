"""Import: one file becomes rows of three tables, and every line of it is accounted for."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hestia_assets.core.errors import HeldError, HestiaError, ReadError, TransientError
from hestia_assets.core.ports import (
    Archives,
    AuditLog,
    BatchStore,
    Clock,
    FileStore,
    Format,
    Hold,
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
    IncomingFile,
    Inspection,
    Member,
    Preview,
    Problem,
    Received,
    ReceivedMany,
    Verdict,
)
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Mode, Recipe
from hestia_assets.domains.ingest.arrival import UPLOAD, Arrival, Sender
from hestia_assets.domains.ingest.look import inspect_as, inspect_file, preview_file
from hestia_assets.domains.ingest.parts import PartMaker, Progress, published_anywhere
from hestia_assets.domains.ingest.run import UNBALANCED, BatchRun
from hestia_assets.domains.ingest.verdict import Judge, OnVerdict, ShouldStop, rows_present

log = logging.getLogger(__name__)


WAIT_LEASES = 10
"""A run waits this many lease lives for another run of its dataset; a killed one frees it after one."""


def _silent(_: Batch) -> None:
    """Nobody watches."""


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
        """The files inside an archive that can be read; empty where ``source`` is none. Raises ArchiveError."""
        return [each for each in self.archives.members(source, file_name=file_name) if isinstance(each, Member)]

    def member(self, source: BinaryIO, name: str, *, file_name: str) -> AbstractContextManager[BinaryIO]:
        """One file of an archive, to look at. Raises ArchiveError, NotFoundError."""
        return self.archives.member(source, name, file_name=file_name)

    def receive_incoming(self, file: IncomingFile, *, tenant: str, author: str) -> ReceivedMany:
        """Take a file out of a drop folder. Raises like ``receive_all``; the file stays when it fails."""
        spec = self.specs.get("dataset", tenant, file.dataset).spec
        assert isinstance(spec, DatasetSpec), "kept under this kind"
        with Path(file.path).open("rb") as source:
            received = self.receive_all(spec, source, file_name=file.path, author=author, origin="drop folder")
        self.incoming.remove(file)
        return received

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
        reader, present = self.formats.get(dataset.recipe.format), rows_present(self.tables, dataset)
        judge = Judge(reader, self.validator, dataset, present)
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
        asked = self.batches.get(batch)
        with self._alone(asked, wait_seconds=WAIT_LEASES * self.lease_seconds) as hold:
            for other in self._cut_off(asked):
                self._run(other, run_id, hold, _silent)
            found = self.batches.get(batch)
            if found.state is BatchState.COMMITTED:
                return found
            if found.state in (BatchState.HELD, BatchState.UNDONE):
                raise _not_runnable(found)
            return self._run(found, run_id, hold, on_progress or _silent)

    def release(self, batch: str, *, author: str) -> Batch:
        """Let a held batch be published by the next run. Raises HeldError when that is not for a person to decide."""
        found = self.batches.get(batch)
        if found.state is not BatchState.HELD or (found.problem and found.problem.code == UNBALANCED):
            why = found.problem.message if found.problem else f"Batch {batch} is {found.state.value}, not held."
            raise HeldError(why, hint="Release only batches that a check holds.")
        self.audit.record(author, "batch.released", batch)
        return self.batches.update(batch, state=BatchState.RECEIVED, released_by=author, problem=None)

    def discard(self, batch: str, *, author: str) -> Batch:
        """Give up a batch of which nothing was published; its original stays.

        Raises:
            HeldError: a table has it already.
            LeaseHeldError: a run of this dataset is at work.
        """
        with self._alone(self.batches.get(batch), wait_seconds=1):
            found = self.batches.get(batch)
            if found.state is BatchState.COMMITTED or published_anywhere(self.tables, found):
                hint = "Run it again to finish it." if found.state is not BatchState.COMMITTED else "It stays."
                raise HeldError(f"Batch {batch} is published, at least in part.", hint=hint)
            self.audit.record(author, "batch.discarded", batch)
            self.batches.clear_parts(batch)
            return self.batches.update(batch, state=BatchState.UNDONE, problem=None, finished_at=self.clock())

    def _cut_off(self, asked: Batch) -> list[Batch]:
        """Other batches of the dataset that some tables have and others lack, oldest first."""
        ended = (BatchState.COMMITTED, BatchState.HELD, BatchState.UNDONE)
        recent = reversed(self.batches.recent(asked.tenant, asked.dataset))
        others = [other for other in recent if other.id != asked.id and other.state not in ended]
        return [other for other in others if published_anywhere(self.tables, other)]

    def _alone(self, batch: Batch, *, wait_seconds: float) -> AbstractContextManager[Hold]:
        return self.holding(f"dataset:{batch.tenant}/{batch.dataset}", wait_seconds=wait_seconds)

    def _run(self, batch: Batch, run_id: str | None, hold: Hold, on_progress: Progress) -> Batch:
        job = self.jobs.start(
            "import", batch.tenant, batch.dataset, batch=batch.id, run_id=run_id, bytes_total=batch.size_bytes
        )
        try:
            maker = self._maker(batch, run_id)
            reader = self.formats.get(maker.spec.recipe.format)
            run = BatchRun(maker, reader, self.batches, self.jobs, job, hold, on_progress)
            with self.files.open(batch.tenant, batch.sha256) as source:
                done = run.go(source)
        except TransientError as error:  # may succeed when tried again, so it stays pending
            problem = Problem(error.code, error.message, error.hint)
            self.batches.update(batch.id, state=BatchState.RECEIVED, problem=problem)
            self.jobs.finish(job.id, problem=problem)
            raise
        except HestiaError as error:
            self._fail(batch, job.id, Problem(error.code, error.message, error.hint))
            raise
        except Exception as error:  # the edge of a batch: a bug must not leave it running for ever
            hint = "Report this with the log of the run; the batch can be run again."
            self._fail(batch, job.id, Problem("bug", f"Hestia failed: {type(error).__name__}.", hint))
            raise
        self.jobs.finish(job.id, problem=done.problem)
        self.audit.record(batch.author, f"batch.{done.state.value}", batch.id, rows=done.rows_loaded)
        return done

    def _maker(self, batch: Batch, run_id: str | None) -> PartMaker:
        """Under the newest spec, unless a table has the batch already: then under the one it was planned with.

        Parts read under an older spec are forgotten, and so is a release: it was given for other checks.
        """
        started = published_anywhere(self.tables, batch)
        version = batch.spec_version if started else None
        saved = self.specs.get("dataset", batch.tenant, batch.dataset, version=version)
        assert isinstance(saved.spec, DatasetSpec), "kept under this kind"
        if not saved.spec.recipe.columns:
            raise ReadError(
                f"Dataset {saved.spec.key} has no columns yet.", hint="Open the Import page with a file and save it."
            )
        released_by = batch.released_by
        if saved.version != batch.spec_version:
            self.batches.clear_parts(batch.id)
            released_by = None
        fresh = self.batches.update(
            batch.id,
            state=BatchState.READING,
            spec_version=saved.version,
            released_by=released_by,
            run_id=run_id,
            problem=None,
        )
        return PartMaker(self.tables, self.validator, self.clock, fresh, saved.spec)

    def _fail(self, batch: Batch, job: int, problem: Problem) -> None:
        self.batches.update(batch.id, state=BatchState.FAILED, problem=problem, finished_at=self.clock())
        self.jobs.finish(job, problem=problem)


def _not_runnable(batch: Batch) -> HeldError:
    if batch.state is BatchState.HELD and batch.problem is not None:
        return HeldError(batch.problem.message, hint=batch.problem.hint)
    return HeldError(f"Batch {batch.id} was discarded.", hint="Hand the file in again to start anew.")
