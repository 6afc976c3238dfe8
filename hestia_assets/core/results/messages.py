"""Messages to people: one per event, alert and receiver, and the letters that carry them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from hestia_assets.core.results.occurrences import Event
from hestia_assets.core.results.problems import Problem
from hestia_assets.core.specs import Channel


class MessageState(StrEnum):
    """Life of a message; each change is one transaction."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Message:
    """What one receiver is to hear of one event.

    ``channel`` has this receiver alone. ``digest``: it waits for others and goes out with them. ``attempts``: how often
    it was sent, or was to be; ``uncertain``: of how many of those nobody knows whether they arrived. ``since``: from
    then on it counts for how long it was tried in vain. ``letter``: names what carries it, the same at every attempt.
    """

    event: Event
    alert: str
    channel: Channel
    created_at: datetime
    next_at: datetime
    since: datetime
    digest: bool = False
    id: int = 0
    state: MessageState = MessageState.PENDING
    attempts: int = 0
    uncertain: int = 0
    problem: Problem | None = None
    sent_at: datetime | None = None
    letter: str = ""

    @property
    def receiver(self) -> str:
        """Whom it is for: an address, or the name of what holds it."""
        return self.channel.to[0]


@dataclass(frozen=True)
class Letter:
    """What is handed to a channel. ``id`` is the same at every attempt, so that a receiver can tell a second copy.

    ``payload``: the same for machines, JSON values only.
    """

    id: str
    subject: str
    text: str
    html: str
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round of sending did, in messages.

    ``later``: will be tried again; ``waiting``: due, not yet reached; ``removed``: sent so long ago that they left the
    outbox.
    """

    sent: int = 0
    later: int = 0
    failed: int = 0
    given_up: int = 0
    waiting: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many messages are in each state. ``doubtful``: sent ones of which an earlier attempt may have arrived too.

    ``removed``: were sent and are no more in the outbox; every message that was sent after ``goes_back_to`` is.
    """

    pending: int = 0
    sending: int = 0
    sent: int = 0
    failed: int = 0
    given_up: int = 0
    doubtful: int = 0
    removed: int = 0
    goes_back_to: datetime | None = None
