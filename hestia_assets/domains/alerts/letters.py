"""What a letter says: names and counts, where to look, and no value of anybody's rows.

The same messages give the same letter, byte for byte: a second copy can be told by what it carries, not by its name
alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Any

from hestia_assets.core.results import Event, Letter, Message
from hestia_assets.core.specs import AlertSpec, Occurrence

MOST_TOLD = 200
"""Events that a digest tells one by one; how many more there are is said."""

LONGEST_SUBJECT = 150

KIND_WORDS: Mapping[Occurrence, tuple[str, str]] = {
    Occurrence.CHECK_FAILED: ("failed check", "failed checks"),
    Occurrence.BATCH_HELD: ("file that waits for a decision", "files that wait for a decision"),
    Occurrence.BATCH_FAILED: ("file that was not imported", "files that were not imported"),
    Occurrence.QUARANTINE_SHARE: ("file with many rows set aside", "files with many rows set aside"),
    Occurrence.DATASET_LATE: ("late dataset", "late datasets"),
    Occurrence.ANOMALY: ("unusual figure", "unusual figures"),
}


def compose(messages: Sequence[Message], *, pages: str) -> Letter:
    """The letter that carries these messages of one alert. ``pages``: the address of the pages, for links."""
    first = messages[0]
    events = [_sendable(message.event) for message in messages]
    at = max(event.at for event in events)
    write = _single if len(events) == 1 else _digest
    subject, head = write(first.alert, events)
    foot = f"You receive this because of the alert '{first.alert}'."
    told, left = events[:MOST_TOLD], len(events) - MOST_TOLD
    more = f"… and {left:,} more: see the page." if left > 0 else ""
    return Letter(
        id=first.letter,
        subject=subject,
        text=_text(head, told, (more, foot), pages),
        html=_html(head, told, (more, foot), pages),
        at=at,
        payload=_payload(first, events, at, pages),
    )


def samples(alert: AlertSpec, *, at: datetime, demands: str = "") -> list[Event]:
    """Made-up events of the kinds that an alert asks for. ``demands``: the sentence of the first check it names."""
    dataset = alert.datasets[0] if alert.datasets else "orders"
    check = alert.checks[0] if alert.checks else "not_null__order_id"
    demands = demands or "order_id must not be empty"
    batch = f"{dataset}-20260102-030405-abcdef"
    told = {
        Occurrence.CHECK_FAILED: (
            f"12 of 1,200 rows in example.csv fail: {demands}",
            f"The rule says: {demands}. If not: set the row aside.",
        ),
        Occurrence.BATCH_HELD: (
            "example.csv waits for a decision",
            f"Held by its rules: {demands}, but 12 rows fail that.",
        ),
        Occurrence.BATCH_FAILED: ("example.csv was not imported", "The columns are not those of the dataset."),
        Occurrence.QUARANTINE_SHARE: (
            f"{min(alert.share + 0.01, 1):.1%} of example.csv was set aside",
            "Rows set aside wait for a correction.",
        ),
        Occurrence.DATASET_LATE: ("no file since yesterday", "A file was expected by 06:00."),
        Occurrence.ANOMALY: ("unusual number of rows", "1,200 rows came, 9,000 to 11,000 were expected."),
    }
    return [
        Event(
            key=f"sample:{kind.value}",
            kind=kind,
            tenant=alert.tenant,
            dataset=dataset,
            subject=batch,
            title=told[kind][0],
            text=told[kind][1] + " This is an example.",
            at=at,
            share=math.inf,
            check=check,
            link=f"datasets?dataset={dataset}",
        )
        for kind in alert.on
    ]


def _single(_alert: str, events: Sequence[Event]) -> tuple[str, str]:
    return _line(_titled(events[0])), ""


def _digest(alert: str, events: Sequence[Event]) -> tuple[str, str]:
    counts = {kind: sum(event.kind is kind for event in events) for kind in KIND_WORDS}
    words = ", ".join(f"{n:,} {KIND_WORDS[kind][n != 1]}" for kind, n in counts.items() if n)
    datasets = sorted({event.dataset for event in events})
    where = datasets[0] if len(datasets) == 1 else f"{len(datasets):,} datasets"
    return _line(f"{alert}: {words} in {where}"), f"{words} in {where}."


def _sendable(event: Event) -> Event:
    """Without what is no text: a file may have been called anything."""
    words = (text.encode("utf-8", "replace").decode() for text in (event.title, event.text))
    return replace(event, title=next(words), text=next(words))


def _titled(event: Event) -> str:
    """What happened, and in which dataset."""
    return event.title if event.dataset in event.title.split() else f"{event.dataset}: {event.title}"


def _line(text: str) -> str:
    """One line that any mail server takes."""
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return clean if len(clean) <= LONGEST_SUBJECT else f"{clean[: LONGEST_SUBJECT - 1]}…"


def _link(event: Event, pages: str) -> str:
    return f"{pages.rstrip('/')}/{event.link.lstrip('/')}" if event.link else pages


def _text(head: str, events: Sequence[Event], after: Sequence[str], pages: str) -> str:
    blocks = [head]
    for event in events:
        time = f"{event.at:%Y-%m-%d %H:%M} UTC"
        blocks.append(f"{_line(_titled(event))}\n{event.text}\n{time}\n{_link(event, pages)}")
    return "\n\n".join(block for block in (*blocks, *after) if block) + "\n"


def _html(head: str, events: Sequence[Event], after: Sequence[str], pages: str) -> str:
    blocks = [f"<p><b>{escape(head)}</b></p>" if head else ""]
    for event in events:
        link = escape(_link(event, pages), quote=True)
        blocks.append(
            f"<p><b>{escape(_line(_titled(event)))}</b><br>{escape(event.text)}<br>"
            f'<small>{event.at:%Y-%m-%d %H:%M} UTC</small><br><a href="{link}">Open in Hestia</a></p>'
        )
    blocks += [f"<p><small>{escape(each)}</small></p>" for each in after if each]
    return f'<html><body style="font-family: sans-serif">{"".join(blocks)}</body></html>\n'


def _payload(first: Message, events: Sequence[Event], at: datetime, pages: str) -> dict[str, Any]:
    """As the specification of Standard Webhooks proposes: ``type``, ``timestamp``, ``data``."""
    facts = [_facts(event, pages) for event in events]
    if len(events) == 1:
        return {"type": events[0].kind.value, "timestamp": at.isoformat(), "data": {"alert": first.alert, **facts[0]}}
    return {"type": "digest", "timestamp": at.isoformat(), "data": {"alert": first.alert, "events": facts}}


def _facts(event: Event, pages: str) -> dict[str, Any]:
    return {
        "key": event.key,
        "kind": event.kind.value,
        "tenant": event.tenant,
        "dataset": event.dataset,
        "subject": event.subject,
        "check": event.check,
        "title": event.title,
        "text": event.text,
        "at": event.at.isoformat(),
        "share": event.share if event.share is None or math.isfinite(event.share) else None,
        "link": _link(event, pages),
        "facts": dict(event.facts),
    }
