"""Emptying the outbox: claim a letter, hand it over, say what became of it.

A letter that cannot be taken now is tried again, ever more seldom, for five days, as mail servers do. What is refused
for good waits for a person.
"""

import logging
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from hestia_assets.core.errors import HestiaError, NotNowError, TransientError
from hestia_assets.core.ports import Clock, Courier, Outbox
from hestia_assets.core.results import Delivered, Message, MessageState, Problem
from hestia_assets.core.specs import ChannelKind
from hestia_assets.domains.alerts.letters import compose

log = logging.getLogger(__name__)

LEASE_SECONDS = 300.0
"""Longer than any courier may take for one letter."""

FIRST_WAIT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 3_600.0
LONGEST_ASKED_SECONDS = 86_400.0
"""A server may ask for a longer pause than ours, but not for ever."""

KEEP_TRYING = timedelta(days=5)

REMOVED_AT_ONCE, REMOVALS_IN_ROUND = 500, 10
"""So that nobody waits for a transaction that removes, nor a letter for many of them."""


@dataclass(frozen=True)
class Delivery:
    """One round of sending."""

    outbox: Outbox
    couriers: Mapping[ChannelKind, Courier]
    clock: Clock
    pages: str

    def go(self, *, skip: Collection[tuple[str, str]], within_seconds: float) -> Counter[MessageState]:
        """Send what is due, until nothing is or the time is over; how many messages came to which state."""
        deadline, done = time.monotonic() + within_seconds, Counter[MessageState]()
        while time.monotonic() < deadline:
            now = self.clock()
            claimed = self.outbox.claim(now, lease_until=now + timedelta(seconds=LEASE_SECONDS), skip=skip)
            if not claimed:
                break
            done[self._handed_over(claimed)] += len(claimed)
        return done

    def _handed_over(self, claimed: Sequence[Message]) -> MessageState:
        first = claimed[0]
        try:
            self.couriers[first.channel.kind].send(compose(claimed, pages=self.pages), first.channel)
        except TransientError as error:
            return self._later(claimed, error)
        except HestiaError as error:
            return self._settled(claimed, MessageState.FAILED, error)
        except Exception as error:  # the edge of a letter: a bug in one must not keep the others back
            log.exception("the letter %s could not be sent", first.letter)
            what = f"Hestia failed: {type(error).__name__}."
            return self._later(claimed, NotNowError(what, hint="Report this with the log.", uncertain=True))
        self.outbox.settle(claimed, MessageState.SENT, at=self.clock())
        return MessageState.SENT

    def _later(self, claimed: Sequence[Message], error: TransientError) -> MessageState:
        first, now = claimed[0], self.clock()
        if now - first.since > KEEP_TRYING:
            return self._settled(claimed, MessageState.FAILED, error)
        asked = error.after_seconds if isinstance(error, NotNowError) else 0
        next_at = now + timedelta(seconds=wait_seconds(first.letter, first.attempts, asked_seconds=asked))
        return self._settled(claimed, MessageState.PENDING, error, next_at=next_at)

    def _settled(
        self,
        claimed: Sequence[Message],
        state: MessageState,
        error: HestiaError,
        *,
        next_at: datetime | None = None,
    ) -> MessageState:
        uncertain = isinstance(error, NotNowError) and error.uncertain
        again = " It is tried again by itself, under the same id." if state is MessageState.PENDING else ""
        problem = Problem(error.code, error.message, error.hint + again)
        log.warning("the letter %s is %s: %s", claimed[0].letter, state.value, error.code)
        self.outbox.settle(claimed, state, at=self.clock(), next_at=next_at, problem=problem, uncertain=uncertain)
        return state


def wait_seconds(letter: str, attempts: int, *, asked_seconds: float = 0) -> float:
    """How long to wait after so many attempts: twice as long each time, a fifth more or less, as was asked at least.

    The fifth depends on the letter and the attempt, so that letters which failed together do not come back together.
    """
    usual = min(FIRST_WAIT_SECONDS * 2 ** min(attempts - 1, 20), LONGEST_WAIT_SECONDS)
    spread = crc32(f"{letter}:{attempts}".encode()) / 2**32
    return max(usual * (0.8 + 0.4 * spread), min(asked_seconds, LONGEST_ASKED_SECONDS))


def tidied(outbox: Outbox, *, before: datetime) -> int:
    """Remove messages that were sent before a moment, as many as a round may; how many."""
    removed = 0
    for _ in range(REMOVALS_IN_ROUND):
        try:
            found = outbox.remove_sent(before, at_most=REMOVED_AT_ONCE)
        except TransientError as error:  # what was sent is said all the same, and the next round goes on
            log.warning("old messages stay for now: %s", error.code)
            break
        removed += found
        if found < REMOVED_AT_ONCE:
            break
    return removed


def told(done: Counter[MessageState], *, given_up: int, waiting: int, removed: int) -> Delivered:
    """What a round did."""
    return Delivered(
        sent=done[MessageState.SENT],
        later=done[MessageState.PENDING],
        failed=done[MessageState.FAILED],
        given_up=given_up,
        waiting=waiting,
        removed=removed,
    )
