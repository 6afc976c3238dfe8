"""Import: one file becomes rows of three tables, and every line of it is accounted for."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError, HeldError, HestiaError, ReadError, TransientError
from hestia_assets.core.ports import (
    AuditLog,
    BatchStore,
    Clock,
    FileStore,
    Format,
    Incoming,
    JobStore,
    LeaseStore,
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
    Preview,
    Problem,
    Received,
)
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Recipe
from hestia_assets.domains.ingest.holding import holding
from hestia_assets.domains.ingest.look import inspect_as, inspect_file, preview_file
from hestia_assets.domains.ingest.parts import PartMaker, Progress
from hestia_assets.domains.ingest.run import BatchRun

log = logging.getLogger(__name__)


def _silent(_: Batch) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class IngestService:
    """Takes files in, shows what they would become, and makes them tables."""

    files: FileStore
    incoming: Incoming
    tables: TableStore
    specs: SpecStore
    batches: BatchStore
    jobs: JobStore
    leases: LeaseStore
    audit: AuditLog
    formats: Registry[Format]
    validator: Validator
    clock: Clock
    new_id: Callable[[str], str]
    owner: str
    lease_seconds: float

    def receive(self, dataset: DatasetSpec, source: BinaryIO, *, file_name: str, author: str) -> Received:
        """Store a file's bytes and open a batch for them; the very same bytes give the batch that exists.

        Raises:
            EmptyFileError: there are no bytes.
            NotFoundError: the dataset has not been saved.
        """
        spec = self.specs.get("dataset", dataset.tenant, dataset.name)
        stored = self.files.put(dataset.tenant, source)
        if not stored.size_bytes:
            raise EmptyFileError(file_name)
        now = self.clock()
        wanted = Batch(
            id=self.new_id(dataset.name),
            tenant=dataset.tenant,
            dataset=dataset.name,
            file_name=Path(file_name).name,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            state=BatchState.RECEIVED,
            spec_version=spec.version,
            author=author,
            created_at=now,
            updated_at=now,
        )
        batch = self.batches.create(wanted)
        known = batch.id != wanted.id
        if not known:
            self.audit.record(author, "batch.received", batch.id, file=batch.file_name, dataset=spec.spec.key)
        return Received(batch, known)

    def receive_incoming(self, file: IncomingFile, *, tenant: str, author: str) -> Received:
        """Take a file out of a drop folder. Raises like ``receive``; the file stays when it fails."""
        spec = self.specs.get("dataset", tenant, file.dataset).spec
        assert isinstance(spec, DatasetSpec), "kept under this kind"
        with Path(file.path).open("rb") as source:
            received = self.receive(spec, source, file_name=file.path, author=author)
        self.incoming.remove(file)
        return received

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

    def pending(self, tenant: str, dataset: str) -> list[Batch]:
        """Batches that wait for a run or were cut off in one, oldest first."""
        return self.batches.pending(tenant, dataset)

    def original(self, batch: Batch) -> Path:
        """Where the bytes of a batch are kept. Raises NotFoundError."""
        return self.files.path(batch.tenant, batch.sha256)

    def run(self, batch: str, *, run_id: str | None = None, on_progress: Progress | None = None) -> Batch:
        """Bring a batch to its end: committed, or held. A committed one stays as it is.

        Raises:
            HeldError: it waits for a person, or was discarded.
            LeaseHeldError: another run is at work on it.
            HestiaError: it cannot be read; the batch is failed and keeps the reason.
        """
        owner = f"{self.owner}:{run_id or 'direct'}"
        with holding(self.leases, f"batch:{batch}", owner=owner, ttl_seconds=self.lease_seconds):
            found = self.batches.get(batch)
            if found.state is BatchState.COMMITTED:
                return found
            if found.state in (BatchState.HELD, BatchState.UNDONE):
                raise _not_runnable(found)
            return self._run(found, run_id, on_progress or _silent)

    def release(self, batch: str, *, author: str) -> Batch:
        """Let a held batch be published by the next run. Raises HeldError when it is not held."""
        self._held(batch)
        self.audit.record(author, "batch.released", batch)
        return self.batches.update(batch, state=BatchState.RECEIVED, released_by=author, problem=None)

    def discard(self, batch: str, *, author: str) -> Batch:
        """Give up a batch that was not published; its original stays. Raises HeldError when it is published."""
        found = self.batches.get(batch)
        if found.state is BatchState.COMMITTED:
            raise HeldError(f"Batch {batch} is published.", hint="Discard only batches that are not.")
        self.audit.record(author, "batch.discarded", batch)
        self.batches.clear_parts(batch)
        return self.batches.update(batch, state=BatchState.UNDONE, finished_at=self.clock())

    def _held(self, batch: str) -> Batch:
        found = self.batches.get(batch)
        if found.state is not BatchState.HELD:
            raise HeldError(f"Batch {batch} is {found.state.value}, not held.", hint="Look at its state first.")
        return found

    def _run(self, batch: Batch, run_id: str | None, on_progress: Progress) -> Batch:
        job = self.jobs.start(
            "import", batch.tenant, batch.dataset, batch=batch.id, run_id=run_id, bytes_total=batch.size_bytes
        )
        try:
            maker = self._maker(batch, run_id)
            reader = self.formats.get(maker.spec.recipe.format)
            run = BatchRun(maker, reader, self.batches, self.jobs, job, on_progress)
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
        """Under the newest spec; parts read under an older one are forgotten."""
        saved = self.specs.get("dataset", batch.tenant, batch.dataset)
        assert isinstance(saved.spec, DatasetSpec), "kept under this kind"
        if not saved.spec.recipe.columns:
            raise ReadError(
                f"Dataset {saved.spec.key} has no columns yet.",
                hint="Open the Import page with a file and save it.",
            )
        if saved.version != batch.spec_version:
            self.batches.clear_parts(batch.id)
        fresh = self.batches.update(
            batch.id, state=BatchState.READING, spec_version=saved.version, run_id=run_id, problem=None
        )
        return PartMaker(self.tables, self.validator, self.clock, fresh, saved.spec)

    def _fail(self, batch: Batch, job: int, problem: Problem) -> None:
        self.batches.update(batch.id, state=BatchState.FAILED, problem=problem, finished_at=self.clock())
        self.jobs.finish(job, problem=problem)


def _not_runnable(batch: Batch) -> HeldError:
    if batch.state is BatchState.HELD and batch.problem is not None:
        return HeldError(batch.problem.message, hint=batch.problem.hint)
    return HeldError(f"Batch {batch.id} was discarded.", hint="Hand the file in again to start anew.")
