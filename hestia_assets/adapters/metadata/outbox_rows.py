"""The table of the outbox, and a message as a row of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hestia_assets.adapters.metadata.models import JsonText, Table
from hestia_assets.core.results import Event, Message, MessageState, Problem
from hestia_assets.core.specs import Channel, Occurrence, parse


class OutboxRow(Table):
    """A message. Its event, alert and receiver are met once; ``letter`` is given to it when it is first sent."""

    __tablename__ = "hestia_outbox"
    __table_args__ = (
        Index("uq_hestia_outbox_once", "tenant", "alert", "receiver", "event_key", unique=True),
        Index("ix_hestia_outbox_due", "state", "next_at"),
        Index("ix_hestia_outbox_letter", "letter"),
        Index("ix_hestia_outbox_sent", "state", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("hestia_tenants.name"))
    alert: Mapped[str]
    event_key: Mapped[str]
    receiver: Mapped[str]
    channel: Mapped[Any] = mapped_column(JsonText)
    event: Mapped[Any] = mapped_column(JsonText)
    digest: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str]
    attempts: Mapped[int]
    uncertain: Mapped[int]
    created_at: Mapped[datetime]
    since: Mapped[datetime]
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    problem: Mapped[Any | None] = mapped_column(JsonText)
    sent_at: Mapped[datetime | None]
    letter: Mapped[str | None]


def values_of(message: Message) -> dict[str, Any]:
    """The row of a new message."""
    event = asdict(message.event) | {"kind": message.event.kind.value, "at": message.event.at.isoformat()}
    return {
        "tenant": message.event.tenant,
        "alert": message.alert,
        "event_key": message.event.key,
        "receiver": message.receiver,
        "channel": message.channel.model_dump(mode="json"),
        "event": event,
        "digest": message.digest,
        "state": message.state.value,
        "attempts": 0,
        "uncertain": 0,
        "created_at": message.created_at,
        "since": message.since,
        "next_at": message.next_at,
    }


def message_of(row: OutboxRow) -> Message:
    """The message of a row."""
    event = row.event | {"kind": Occurrence(row.event["kind"]), "at": datetime.fromisoformat(row.event["at"])}
    return Message(
        id=row.id,
        event=Event(**event),
        alert=row.alert,
        channel=parse(Channel, row.channel),
        created_at=row.created_at,
        next_at=row.next_at,
        since=row.since,
        digest=row.digest,
        state=MessageState(row.state),
        attempts=row.attempts,
        uncertain=row.uncertain,
        problem=Problem(**row.problem) if row.problem else None,
        sent_at=row.sent_at,
        letter=row.letter or "",
    )
