"""Whoever changes a dataset's tables is alone with it, and first ends what was cut off there."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from hestia_assets.core.errors import HeldError, HestiaError, ReadError, TransientError
from hestia_assets.core.ports import (
    Announcer,
    AuditLog,
    BatchStore,
    Clock,
    FileStore,
    Format,
    Hold,
    Holding,
    JobStore,
    OnWait,
    SpecStore,
    TableStore,
    Validator,
)
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import EDIT, RESUBMIT, Batch, BatchState, DriftFinding, Job, Problem
from hestia_assets.core.rules import Occasion
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.entries.again import came_back
from hestia_assets.domains.ingest.entries.book import EntryBook
from hestia_assets.domains.ingest.entries.edited import EditedRows
from hestia_assets.domains.ingest.entries.lines import ResubmissionReader
from hestia_assets.domains.ingest.entries.run import ResubmitRun, guard_for_rows, spec_for_rows
from hestia_assets.domains.ingest.inspection.arriving import Arriving
from hestia_assets.domains.ingest.loading.fitting import fitting, resubmitted
from hestia_assets.domains.ingest.loading.modes import refuse_without_key
from hestia_assets.domains.ingest.loading.parts import PartMaker, Progress, published_anywhere
from hestia_assets.domains.ingest.loading.run import BatchRun, Planned
from hestia_assets.domains.ingest.loading.sets import PLAN
from hestia_assets.domains.ingest.loading.telling import CUT_OFF, failed, unheard
from hestia_assets.domains.ingest.matching.watching import Glimpse, Watch
from hestia_assets.domains.ingest.rewriting.along import Along
from hestia_assets.domains.ingest.rewriting.edits import EditRun
from hestia_assets.domains.ingest.rewriting.retyping import Retyping
from hestia_assets.domains.ingest.rewriting.turning import REDO, UNDO, UNDO_ALL, Turn

WAIT_LEASES = 10
"""A run waits this many lease lives for another run of its dataset; a killed one frees it after one."""

ENDED = (BatchState.COMMITTED, BatchState.HELD, BatchState.UNDONE)


def silent(_: Batch) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Runner:
    """Runs batches of a dataset, one at a time."""

    files: FileStore
    tables: TableStore
    specs: SpecStore
    batches: BatchStore
    jobs: JobStore
    holding: Holding
    audit: AuditLog
    formats: Registry[Format]
    validator: Validator
    clock: Clock
    lease_seconds: float
    arriving: Arriving
    announce: Announcer = unheard

    def alone(
        self, tenant: str, dataset: str, *, wait_seconds: float | None = None, on_wait: OnWait | None = None
    ) -> AbstractContextManager[Hold]:
        """Hold the dataset. Raises LeaseHeldError when another run does not end in time."""
        patience = WAIT_LEASES * self.lease_seconds if wait_seconds is None else wait_seconds
        return self.holding(f"dataset:{tenant}/{dataset}", wait_seconds=patience, on_wait=on_wait)

    def run(self, batch: str, *, run_id: str | None, on_progress: Progress | None) -> Batch:
        """Bring a batch to its end. Raises as ``IngestService.run``."""
        asked = self.batches.get(batch)
        with self.alone(asked.tenant, asked.dataset) as hold:
            self.settle(asked.tenant, asked.dataset, hold, run_id=run_id)
            found = self.batches.get(batch)
            if is_over(found):
                return found
            return self.work(found, hold, run_id=run_id, on_progress=on_progress or silent)

    def settle(self, tenant: str, dataset: str, hold: Hold, *, but: str = "", run_id: str | None = None) -> None:
        """End what was cut off: a change of types, undos, redos, batches that not all tables have, in order.

        ``but``: a batch that stays as it is; only an undo or redo of it is ended here.
        """
        self.retyping.settle(tenant, dataset, hold)
        for batch in self.batches.parted(tenant, dataset, at_least=PLAN):
            turn = self.wished(batch)
            if turn is not None:
                self._finish(turn, hold)
            elif batch.state in (BatchState.COMMITTED, BatchState.UNDONE):  # only the last tidying was missing
                self.batches.clear_parts(batch.id)
            elif batch.id != but and batch.state not in ENDED and published_anywhere(self.tables, batch):
                self.work(batch, hold, run_id=run_id)

    def turn(self, batch: Batch, *, alive: bool, fixes: bool = True, author: str = "hestia") -> Turn:
        """Redo (``alive``) or undo of a batch, with or without what was fixed of it since."""
        along = Along(self.book(batch.tenant, batch.dataset), batch)
        return Turn(self.tables, self.specs, self.batches, self.audit, along, alive, fixes, author, self.clock())

    def wished(self, batch: Batch) -> Turn | None:
        """The undo or redo that was begun and not ended."""
        wanted = {part.number: part.wish for part in self.batches.parts(batch.id)}
        wanted = {number: wish for number, wish in wanted.items() if number in (UNDO, UNDO_ALL, REDO)}
        authors = [wish.author for wish in wanted.values() if wish] or ["hestia"]  # older versions kept none
        return self.turn(batch, alive=REDO in wanted, fixes=UNDO not in wanted, author=authors[0]) if wanted else None

    def work(self, batch: Batch, hold: Hold, *, run_id: str | None = None, on_progress: Progress = silent) -> Batch:
        """Read, judge, plan and publish one batch; the caller holds the dataset."""
        with self.begun(batch, run_id) as (job, maker), self.original(batch) as source:
            run = self.batch_run(maker, source, job, hold, on_progress)
            done = self.go(run, source)
        with self.batches.together():
            self.end(done, job)
        return done

    def go(self, run: BatchRun | EditRun | ResubmitRun, source: BinaryIO) -> Batch:
        """Bring a batch to its end; of a file it is noted how it differs from those before."""
        if isinstance(run, EditRun | ResubmitRun):
            return run.go(source)
        planned = self.prepare(run, source)
        if isinstance(planned, Batch):
            return planned
        self.arriving.note(run, planned[1], planned[0])
        return run.publish(planned[0])

    def prepare(self, run: BatchRun, source: BinaryIO) -> tuple[Planned, Glimpse | None] | Batch:
        """Read, judge and plan a file, and what was seen of it; the batch itself where it is held."""
        planned = run.prepare(source)
        seen = self.arriving.glimpse(run, source)
        if isinstance(planned, Planned):
            return planned, seen
        self.arriving.note(run, seen)
        return self.batches.get(planned.id)

    def original(self, batch: Batch) -> BinaryIO:
        """The bytes of a batch."""
        return self.files.open(batch.tenant, batch.sha256)

    @contextmanager
    def begun(self, batch: Batch, run_id: str | None) -> Generator[tuple[Job, PartMaker]]:
        """The job of a batch and what makes its parts; what fails in the block is kept with both."""
        job = self.jobs.start(
            "import", batch.tenant, batch.dataset, batch=batch.id, run_id=run_id, bytes_total=batch.size_bytes
        )
        with self.told(batch, job):
            yield job, self._maker(batch, run_id)

    @contextmanager
    def told(self, batch: Batch, job: Job) -> Generator[None]:
        """Keep with the batch and its job what fails in the block."""
        try:
            yield
        except TransientError as error:  # may succeed when tried again, so it stays pending
            problem = Problem(error.code, error.message, error.hint)
            self.batches.update(batch.id, state=BatchState.RECEIVED, problem=problem)
            self.jobs.finish(job.id, problem=problem)
            raise
        except ReadError as error:
            problem = Problem(error.code, error.message, error.hint)
            self._fail(batch, job.id, problem, drift=self.arriving.refused(batch, self.original))
            raise
        except HestiaError as error:
            self._fail(batch, job.id, Problem(error.code, error.message, error.hint))
            raise
        except Exception as error:  # the edge of a batch: a bug must not leave it running for ever
            hint = "Report this with the log of the run; the batch can be run again."
            self._fail(batch, job.id, Problem("bug", f"Hestia failed: {type(error).__name__}.", hint))
            raise

    def end(self, done: Batch, job: Job) -> None:
        """Close the job of a batch that came to its end."""
        self.jobs.finish(job.id, problem=done.problem)
        self.audit.record(done.author, f"batch.{done.state.value}", done.id, rows=done.rows_loaded)

    def cut_off(self, batch: Batch, problem: Problem) -> None:
        """Keep why the run of a batch ended without a word of its own, and tell of it, once per batch."""
        with self.batches.together():
            left = self.batches.update(batch.id, problem=problem)
            self.announce(failed(left, problem, at=self.clock(), key=CUT_OFF))

    def batch_run(
        self, maker: PartMaker, source: BinaryIO, job: Job, hold: Hold, on_progress: Progress
    ) -> "BatchRun | EditRun | ResubmitRun":
        """What reads this batch and publishes it."""
        self.retype(maker.spec, hold, version=maker.batch.spec_version, author=maker.batch.author)
        if maker.batch.origin == EDIT:
            return EditRun(maker, self.batches, hold)
        if maker.batch.origin == RESUBMIT:
            own = replace(maker, spec=spec_for_rows(maker.spec, maker.validator))
            reading = own.reading(resubmitted(maker.spec, source))
            reader = ResubmissionReader()
            book = self.book(maker.batch.tenant, maker.batch.dataset)
            run = BatchRun(
                reading, reader, self.batches, self.jobs, job, hold, on_progress, self.announce,
                guard=guard_for_rows(book, reading.spec),
            )  # fmt: skip
            return ResubmitRun(run, book)
        recipe = fitting(self.formats, maker.spec, source)
        if recipe.encoding not in {each.encoding for each in (maker.spec.recipe, *maker.spec.other_recipes)}:
            self.audit.record(maker.batch.author, "batch.read_as", maker.batch.id, encoding=recipe.encoding)
        reading = replace(maker.reading(recipe), validator=Watch(maker.validator))
        reader = self.formats.get(reading.spec.recipe.format)
        done = (self.batches, self.jobs, job, hold, on_progress, self.announce)
        book = self.book(maker.batch.tenant, maker.batch.dataset)
        edited = EditedRows(book, reading.spec.model_copy(update={"mode": reading.mode}))
        return BatchRun(
            reading, reader, *done, drift=self.arriving.drift, again=partial(came_back, book),
            guard=lambda rows, _: edited.of_file(rows, maker.batch.sha256),
        )  # fmt: skip

    def book(self, tenant: str, dataset: str) -> EntryBook:
        """The rows in quarantine as they are now."""
        return EntryBook(self.tables, self.batches, tenant, dataset)

    @property
    def retyping(self) -> Retyping:
        """What brings the tables to the types of a spec."""
        return Retyping(self.tables, self.validator, self.specs, self.batches, self.files, self.formats, self.clock)

    def retype(self, spec: DatasetSpec, hold: Hold, *, version: int, author: str) -> None:
        """Bring the tables to the types of the spec. Raises RetypeError when rows do not fit."""
        done = self.retyping.bring(spec, hold, version=version)
        if done is not None:
            columns = {one.column: f"{one.have} → {one.want}" for one in done.columns}
            failing = {one.name: one.failed_rows for one in done.failing}
            self.audit.record(author, "dataset.retyped", spec.key, columns=columns, rows=done.rows, failing=failing)

    def _maker(self, batch: Batch, run_id: str | None) -> PartMaker:
        """Under the newest spec, unless a table has the batch already: then under the one it was planned with.

        Parts read under an older spec are forgotten, and so is a release: it was given for other checks.
        """
        started = published_anywhere(self.tables, batch)
        version = batch.spec_version if started else None
        saved = self.specs.get("dataset", batch.tenant, batch.dataset, version=version)
        assert isinstance(saved.spec, DatasetSpec), "kept under this kind"
        _refuse_unready(saved.spec, batch)
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
        validator = self.validator.on(Occasion(fresh.tenant, fresh.created_at))
        return PartMaker(self.tables, validator, self.clock, fresh, saved.spec)

    def _finish(self, turn: Turn, hold: Hold) -> None:
        try:
            turn.finish(hold, resumed=True)
        except HeldError:  # its bytes were imported again meanwhile: it stays undone
            return

    def _fail(self, batch: Batch, job: int, problem: Problem, *, drift: tuple[DriftFinding, ...] = ()) -> None:
        ended = self.clock()
        with self.batches.together():
            done = self.batches.update(
                batch.id, state=BatchState.FAILED, problem=problem, finished_at=ended, drift=drift
            )
            self.jobs.finish(job, problem=problem)
            self.announce(failed(done, problem, at=ended))


def _refuse_unready(spec: DatasetSpec, batch: Batch) -> None:
    if not spec.recipe.columns:
        hint = "Open the Import page with a file and save it."
        raise ReadError(f"Dataset {spec.key} has no columns yet.", hint=hint)
    refuse_without_key(spec, batch.mode or spec.mode)


def is_over(batch: Batch) -> bool:
    """Whether a run has nothing to do for it. Raises HeldError when it may do nothing."""
    if batch.state in (BatchState.HELD, BatchState.UNDONE):
        raise _not_runnable(batch)
    return batch.state is BatchState.COMMITTED


def _not_runnable(batch: Batch) -> HeldError:
    if batch.state is BatchState.HELD and batch.problem is not None:
        return HeldError(batch.problem.message, hint=batch.problem.hint)
    if batch.sequence is not None:
        return HeldError(f"Batch {batch.id} was undone.", hint="Redo it, or hand the file in again.")
    return HeldError(f"Batch {batch.id} was discarded.", hint="Hand the file in again to start anew.")
