"""Batches and their finished stretches."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hestia_assets.adapters.metadata import codecs
from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.models import BatchRow, PartRow
from hestia_assets.core.errors import HeldError, NotFoundError, TransientError
from hestia_assets.core.ports import Clock
from hestia_assets.core.results import EDIT, RESUBMIT, UNFINISHED, Batch, BatchCounts, BatchPart, BatchState
from hestia_assets.core.specs import Mode

FIELDS = tuple(field.name for field in fields(Batch))
_TO_ROW: dict[str, Callable[[Any], Any]] = {
    "state": lambda state: BatchState(state).value,
    "account": codecs.account_to_json,
    "checks": codecs.checks_to_json,
    "problem": codecs.problem_to_json,
    "mode": lambda mode: Mode(mode).value if mode else None,
    "changes": codecs.changes_to_json,
    "drift": codecs.drift_to_json,
    "profile": codecs.profile_to_json,
}
_FROM_ROW: dict[str, Callable[[Any], Any]] = {
    "state": BatchState,
    "account": codecs.account_from_json,
    "checks": codecs.checks_from_json,
    "problem": codecs.problem_from_json,
    "mode": lambda mode: Mode(mode) if mode else None,
    "changes": codecs.changes_from_json,
    "drift": codecs.drift_from_json,
    "profile": codecs.profile_from_json,
}

NO_FILES = (EDIT, RESUBMIT)
"""Origins of batches that are people's work on rows."""


