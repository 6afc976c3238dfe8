"""Many small batches of one dataset: each is read, judged and planned by itself, all are published together.

One commit of a table costs more than reading twenty rows, and more the longer its log is. So the files of up to
``MOST_BATCHES`` batches join a table in one commit, each under its own transaction id. Cut off between two tables,
every batch of the group is one that some tables have and others lack, with its plan stored: ``Runner.settle`` ends it.

Only batches that know nothing of each other are published together: rows that join (append), and no check that compares
them with the rows of the table.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.ports import Hold
from hestia_assets.core.results import Batch, Job
from hestia_assets.core.specs import Mode
from hestia_assets.domains.ingest.loading.parts import PUBLISHED, Progress
from hestia_assets.domains.ingest.loading.publish import table_schema
from hestia_assets.domains.ingest.loading.run import BatchRun, Planned
from hestia_assets.domains.ingest.loading.sets import final_files
from hestia_assets.domains.ingest.matching.watching import Glimpse
from hestia_assets.domains.ingest.runner import Runner, is_over, silent

log = logging.getLogger(__name__)

MOST_BATCHES = 50
MOST_BYTES = 32_000_000
"""Whoever wants to undo or discard something waits for no more than this."""

Outcome = Batch | HestiaError


@dataclass(frozen=True)
class Ready:
    """A batch that may be published."""

    run: BatchRun
    job: Job
    planned: Planned
    seen: Glimpse | None

    @property
    def batch(self) -> Batch:
        """The batch as it was when its run began."""
        return self.run.maker.batch


@dataclass(frozen=True)
class ManyRun:
    """Runs batches that wait, in their order."""

    runner: Runner
    run_id: str | None = None
    on_progress: Progress = silent
    outcomes: dict[str, Outcome] = field(default_factory=dict[str, Outcome])

    def go(self, batches: Sequence[str]) -> list[Outcome]:
        """What became of each batch: as it is afterwards, or why it failed."""
        for group in _groups(self._found(batches)):
            if len(group) == 1:
                self._alone(group[0])
            else:
                self._together(group)
        return [self.outcomes[batch] for batch in batches]

    def _found(self, batches: Sequence[str]) -> Iterator[Batch]:
        for batch in dict.fromkeys(batches):
            try:
                yield self.runner.batches.get(batch)
            except HestiaError as error:
                self.outcomes[batch] = error

    def _alone(self, batch: Batch) -> None:
        try:
            done = self.runner.run(batch.id, run_id=self.run_id, on_progress=self.on_progress)
        except HestiaError as error:
            self.outcomes[batch.id] = error
        else:
            self.outcomes[batch.id] = done

    def _together(self, group: Sequence[Batch]) -> None:
        first, ready = group[0], list[Ready]()
        try:
            with self.runner.alone(first.tenant, first.dataset) as hold:
                self.runner.settle(first.tenant, first.dataset, hold, run_id=self.run_id)
                try:
                    for batch in group:
                        self._take(batch.id, hold, ready)
                except Exception:  # a bug in one file is told at once, and is no reason to leave the others
                    self._publish(ready, hold)
                    raise
                self._publish(ready, hold)
        except HestiaError:  # of the lease, or of a batch that was cut off: each batch meets it, and says so
            for batch in group:
                if batch.id not in self.outcomes:
                    self._alone(batch)

    def _take(self, batch_id: str, hold: Hold, ready: list[Ready]) -> None:
        """Bring one batch to where it may be published, or to its end."""
        try:
            batch = self.runner.batches.get(batch_id)
            done = batch if is_over(batch) else self._worked(batch, hold, ready)
        except HestiaError as error:
            self.outcomes[batch_id] = error
        else:
            if done is not None:
                self.outcomes[batch_id] = done

    def _worked(self, batch: Batch, hold: Hold, ready: list[Ready]) -> Batch | None:
        """The batch at its end; nothing when it became ready to be published with others."""
        runner = self.runner
        with runner.begun(batch, self.run_id) as (job, maker), runner.original(batch) as source:
            if ready and ready[0].batch.spec_version != maker.batch.spec_version:
                self._publish(ready, hold)  # under its own types, before the tables may get others
            run = runner.batch_run(maker, source, job, hold, self.on_progress)
            if isinstance(run, BatchRun) and _is_free(run):
                planned = runner.prepare(run, source)
                if not isinstance(planned, Batch):
                    ready.append(Ready(run, job, *planned))
                    return None
                done = planned
            else:
                self._publish(ready, hold)  # what it is compared with
                done = runner.go(run, source)
        with runner.batches.together():
            runner.end(done, job)
        return done

    def _publish(self, ready: list[Ready], hold: Hold) -> None:
        """Publish what is ready; where that fails, each by itself, so that one bad batch fails alone."""
        group = ready.copy()
        ready.clear()
        try:
            if group:
                self._publish_group(group, hold)
        except Exception:  # whatever it is, it is told with the batch that meets it again
            log.warning("%d batches could not be published at once, so each is by itself", len(group), exc_info=True)
            self.runner.arriving.forget()
            for each in group:
                self._publish_alone(each)

    def _publish_group(self, group: Sequence[Ready], hold: Hold) -> None:
        started, maker = time.monotonic(), group[0].run.maker
        for layer in PUBLISHED:
            files = {each.batch.id: final_files(each.planned.parts, each.planned.plan, layer) for each in group}
            hold.verify()
            maker.tables.commit_all(maker.ref(layer), files, schema=table_schema(maker, layer))
        hold.verify()  # who lost the dataset must not number its batches
        self.runner.arriving.recall(group[0].run)
        each_took = (time.monotonic() - started) / len(group)
        with self.runner.batches.together():
            for each in group:
                self.runner.arriving.note(each.run, each.seen, each.planned)
            done = [each.run.commit(each.planned, seconds=each_took) for each in group]
            for each, batch in zip(group, done, strict=True):
                self.runner.end(batch, each.job)
        for batch in done:
            self.outcomes[batch.id] = batch
            self.on_progress(batch)

    def _publish_alone(self, ready: Ready) -> None:
        try:
            with self.runner.told(ready.batch, ready.job):
                self.runner.arriving.note(ready.run, ready.seen, ready.planned)
                done = ready.run.publish(ready.planned)
        except HestiaError as error:
            self.outcomes[ready.batch.id] = error
            return
        with self.runner.batches.together():
            self.runner.end(done, ready.job)
        self.outcomes[done.id] = done


def _is_free(run: BatchRun) -> bool:
    """Whether nothing that this batch does depends on the rows of the table."""
    maker = run.maker
    return maker.mode is Mode.APPEND and not maker.compares_rows() and not maker.is_published()


def _groups(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """Batches that follow each other, of one dataset, not too many and not too large."""
    group: list[Batch] = []
    for batch in batches:
        same = bool(group) and (group[0].tenant, group[0].dataset) == (batch.tenant, batch.dataset)
        size = sum(each.size_bytes for each in group) + batch.size_bytes
        if group and (not same or len(group) >= MOST_BATCHES or size > MOST_BYTES):
            yield group
            group = []
        group.append(batch)
    if group:
        yield group
