"""One run of a resubmission: rows join the table like those of a file, and the log says what became of each entry."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import polars as pl

from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import Validator
from hestia_assets.core.results import Batch, EntryAction, EntryId, EntryState
from hestia_assets.core.rules import Scope
from hestia_assets.core.specs import DatasetSpec, Mode
from hestia_assets.domains.ingest.entries import newer
from hestia_assets.domains.ingest.entries.book import LOG, EntryBook, id_frame
from hestia_assets.domains.ingest.entries.edited import EditedRows
from hestia_assets.domains.ingest.entries.lines import Attempt, attempts, head_of
from hestia_assets.domains.ingest.loading.publish import Publication
from hestia_assets.domains.ingest.loading.run import BatchRun, Planned
from hestia_assets.domains.ingest.loading.sets import Guard


def own_mode(spec: DatasetSpec) -> Mode:
    """What resubmitted rows do to the table: they never take the place of all rows."""
    return Mode.UPSERT if spec.mode is Mode.UPSERT else Mode.APPEND


def spec_for_rows(spec: DatasetSpec, validator: Validator) -> DatasetSpec:
    """The spec as it judges single rows: a few rows of a file miss no others, and say nothing of a file as a whole."""
    checks = tuple(
        check.model_copy(update={"threshold": None})
        for check in spec.checks
        if validator.scope(check) is not Scope.BATCH
    )
    return spec.model_copy(update={"mode": own_mode(spec), "delete_missing": False, "checks": checks})


def guard_for_rows(book: EntryBook, spec: DatasetSpec) -> Guard:
    """Which rows that come back stay set aside: the table has newer ones, or has the very rows as they were edited."""
    newer_rows, edited = newer.NewerRows(book, spec), EditedRows(book, spec)
    if spec.mode is Mode.UPSERT:
        return lambda rows, source: newer_rows.failure(newer_rows.of(rows, attempts(source)))
    return lambda rows, source: edited.of_attempts(rows, attempts(source))


@dataclass(frozen=True)
class ResubmitRun:
    """Publishes a resubmission; killed at any moment, the next run goes on where it was."""

    run: BatchRun
    book: EntryBook

    def go(self, source: BinaryIO) -> Batch:
        """Bring the rows to committed or held. Raises HeldError: an entry is open no more, or has other columns."""
        maker, run = self.run.maker, self.run
        if not maker.is_published():
            self._refuse_columns(source)
            self._refuse_known(source)
        planned = run.prepare(source)
        if isinstance(planned, Batch):
            return planned
        return self._published(planned, source)

    def _published(self, planned: Planned, source: BinaryIO) -> Batch:
        run, started = self.run, time.monotonic()
        Publication(run.maker, run.hold).publish(planned.parts, planned.plan)
        self._log(source)
        run.hold.verify()
        with run.batches.together():
            batch = run.commit(planned, seconds=time.monotonic() - started)
        run.on_progress(batch)
        return batch

    def _refuse_columns(self, source: BinaryIO) -> None:
        """Values of a column that has another name by now would get lost."""
        now = {column.name for column in self.run.maker.spec.recipe.columns}
        if gone := sorted(head_of(source)["sources"].keys() - now):
            raise HeldError(
                f"The dataset has no column '{gone[0]}' any more, of which these rows have values.",
                hint="Discard this batch, and resubmit its rows as they are now.",
            )

    def _refuse_known(self, source: BinaryIO) -> None:
        ids = [attempt.id for attempt in attempts(source)]
        states = self.book.states(id_frame(ids))
        closed = [one for one in ids if states.get(one) is not EntryState.OPEN]
        if closed:
            raise HeldError(
                f"{len(closed):,} of {len(ids):,} rows were loaded, dropped or undone meanwhile, such as {closed[0]}.",
                hint="Discard this batch, and resubmit what is still open.",
            )

    def _log(self, source: BinaryIO) -> None:
        """What became of each entry; it counts when the batch is committed."""
        tables, batch = self.run.maker.tables, self.run.maker.batch.id
        ref = self.book.ref(Layer.QUARANTINE_LOG)
        if tables.has_batch(ref, batch):
            return
        head, aside = head_of(source), tables.scan(self.book.ref(Layer.QUARANTINE))
        mine = aside.filter(pl.col("_batch") == batch).select("_row", "rule").collect()
        wrong = {
            row: EntryAction.OUTDATED if rule == newer.RULE else EntryAction.STILL_WRONG
            for row, rule in mine.iter_rows()
        }
        done = EntryAction(head["action"])
        rows = [
            Step(attempt.id, wrong.get(row, done), row, attempt)
            for row, attempt in enumerate(attempts(source), start=1)
        ]
        frame = log_rows(self.book, rows, who=head["author"], at=datetime.fromisoformat(head["at"]), note=head["note"])
        frame = frame.with_columns(by_batch=pl.lit(batch))
        self.run.hold.verify()
        tables.commit(ref, [tables.stage(ref, frame, batch=batch, part=0)], batch=batch, schema=LOG)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the log before it is written."""

    id: EntryId
    action: EntryAction
    by_row: int | None = None
    attempt: Attempt | None = None


def log_rows(book: EntryBook, steps: Sequence[Step], *, who: str, at: datetime, note: str) -> pl.DataFrame:
    """Lines of the log, numbered after all that are there; the caller holds the dataset."""
    ref = book.ref(Layer.QUARANTINE_LOG)
    number = book.tables.version(ref) + 1 if book.tables.exists(ref) else 0
    rows = [
        (
            step.id.batch, step.id.row, number, at, who, step.action.value, _noted(step, note), None, step.by_row,
            None if step.attempt is None else json.dumps(dict(step.attempt.values), ensure_ascii=False),
        )
        for step in steps
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=LOG, orient="row")


def _noted(step: Step, note: str) -> str:
    """The note, and what a person let the row take the place of."""
    if step.attempt is None or not step.attempt.over or step.action in (EntryAction.STILL_WRONG, EntryAction.OUTDATED):
        return note
    return f"{note} (over the newer value of {step.attempt.over})".lstrip()
