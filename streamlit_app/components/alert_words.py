"""Alerts in plain sentences."""

from hestia_assets.core.channels import variable_of
from hestia_assets.core.results import MessageState
from hestia_assets.core.specs import AlertSpec, ChannelKind, DatasetSpec, Occurrence
from streamlit_app.components.sentences import demands_of
from streamlit_app.components.words import plain
from streamlit_app.facade import hestia

OCCURRENCE_WORDS = {
    Occurrence.CHECK_FAILED: "a check fails",
    Occurrence.BATCH_HELD: "a file waits for a decision",
    Occurrence.BATCH_FAILED: "a file is not imported",
    Occurrence.QUARANTINE_SHARE: "many rows of a file are set aside",
    Occurrence.DATASET_LATE: "a dataset is late",
    Occurrence.ANOMALY: "a figure is unusual",
}
CHANNEL_WORDS = {
    ChannelKind.EMAIL: "e-mail",
    ChannelKind.CHAT: "chat",
    ChannelKind.WEBHOOK: "webhook",
}
STATE_WORDS = {
    MessageState.PENDING: "waiting",
    MessageState.SENDING: "being sent",
    MessageState.SENT: "sent",
    MessageState.FAILED: "not delivered",
    MessageState.GIVEN_UP: "given up",
}
AT_ONCE, OWN = "", "own"
TIMES = {
    AT_ONCE: "at once",
    "0 * * * *": "together, every hour",
    "0 7 * * *": "together, every day at seven",
    "0 7 * * mon": "together, every Monday at seven",
    OWN: "together, at another time",
}


def sentence(alert: AlertSpec) -> str:
    """Who hears of what, how and when, as Markdown."""
    who = _joined([f"**{plain(_who(receiver))}**" for receiver in alert.channel.to], "and")
    hears = "hears" if len(alert.channel.to) == 1 else "hear"
    what = _joined([_what(kind, alert) for kind in alert.on], "or")
    where = _joined([f"**{plain(name)}**" for name in alert.datasets], "or") if alert.datasets else "any dataset"
    return f"{who} {hears} by {CHANNEL_WORDS[alert.channel.kind]}, {when(alert)}, when {what}, in {where}."


def when(alert: AlertSpec) -> str:
    """At once, or at which times."""
    if not alert.digest:
        return TIMES[AT_ONCE]
    return f"{TIMES.get(alert.digest, f'together at `{alert.digest}`')} ({plain(alert.time_zone)})"


def _who(receiver: str) -> str:
    """An address, or the chat or web address that a variable holds."""
    name = variable_of(receiver)
    return f"whoever {name} names" if name else receiver


def _what(kind: Occurrence, alert: AlertSpec) -> str:
    if kind is Occurrence.QUARANTINE_SHARE:
        return f"more than {alert.share * 100:.4g} % of a file is set aside"
    if kind is Occurrence.CHECK_FAILED and alert.checks:
        return f"one of these rules is not met: {_joined([f'*{plain(one)}*' for one in _rules_of(alert)], 'or')}"
    return OCCURRENCE_WORDS[kind]


def _rules_of(alert: AlertSpec) -> list[str]:
    """The rules that an alert names, in words as far as a dataset has them."""
    saved = [item.spec for item in hestia().catalog.all("dataset", tenant=alert.tenant)]
    known = [one for one in saved if isinstance(one, DatasetSpec)]
    demands = demands_of(one for one in known if not alert.datasets or one.name in alert.datasets)
    return [demands.get(name, name) for name in alert.checks]


def _joined(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
