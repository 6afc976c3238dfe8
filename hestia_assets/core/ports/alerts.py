"""Telling people."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from hestia_assets.core.results.messages import Letter, Message, MessageState, OutboxCounts
from hestia_assets.core.results.occurrences import Event
from hestia_assets.core.results.problems import Problem
from hestia_assets.core.specs import Channel


class Announcer(Protocol):
    """Takes events into the outbox of whoever wants to hear of them."""

    def __call__(self, events: Sequence[Event]) -> None:
        """Keep what is to be sent, in the caller's transaction (``BatchStore.together``); nothing is sent here."""
        ...


class Courier(Protocol):
    """One way of sending."""

    def send(self, letter: Letter, channel: Channel) -> None:
        """Hand the letter over; without an error the other side has said that it took it.

        Raises:
            UndeliveredError: the other side refuses it for good.
            NotNowError: it may be taken later.
        """
        ...


class Outbox(Protocol):
    """Messages that are to be sent, and what became of them. Every call is one transaction, or part of the caller's."""

    def add(self, messages: Sequence[Message]) -> int:
        """Keep new messages; one of the same event, alert and receiver is known. Returns how many were new."""
        ...

    def claim(self, now: datetime, *, lease_until: datetime, skip: Collection[tuple[str, str]] = ()) -> list[Message]:
        """Take the messages of the next letter that is due, or of one whose sender did not come back in time.

        Nobody else gets them before ``lease_until``. ``skip``: alerts (tenant and name) that are paused.
        """
        ...

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
        ...

    def get(self, tenant: str, message: int) -> Message:
        """One message. Raises NotFoundError."""
        ...

    def recent(self, tenant: str, *, states: Collection[MessageState] = (), limit: int = 100) -> list[Message]:
        """The newest first, of these states or of all."""
        ...

    def counts(self, tenant: str) -> OutboxCounts:
        """How many messages are in each state, and how many are there no more."""
        ...

    def remove_sent(self, before: datetime, *, at_most: int) -> int:
        """Remove the oldest messages that were surely sent before a moment; returns how many.

        What was not sent, was given up or perhaps arrived twice stays. What was removed is counted, and its event is
        known for ever: ``add`` takes it no more.
        """
        ...

    def due(self, now: datetime) -> int:
        """How many messages of every tenant could be sent now."""
        ...

    def alerts_waiting(self) -> set[tuple[str, str]]:
        """Tenant and name of the alerts that have messages which are neither sent nor given up."""
        ...

    def move(self, message: Message, state: MessageState, *, now: datetime, problem: Problem | None = None) -> bool:
        """By a person's word send the letter of a message anew (pending), or give it up.

        Nothing happens, and False is returned, when it is being sent or in no state that allows it.
        """
        ...

    def give_up(self, alert: tuple[str, str], *, problem: Problem) -> int:
        """Give up what waits for an alert that is no more; returns how many messages."""
        ...
