"""Messages that were sent long ago leave the outbox; a fingerprint of each stays.

The fingerprint keeps what was told from being told again, and is what the removed messages are counted by: it is
written in the transaction that removes the message.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column
from sqlalchemy.schema import ForeignKey, Index

from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.models import Table
from hestia_assets.adapters.metadata.outbox_rows import OutboxRow
from hestia_assets.core.results import MessageState

ADVISORY_LOCK = 0x4865737469610003
"""Who removes is alone; SQLite's write lock sees to it there."""


class ToldRow(Table):
    """A message that was sent and then removed."""

    __tablename__ = "hestia_told"
    __table_args__ = (Index("ix_hestia_told_sent", "tenant", "sent_at"),)

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("hestia_tenants.name"))
    sent_at: Mapped[datetime]


def fingerprint(row: OutboxRow) -> str:
    """What makes a message one: tenant, alert, receiver and event, as they are in the database."""
    once = json.dumps([row.tenant, row.alert, row.receiver, row.event_key])
    return hashlib.sha256(once.encode()).hexdigest()[:32]


def without_told(session: Session, rows: Sequence[OutboxRow]) -> int:
    """Take rows that were just added out again if they were told before; returns how many stay.

    It is asked after the row was added: on PostgreSQL adding waits for whoever is removing the row of the same message,
    and asking before would not see what that one writes.
    """
    prints = {fingerprint(row): row.id for row in rows}
    found = set(session.scalars(select(ToldRow.fingerprint).where(ToldRow.fingerprint.in_(prints))))
    if found:
        session.execute(delete(OutboxRow).where(OutboxRow.id.in_([prints[each] for each in found])))
    return len(prints) - len(found)


def remove_sent(database: Database, before: datetime, *, at_most: int) -> int:
    """Remove the oldest messages that were surely sent before a moment, in one transaction; returns how many.

    The newest message stays whatever it is: SQLite would give its number to the next one.
    """
    with database.reading() as session:  # nearly always there is nothing, and nobody is kept from writing
        if session.scalar(select(OutboxRow.id).where(_old(before)).limit(1)) is None:
            return 0
    with database.writing() as session:
        if not database.is_sqlite:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        rows = session.scalars(select(OutboxRow).where(_old(before)).order_by(OutboxRow.sent_at).limit(at_most)).all()
        if not rows:
            return 0
        kept = [{"fingerprint": fingerprint(row), "tenant": row.tenant, "sent_at": row.sent_at} for row in rows]
        session.execute(database.insert(ToldRow).values(kept).on_conflict_do_nothing())
        session.execute(delete(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])))
        return len(rows)


def removed(session: Session, tenant: str) -> tuple[int, datetime | None]:
    """How many messages were removed, and when the last of them was sent."""
    query = select(func.count(), func.max(ToldRow.sent_at)).where(ToldRow.tenant == tenant)
    number, last = session.execute(query).one()
    return number, last


def _old(before: datetime) -> ColumnElement[bool]:
    newest = aliased(OutboxRow)
    return and_(
        OutboxRow.sent_at < before,
        OutboxRow.state == MessageState.SENT.value,
        OutboxRow.uncertain == 0,
        OutboxRow.id < select(func.max(newest.id)).scalar_subquery(),
    )
