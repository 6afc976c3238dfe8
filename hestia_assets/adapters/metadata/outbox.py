"""The transactional outbox: written with the change that is told of, emptied by whoever sends.

A message is claimed before it is sent and settled afterwards, each in a transaction of its own. Whoever is killed in
between leaves it ``sending``: once the lease is over it is claimed again, with the letter's old name, and counted as
uncertain. Settling asks for the number of the attempt, so that one who comes back late changes nothing.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text, tuple_, update
from sqlalchemy.orm import Session

from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.outbox_rows import OutboxRow, message_of, values_of
from hestia_assets.adapters.metadata.outbox_told import remove_sent, removed, without_told
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.ports import Clock
from hestia_assets.core.results import Message, MessageState, OutboxCounts, Problem

ADVISORY_LOCK = 0x4865737469610002
"""Who claims is alone; SQLite's write lock sees to it there."""

MOST_IN_LETTER = 1_000
_WAITS = (MessageState.PENDING.value, MessageState.SENDING.value)
_MAY_BECOME = {
    MessageState.PENDING: (MessageState.PENDING, MessageState.FAILED, MessageState.GIVEN_UP),
    MessageState.GIVEN_UP: (MessageState.PENDING, MessageState.FAILED),
}


@dataclass(frozen=True)
class SqlOutbox:
    """Messages in the metadata database."""

    database: Database
    clock: Clock

    def add(self, messages: Sequence[Message]) -> int:
        """Keep new messages; one of the same event, alert and receiver is known. Returns how many were new."""
        with self.database.writing() as session:
            new: list[OutboxRow] = []
            for message in messages:
                self.database.ensure_tenant(session, message.event.tenant, now=self.clock())
                statement = self.database.insert(OutboxRow).values(values_of(message)).on_conflict_do_nothing()
                new += session.scalars(statement.returning(OutboxRow))
            return without_told(session, new)

    def claim(self, now: datetime, *, lease_until: datetime, skip: Collection[tuple[str, str]] = ()) -> list[Message]:
        """Take the messages of the next letter that is due, or of one whose sender did not come back in time."""
        with self.database.writing() as session:
            if not self.database.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            first = session.scalars(_next(now, skip)).first()
            if first is None:
                return []
            rows = session.scalars(_with(first)).all()
            letter = first.letter or _letter_of(first)
            for row in rows:
                row.uncertain += row.state == MessageState.SENDING.value
                row.state, row.lease_until = MessageState.SENDING.value, lease_until
                row.since = row.since if row.attempts else now  # it may have waited for its digest, or for its alert
                row.attempts += 1
                row.letter = letter
            session.flush()
            return [message_of(row) for row in rows]

    def settle(
        self,
        claimed: Sequence[Message],
        state: MessageState,
        *,
        at: datetime,
        next_at: datetime | None = None,
        problem: Problem | None = None,
        uncertain: bool = False,
    ) -> bool:
        """Say what became of claimed messages; nothing happens, and False is returned, when they were taken over."""
        first = claimed[0]
        mine = (
            OutboxRow.letter == first.letter,
            OutboxRow.attempts == first.attempts,
            OutboxRow.state == MessageState.SENDING.value,
        )
        changes = {
            "state": state.value,
            "lease_until": None,
            "problem": asdict(problem) if problem else None,
            "uncertain": OutboxRow.uncertain + int(uncertain),
            "sent_at": at if state is MessageState.SENT else None,
        }
        if next_at is not None:
            changes["next_at"] = next_at
        with self.database.writing() as session:
            return bool(session.scalars(update(OutboxRow).where(*mine).values(changes).returning(OutboxRow.id)).all())

    def get(self, tenant: str, message: int) -> Message:
        """One message. Raises NotFoundError."""
        with self.database.reading() as session:
            return message_of(_row(session, tenant, message))

    def recent(self, tenant: str, *, states: Collection[MessageState] = (), limit: int = 100) -> list[Message]:
        """The newest first, of these states or of all."""
        query = select(OutboxRow).where(OutboxRow.tenant == tenant).order_by(OutboxRow.id.desc()).limit(limit)
        if states:
            query = query.where(OutboxRow.state.in_([state.value for state in states]))
        with self.database.reading() as session:
            return [message_of(row) for row in session.scalars(query)]

    def counts(self, tenant: str) -> OutboxCounts:
        """How many messages are in each state, and how many are there no more."""
        mine = OutboxRow.tenant == tenant
        query = select(OutboxRow.state, func.count()).where(mine).group_by(OutboxRow.state)
        doubtful = and_(mine, OutboxRow.state == MessageState.SENT.value, OutboxRow.uncertain > 0)
        with self.database.reading() as session:
            found = dict[str, int](row for row in session.execute(query))
            twice = session.scalar(select(func.count()).select_from(OutboxRow).where(doubtful)) or 0
            gone, last = removed(session, tenant)
        return OutboxCounts(**found, doubtful=twice, removed=gone, goes_back_to=last)

    def remove_sent(self, before: datetime, *, at_most: int) -> int:
        """Remove the oldest messages that were surely sent before a moment; returns how many."""
        return remove_sent(self.database, before, at_most=at_most)

    def due(self, now: datetime) -> int:
        """How many messages of every tenant could be sent now."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(OutboxRow).where(_due(now))) or 0

    def alerts_waiting(self) -> set[tuple[str, str]]:
        """Tenant and name of the alerts that have messages which are neither sent nor given up."""
        query = select(OutboxRow.tenant, OutboxRow.alert).where(OutboxRow.state.in_(_WAITS)).distinct()
        with self.database.reading() as session:
            return {(tenant, alert) for tenant, alert in session.execute(query)}

    def move(self, message: Message, state: MessageState, *, now: datetime, problem: Problem | None = None) -> bool:
        """By a person's word send the letter of a message anew (pending), or give it up."""
        with self.database.writing() as session:
            row = _row(session, message.event.tenant, message.id)
            if row.state not in [before.value for before in _MAY_BECOME[state]]:
                return False
            mine = OutboxRow.letter == row.letter if row.letter else OutboxRow.id == row.id
            changes = {"state": state.value, "next_at": now, "since": now}
            changes |= {"problem": asdict(problem) if problem else None}
            session.execute(update(OutboxRow).where(mine).values(changes))
            return True

    def give_up(self, alert: tuple[str, str], *, problem: Problem) -> int:
        """Give up what waits for an alert that is no more; returns how many messages."""
        tenant, name = alert
        mine = (OutboxRow.tenant == tenant, OutboxRow.alert == name, OutboxRow.state == MessageState.PENDING.value)
        changes = {"state": MessageState.GIVEN_UP.value, "problem": asdict(problem)}
        with self.database.writing() as session:
            return len(session.scalars(update(OutboxRow).where(*mine).values(changes).returning(OutboxRow.id)).all())


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(OutboxRow.state == MessageState.PENDING.value, OutboxRow.next_at <= now),
        and_(OutboxRow.state == MessageState.SENDING.value, OutboxRow.lease_until <= now),
    )


