"""Alerts: events come in with the change that they tell of, letters go out later, and people see what came of them."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hestia_assets.core.channels import refuse_channel
from hestia_assets.core.errors import HeldError, HestiaError
from hestia_assets.core.ports import AuditLog, Clock, Courier, Outbox, SpecStore
from hestia_assets.core.results import Delivered, Event, Letter, Message, MessageState, OutboxCounts, Problem
from hestia_assets.core.sentences import Rules, sentence
from hestia_assets.core.specs import AlertSpec, ChannelKind, DatasetSpec, Occurrence
from hestia_assets.domains.alerts.delivering import Delivery, tidied, told
from hestia_assets.domains.alerts.letters import compose, samples
from hestia_assets.domains.alerts.matching import messages_for

log = logging.getLogger(__name__)

Look = Callable[[datetime], Sequence[Event]]
"""Asks at a moment what is to be told."""

ROUND_SECONDS = 30.0
DELETED = Problem("alert.deleted", "The alert was deleted before this was sent.", "Send it again, or leave it.")
BY_HAND = Problem("alert.given_up", "Somebody gave this message up.", "Send it again if it is wanted after all.")


@dataclass(frozen=True)
class AlertService:
    """Who hears of what: notes it, sends it, shows what became of it.

    ``pages``: the address of the pages, for links. ``looks``: what is not told by a change but found by asking.
    ``keep_days``: sent messages stay in the outbox for so long; 0: for ever.
    """

    specs: SpecStore
    outbox: Outbox
    audit: AuditLog
    couriers: Mapping[ChannelKind, Courier]
    clock: Clock
    pages: str
    looks: Mapping[Occurrence, Look] = field(default_factory=dict[Occurrence, Look])
    rules: Rules | None = None
    keep_days: int = 0

    def announce(self, events: Sequence[Event]) -> None:
        """Note who is to hear of these events, in the caller's transaction (``Announcer``)."""
        self._note(events)

    def look(self) -> int:
        """Ask for what nobody announces (late datasets, anomalies) where an alert wants it; how many messages are new.

        An anomaly that is older than an alert is not told by it.
        """
        now, found, alerts = self.clock(), 0, self._alerts()
        wanted = {kind for alert in alerts if not alert.paused for kind in alert.on}
        for kind in wanted & set(self.looks):
            try:
                events = self.looks[kind](now)
            except HestiaError as error:  # one thing that cannot be seen does not hide the others
                log.warning("no look for %s: %s", kind.value, error.code)
                continue
            found += self._note(events, new_only=kind is Occurrence.ANOMALY)
        return found

    def deliver(self, *, within_seconds: float = ROUND_SECONDS) -> Delivered:
        """Send what is due, and remove what was sent long ago.

        One who is killed in it loses nothing; messages of paused alerts wait.
        """
        alerts = {(alert.tenant, alert.name): alert for alert in self._alerts()}
        waiting = self.outbox.alerts_waiting()
        gone = sum(self.outbox.give_up(key, problem=DELETED) for key in waiting - set(alerts))
        paused = {key for key in waiting if key in alerts and alerts[key].paused}
        done = self._delivery.go(skip=paused, within_seconds=within_seconds)
        now = self.clock()
        removed = tidied(self.outbox, before=now - timedelta(days=self.keep_days)) if self.keep_days else 0
        return told(done, given_up=gone, waiting=self.outbox.due(now), removed=removed)

    def messages(self, tenant: str, *, states: Collection[MessageState] = (), limit: int = 100) -> list[Message]:
        """What is in the outbox, the newest first."""
        return self.outbox.recent(tenant, states=states, limit=limit)

    def counts(self, tenant: str) -> OutboxCounts:
        """How many messages are in each state, and how many are there no more."""
        return self.outbox.counts(tenant)

    def again(self, tenant: str, message: int, *, author: str) -> Message:
        """Let a message that waits, failed or was given up go out with the next round, with its whole digest.

        Raises:
            NotFoundError: there is none.
            HeldError: it was sent, or just is.
        """
        return self._moved(tenant, message, MessageState.PENDING, author=author)

    def give_up(self, tenant: str, message: int, *, author: str) -> Message:
        """Let a message that waits or failed not be sent any more. Raises NotFoundError, HeldError."""
        return self._moved(tenant, message, MessageState.GIVEN_UP, author=author, problem=BY_HAND)

    def preview(self, alert: AlertSpec) -> Letter:
        """What its letters look like, with made-up events."""
        return self._sample(alert)

    def test(self, alert: AlertSpec, *, author: str) -> list[str]:
        """Send a letter with made-up events to every receiver at once; returns to whom.

        Raises:
            SpecError: an address cannot work.
            UndeliveredError: a receiver refuses it.
            NotNowError: a receiver cannot take it now.
        """
        refuse_channel(alert.channel)
        for receiver in alert.channel.to:
            channel = alert.channel.model_copy(update={"to": (receiver,)})
            self.couriers[channel.kind].send(self._sample(alert), channel)
        self.audit.record(author, "alert.tested", f"alert/{alert.key}")
        return list(alert.channel.to)

    @property
    def _delivery(self) -> Delivery:
        return Delivery(self.outbox, self.couriers, self.clock, self.pages)

    def _alerts(self, tenant: str | None = None) -> list[AlertSpec]:
        return [saved.spec for saved in self.specs.all("alert", tenant=tenant) if isinstance(saved.spec, AlertSpec)]

    def _note(self, events: Sequence[Event], *, new_only: bool = False) -> int:
        new = 0
        for tenant in sorted({event.tenant for event in events}):
            mine = [event for event in events if event.tenant == tenant]
            for alert in self._alerts(tenant):
                since = self._made_at(alert) if new_only else None
                fresh = [event for event in mine if since is None or event.at >= since]
                found = list(messages_for([alert], fresh, now=self.clock()))
                new += self.outbox.add(found) if found else 0
        return new

    def _made_at(self, alert: AlertSpec) -> datetime:
        return self.specs.history("alert", alert.tenant, alert.name)[-1].created_at

    def _moved(
        self, tenant: str, message: int, state: MessageState, *, author: str, problem: Problem | None = None
    ) -> Message:
        found = self.outbox.get(tenant, message)
        if not self.outbox.move(found, state, now=self.clock(), problem=problem):
            raise HeldError(
                f"Message {message} is {found.state.value.replace('_', ' ')}.",
                hint="Look at the outbox again: only what was not sent can be sent again or given up.",
            )
        self.audit.record(author, f"alert.message_{state.value}", f"message/{message}", alert=found.alert)
        return self.outbox.get(tenant, message)

    def _demands(self, alert: AlertSpec) -> str:
        """What the first check that an alert names demands; empty where no dataset has it."""
        saved = (item.spec for item in self.specs.all("dataset", tenant=alert.tenant))
        known = [check for one in saved if isinstance(one, DatasetSpec) for check in one.checks]
        check = next((each for each in known if each.name in alert.checks[:1]), None)
        return sentence(check, self.rules) if check and self.rules else ""

    def _sample(self, alert: AlertSpec) -> Letter:
        now = self.clock()
        asked = alert.model_copy(update={"paused": False})
        found = list(messages_for([asked], samples(alert, at=now, demands=self._demands(alert)), now=now))
        mine = [message for message in found if message.receiver == alert.channel.to[0]]
        name = f"msg_test_{now:%Y%m%d%H%M%S%f}"
        kept = [replace(message, letter=name) for message in (mine if alert.digest else mine[:1])]
        letter = compose(kept, pages=self.pages)
        return replace(letter, subject=f"Example: {letter.subject}", payload={**letter.payload, "example": True})