@dataclass(frozen=True)
class SqlBatchStore:
    """Keeps batches; every call is one transaction, or a part of one in ``together``."""

    database: Database
    clock: Clock

    def together(self) -> AbstractContextManager[None]:
        """One transaction for all that this thread does in the metadata inside the block."""
        return self.database.together()

    def create(self, batch: Batch) -> Batch:
        """Keep a new batch; if the same bytes live in the dataset already, return that batch instead."""
        values = _to_row({name: getattr(batch, name) for name in FIELDS})
        statement = self.database.insert(BatchRow).values(values).on_conflict_do_nothing().returning(BatchRow)
        with self.database.writing() as session:
            self.database.ensure_tenant(session, batch.tenant, now=self.clock())
            row = session.scalars(statement).first() or _living(session, batch)
            if row is None:  # undone by somebody else since the insert met it
                raise TransientError(f"{batch.file_name} is just being undone.", hint="Try again in a moment.")
            return _from_row(row)

    def get(self, batch: str) -> Batch:
        """One batch. Raises NotFoundError."""
        with self.database.reading() as session:
            return _from_row(_one(session, batch))

    def update(self, batch: str, **changes: Any) -> Batch:
        """Change named fields of a Batch; ``updated_at`` is set.

        Raises:
            NotFoundError: there is no such batch.
            HeldError: an undone batch would live again while another one holds the same bytes.
        """
        if unknown := set(changes) - set(FIELDS):
            raise TypeError(f"a Batch has no {', '.join(sorted(unknown))}")
        values = _to_row({"updated_at": self.clock()} | changes)
        statement = update(BatchRow).where(BatchRow.id == batch).values(values).returning(BatchRow)
        try:
            with self.database.writing() as session:
                row = session.scalars(statement).first()
                if row is None:
                    raise _not_found(batch)
                return _from_row(row)
        except IntegrityError as error:  # an undone batch would live again
            raise HeldError(
                f"The bytes of {batch} have been imported again, as another batch.", hint="Undo that batch first."
            ) from error

    def recent(
        self,
        tenant: str,
        dataset: str | None = None,
        *,
        limit: int = 50,
        skip: int = 0,
        states: Collection[BatchState] = (),
    ) -> list[Batch]:
        """The newest first, after ``skip`` of them; only of these ``states``, where any are named."""
        query = select(BatchRow).where(BatchRow.tenant == tenant)
        if dataset is not None:
            query = query.where(BatchRow.dataset == dataset)
        if states:
            query = query.where(BatchRow.state.in_([state.value for state in states]))
        query = query.order_by(BatchRow.created_at.desc(), BatchRow.number.desc()).limit(limit).offset(skip)
        with self.database.reading() as session:
            return [_from_row(row) for row in session.scalars(query)]

    def counts(self, tenant: str, dataset: str) -> BatchCounts:
        """How many there are of a dataset, and what they hold."""
        done = BatchRow.state == BatchState.COMMITTED.value
        is_file = BatchRow.origin.not_in(NO_FILES)
        files = func.count().filter(done, is_file)
        query = select(func.count(), files, func.sum(BatchRow.rows_quarantined).filter(done, is_file))
        query = query.where(BatchRow.tenant == tenant, BatchRow.dataset == dataset)
        with self.database.reading() as session:
            every, imported, rows = session.execute(query).one()
        return BatchCounts(every, imported, int(rows or 0))

    def pending(self, tenant: str, dataset: str) -> list[Batch]:
        """Batches that wait for a run or were cut off in one, oldest first."""
        query = select(BatchRow).where(
            BatchRow.tenant == tenant,
            BatchRow.dataset == dataset,
            BatchRow.state.in_([state.value for state in UNFINISHED]),
        )
        with self.database.reading() as session:
            rows = session.scalars(query.order_by(BatchRow.created_at, BatchRow.number))
            return [_from_row(row) for row in rows]

    def sequenced(self, tenant: str, dataset: str) -> list[Batch]:
        """Batches that were committed at some time, undone ones too, in the order of their first commit."""
        query = select(BatchRow).where(BatchRow.tenant == tenant, BatchRow.dataset == dataset)
        query = query.where(BatchRow.sequence.is_not(None)).order_by(BatchRow.sequence)
        with self.database.reading() as session:
            return [_from_row(row) for row in session.scalars(query)]

    def last_files(self, tenant: str, dataset: str, *, limit: int) -> list[Batch]:
        """Committed batches that are files, the one that was committed last first."""
        query = select(BatchRow).where(BatchRow.tenant == tenant, BatchRow.dataset == dataset)
        query = query.where(BatchRow.state == BatchState.COMMITTED.value, BatchRow.origin.not_in(NO_FILES))
        query = query.order_by(BatchRow.sequence.desc()).limit(limit)
        with self.database.reading() as session:
            return [_from_row(row) for row in session.scalars(query)]

    def last_sequence(self, tenant: str, dataset: str) -> int:
        """The sequence of the batch that was committed last, 0 before the first."""
        query = select(func.max(BatchRow.sequence)).where(BatchRow.tenant == tenant, BatchRow.dataset == dataset)
        with self.database.reading() as session:
            return session.scalar(query) or 0

    def parted(self, tenant: str, dataset: str, *, at_least: int) -> list[Batch]:
        """Batches that have a part of this number or a higher one, oldest first."""
        ids = select(PartRow.batch).where(PartRow.number >= at_least)
        query = select(BatchRow).where(BatchRow.tenant == tenant, BatchRow.dataset == dataset, BatchRow.id.in_(ids))
        with self.database.reading() as session:
            rows = session.scalars(query.order_by(BatchRow.created_at, BatchRow.number))
            return [_from_row(row) for row in rows]

    def add_part(self, part: BatchPart) -> None:
        """Remember a finished stretch, replacing one of the same number. Raises NotFoundError."""
        body = codecs.part_to_json(part)
        statement = self.database.insert(PartRow).values(batch=part.batch, number=part.number, body=body)
        key = [PartRow.batch, PartRow.number]
        try:
            with self.database.writing() as session:
                session.execute(statement.on_conflict_do_update(index_elements=key, set_={"body": body}))
        except IntegrityError as error:  # the only constraint left is the batch's existence
            raise _not_found(part.batch) from error

    def parts(self, batch: str) -> list[BatchPart]:
        """Finished stretches in order."""
        query = select(PartRow).where(PartRow.batch == batch).order_by(PartRow.number)
        with self.database.reading() as session:
            return [codecs.part_from_json(row.batch, row.number, row.body) for row in session.scalars(query)]

    def clear_parts(self, batch: str) -> None:
        """Forget the stretches: the batch is committed or starts anew."""
        with self.database.writing() as session:
            session.execute(delete(PartRow).where(PartRow.batch == batch))


def _one(session: Session, batch: str) -> BatchRow:
    row = session.scalars(select(BatchRow).where(BatchRow.id == batch)).first()
    if row is None:
        raise _not_found(batch)
    return row


def _living(session: Session, batch: Batch) -> BatchRow | None:
    """The batch that holds the same bytes in the same dataset."""
    query = select(BatchRow).where(
        BatchRow.tenant == batch.tenant,
        BatchRow.dataset == batch.dataset,
        BatchRow.sha256 == batch.sha256,
        BatchRow.state != BatchState.UNDONE.value,
    )
    return session.scalars(query).first()


def _not_found(batch: str) -> NotFoundError:
    return NotFoundError("batch", batch)


def _to_row(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _TO_ROW.get(name, _same)(value) for name, value in values.items()}


def _from_row(row: BatchRow) -> Batch:
    return Batch(**{name: _FROM_ROW.get(name, _same)(getattr(row, name)) for name in FIELDS})


def _same(value: Any) -> Any:
    return value
