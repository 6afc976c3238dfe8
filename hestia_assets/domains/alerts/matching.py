"""Who hears of an event: each alert that asks for it, each receiver once."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from hestia_assets.core.results import Event, Message
from hestia_assets.core.schedules import Schedule
from hestia_assets.core.specs import AlertSpec, Occurrence


def hears(alert: AlertSpec, event: Event) -> bool:
    """Whether an alert asks for this event; ``checks`` narrows failed checks only, ``share`` shares only.

    A paused alert asks for nothing: what happens meanwhile is not told later.
    """
    if alert.paused or alert.tenant != event.tenant or event.kind not in alert.on:
        return False
    if alert.datasets and event.dataset not in alert.datasets:
        return False
    if event.kind is Occurrence.CHECK_FAILED and alert.checks and event.check not in alert.checks:
        return False
    return event.kind is not Occurrence.QUARANTINE_SHARE or (event.share or 0) > alert.share


def messages_for(alerts: Sequence[AlertSpec], events: Sequence[Event], *, now: datetime) -> Iterator[Message]:
    """One message per event, alert and receiver; those of a digest are due at its next time."""
    for alert in alerts:
        mine = [event for event in events if hears(alert, event)]
        if not mine:
            continue
        due = next(Schedule.parse(alert.digest, time_zone=alert.time_zone).after(now)) if alert.digest else now
        for event in mine:
            for receiver in dict.fromkeys(alert.channel.to):
                yield Message(
                    event=event,
                    alert=alert.name,
                    channel=alert.channel.model_copy(update={"to": (receiver,)}),
                    created_at=now,
                    next_at=due,
                    since=now,
                    digest=bool(alert.digest),
                )