def _next(now: datetime, skip: Collection[tuple[str, str]]) -> Select[OutboxRow]:
    query = select(OutboxRow).where(_due(now)).order_by(OutboxRow.next_at, OutboxRow.id).limit(1)
    if skip:
        query = query.where(tuple_(OutboxRow.tenant, OutboxRow.alert).not_in(sorted(skip)))
    return query


def _with(first: OutboxRow) -> Select[OutboxRow]:
    """The rows of a letter: as it went out before; else a digest, or what one batch told of in one moment."""
    query = select(OutboxRow).order_by(OutboxRow.id)
    if first.letter:
        return query.where(OutboxRow.letter == first.letter)
    together = OutboxRow.next_at <= first.next_at if first.digest else OutboxRow.created_at == first.created_at
    same = (
        OutboxRow.tenant == first.tenant,
        OutboxRow.alert == first.alert,
        OutboxRow.receiver == first.receiver,
        OutboxRow.digest == first.digest,
        OutboxRow.state == MessageState.PENDING.value,
        together,
        OutboxRow.letter.is_(None),
    )
    return query.where(*same).limit(MOST_IN_LETTER)


def _letter_of(first: OutboxRow) -> str:
    """A name that no other letter of any home has, and that this one keeps."""
    what = "\n".join((first.tenant, first.alert, first.receiver, first.event_key))
    return "msg_" + hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _row(session: Session, tenant: str, message: int) -> OutboxRow:
    row = session.get(OutboxRow, message)
    if row is None or row.tenant != tenant:
        raise NotFoundError("message", str(message))
    return row
