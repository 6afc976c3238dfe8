"""One run of one batch: read, judge, plan, publish. Killed at any moment, the next run goes on where it was."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import Announcer, BatchStore, Format, Hold, JobStore
from hestia_assets.core.results import (
    Batch,
    BatchPart,
    BatchState,
    CheckResult,
    DriftFinding,
    Job,
    LineAccount,
    Position,
    Problem,
    TextChunk,
    merge_checks,
)
from hestia_assets.core.sentences import held_by
from hestia_assets.domains.ingest.loading.parts import PUBLISHED, PartMaker, Progress
from hestia_assets.domains.ingest.loading.publish import Publication
from hestia_assets.domains.ingest.loading.sets import PLAN, Guard, Planner, final_files, unguarded
from hestia_assets.domains.ingest.loading.telling import committed, held, unheard
from hestia_assets.domains.ingest.loading.whole import WholeBatch

UNBALANCED = "batch.unbalanced"

AHEAD = 3
"""Chunks that wait, are judged or staged while the next one is read; memory grows with it."""

WORKERS = 2
"""Chunks that are judged and staged at once; the third waits, so that none of the two has to wait for the reader."""


@dataclass(frozen=True)
class Planned:
    """A batch that was read, judged and planned, and may be published."""

    parts: list[BatchPart]
    plan: BatchPart
    account: LineAccount
    checks: tuple[CheckResult, ...]
    seconds: float


@dataclass(frozen=True)
class BatchRun:
    """Everything one run needs.

    ``guard``: which rows must not take the place of those of their keys. ``again``: why a person must see rows of a
    file that was here before.
    """

    maker: PartMaker
    reader: Format
    batches: BatchStore
    jobs: JobStore
    job: Job
    hold: Hold
    on_progress: Progress
    announce: Announcer = unheard
    drift: Callable[["BatchRun", BinaryIO, int], tuple[DriftFinding, ...]] = lambda _, __, ___: ()
    guard: Guard = unguarded
    again: Callable[["BatchRun", Sequence[BatchPart], BatchPart], Problem | None] = lambda _, __, ___: None

    def go(self, source: BinaryIO) -> Batch:
        """Bring the batch to committed or held. Raises HestiaError."""
        planned = self.prepare(source)
        return planned if isinstance(planned, Batch) else self.publish(planned)

    def publish(self, planned: Planned) -> Batch:
        """Bring a planned batch to committed. Raises HestiaError."""
        started = time.monotonic()
        Publication(self.maker, self.hold).publish(planned.parts, planned.plan)
        self.hold.verify()  # who lost the dataset must not number its batches
        with self.batches.together():
            batch = self.commit(planned, seconds=time.monotonic() - started)
        self.on_progress(batch)
        return batch

    def prepare(self, source: BinaryIO) -> Planned | Batch:
        """Read, judge and plan; the batch itself where it is held. Raises HestiaError."""
        started = time.monotonic()
        for layer in PUBLISHED:
            self.maker.tables.refuse_conflict(self.maker.ref(layer), self.maker.schema(layer))
        decided = self._plan_of(self.batches.parts(self._id))
        parts, plan = self._planned(source)
        account = sum((part.account for part in [*parts, plan]), LineAccount())
        checks = merge_checks(check for part in [*parts, plan] for check in part.checks)
        reason = _unbalanced(account, self.reader.unit)
        if reason is None and self.maker.batch.released_by is None:
            reason = self._failed(checks) or plan.problem or self.again(self, parts, plan)
        if reason is None and _deletes_more(plan, decided):
            reason = plan.problem
        if reason is not None:
            return self._held(reason, account, checks, plan)
        return Planned(parts, plan, account, checks, time.monotonic() - started)

    def _held(self, reason: Problem, account: LineAccount, checks: tuple[CheckResult, ...], plan: BatchPart) -> Batch:
        with self.batches.together():
            batch = self.batches.update(
                self._id,
                state=BatchState.HELD,
                problem=reason,
                account=account,
                checks=checks,
                changes=plan.changes,
                released_by=None,
            )
            self.announce(held(batch, self._demand, at=self.maker.clock()))
        return batch

    def _failed(self, checks: tuple[CheckResult, ...]) -> Problem | None:
        failed = [held_by(check, self._demand(check)) for check in checks if check.holds]
        if not failed:
            return None
        return Problem("batch.held", f"Held by its rules: {'; '.join(failed)}.", "Release the batch, or discard it.")

    def _demand(self, check: CheckResult) -> str:
        return self.maker.validator.demand(check, self.maker.spec.checks)

    @property
    def _id(self) -> str:
        return self.maker.batch.id

    def _planned(self, source: BinaryIO) -> tuple[list[BatchPart], BatchPart]:
        """All parts and the plan: those of an earlier run where they still hold, else new ones."""
        known = self.batches.parts(self._id)
        if any(self._lost(part) for part in known):
            self.batches.clear_parts(self._id)
            known = []
        parts = [part for part in known if part.number < PLAN]
        plan = self._plan_of(known)
        whole = WholeBatch(self.maker, self.batches, lambda source, rows: self.drift(self, source, rows))
        planner = Planner(self.maker, self.reader, whole, self.guard)
        if plan is not None and (self.maker.is_published() or planner.is_current(plan)):
            return parts, plan
        if plan is None:
            parts = self._read(parts, source)
        else:
            self.batches.update(self._id, state=BatchState.CHECKING)
        plan = planner.plan(parts, source)
        self.batches.add_part(plan)
        return parts, plan

    def _plan_of(self, parts: list[BatchPart]) -> BatchPart | None:
        return next((part for part in parts if part.number == PLAN), None)

    def _lost(self, part: BatchPart) -> bool:
        """Whether a staged file of the part is gone; never so once a table took them in."""
        files = [(Layer(key.partition("/")[0]), file) for key, file in part.staged.items() if file.rows]
        gone = any(self.maker.tables.missing(self.maker.ref(layer), [file]) for layer, file in files)
        return gone and not self.maker.is_published()

    def _read(self, parts: list[BatchPart], source: BinaryIO) -> list[BatchPart]:
        """Read from where the last part ended; judge and stage in the background, in order."""
        start = parts[-1].end if parts else Position()
        chunks = self.reader.read(source, self.maker.spec.recipe, start=start)
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            last = False
            for part, last in _in_order(pool, self.maker, chunks, first=len(parts)):
                self._keep(part, last=last)
                parts.append(part)
            if not last:  # the parts of an earlier run were all there is
                self.batches.update(self._id, state=BatchState.CHECKING)
        return parts

    def _keep(self, part: BatchPart, *, last: bool) -> None:
        """Remember a part and how far that is; after the last one, the batch is being checked."""
        rows, size = part.end.row - 1, self.maker.batch.size_bytes
        done = min(part.end.offset, size)
        state = BatchState.CHECKING if last else BatchState.READING
        with self.batches.together():
            self.batches.add_part(part)
            batch = self.batches.update(self._id, state=state, rows_done=rows, bytes_done=done)
            self.jobs.progress(self.job.id, rows_done=rows, bytes_done=done)
        self.on_progress(batch)

    def commit(self, planned: Planned, *, seconds: float) -> Batch:
        """Say that the batch is published, which took so long; the caller holds the dataset and one transaction."""
        plan, mine = planned.plan, self.maker.batch
        rows = {layer: sum(file.rows for file in final_files(planned.parts, plan, layer)) for layer in PUBLISHED}
        batch = self.batches.update(
            self._id,
            state=BatchState.COMMITTED,
            account=planned.account,
            checks=planned.checks,
            rows_loaded=rows[Layer.VALIDATED],
            rows_quarantined=rows[Layer.QUARANTINE],
            bytes_done=mine.size_bytes,
            seconds=mine.seconds + planned.seconds + seconds,
            finished_at=self.maker.clock(),
            problem=None,
            mode=self.maker.mode,
            sequence=mine.sequence or self.batches.last_sequence(mine.tenant, mine.dataset) + 1,
            changes=plan.changes,
        )
        self.batches.clear_parts(self._id)
        self.announce(committed(batch, self._demand))
        return batch


def _in_order(
    pool: ThreadPoolExecutor, maker: PartMaker, chunks: Iterator[TextChunk], *, first: int
) -> Iterator[tuple[BatchPart, bool]]:
    """Each part, and whether it is the last."""
    waiting: deque[Future[BatchPart]] = deque()
    for number, chunk in enumerate(chunks, start=first):
        waiting.append(pool.submit(maker.make, number, chunk))
        if len(waiting) >= AHEAD:
            yield waiting.popleft().result(), False
    while waiting:
        yield waiting.popleft().result(), not waiting


def _unbalanced(account: LineAccount, unit: str) -> Problem | None:
    """An account that does not balance is no person's to release."""
    if account.balanced:
        return None
    return Problem(
        UNBALANCED,
        f"{account.total:,} {unit}s were counted, but {account.accounted:,} have a place.",
        "Report this file: Hestia published nothing of it.",
    )


def _deletes_more(plan: BatchPart, decided: BatchPart | None) -> bool:
    """Whether the table grew since a person released the batch, so that more would go than was shown."""
    if plan.problem is None or plan.changes is None:
        return False
    shown = decided.changes if decided else None
    return shown is None or plan.changes.deleted > shown.deleted
