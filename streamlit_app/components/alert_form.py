"""The form of an alert: of what, where, to whom, when; what its messages look like; a test."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from hestia_assets.core.channels import refuse_channel
from hestia_assets.core.errors import HestiaError
from hestia_assets.core.specs import AlertSpec, ChannelKind, DatasetSpec, Occurrence, parse
from streamlit_app.components.alert_words import CHANNEL_WORDS, OCCURRENCE_WORDS, OWN, TIMES, sentence
from streamlit_app.components.sentences import demands_of
from streamlit_app.components.words import plain
from streamlit_app.facade import hestia, tenant

_ADDRESS = {
    ChannelKind.EMAIL: ("To whom", "ada@example.org, bob@example.org", "Several addresses: with commas between them."),
    ChannelKind.CHAT: (
        "Variable that holds the address",
        "HESTIA_CHAT_OPS",
        "The address of a chat (slack://…, msteams://…, as apprise writes it) lets anybody write there. So it stands "
        "in an environment variable where Hestia runs, and only the name of that variable stands here.",
    ),
    ChannelKind.WEBHOOK: (
        "Web address",
        "https://example.org/hooks/hestia",
        "Or env:HESTIA_WEBHOOK_OPS, where that variable holds an address with a token.",
    ),
}


def alert_form(spec: AlertSpec | None, *, name: str, key: str) -> AlertSpec | None:
    """Draw the form; gives the alert as it stands in it, nothing while something is missing.

    Args:
        spec: as it was saved; nothing for a new one.
        name: of the alert.
        key: begins the keys of the widgets.
    """
    fields = {**_what(spec, key), **_where(spec, key), "channel": _how(spec, key), **_times(spec, key)}
    if not (name and fields["on"] and fields["channel"]["to"]):
        return None
    base: Mapping[str, Any] = spec.model_dump() if spec else {"tenant": tenant()}
    try:
        draft = parse(AlertSpec, {**base, "name": name, **fields})
        refuse_channel(draft.channel)
    except HestiaError as error:
        st.warning(f"{plain(error.message)} {plain(error.hint)}", icon=":material/edit:")
        return None
    return draft


def show_preview(draft: AlertSpec) -> None:
    """The sentence, and a message with made-up events."""
    st.markdown(sentence(draft))
    with st.expander("See what a message looks like", icon=":material/visibility:"):
        letter = hestia().alerts.preview(draft)
        st.markdown(f"**{plain(letter.subject)}**")
        with st.container(border=True):
            st.html(letter.html)
        st.caption("Messages carry names and counts, never the values of rows.")
    if draft.channel.kind is ChannelKind.EMAIL and not hestia().settings.smtp_host:
        st.warning(
            "No mail server is set, so nothing goes out by e-mail yet: set HESTIA\\_SMTP\\_HOST where Hestia runs. "
            "Until then messages wait.",
            icon=":material/mail:",
        )


def send_test(draft: AlertSpec) -> None:
    """Send a made-up message now. Raises HestiaError."""
    with st.spinner("Sending …"):
        told = hestia().alerts.test(draft, author=hestia().author)
    st.success(f"An example was sent to {plain(', '.join(told))}.", icon=":material/send:")


def _what(spec: AlertSpec | None, key: str) -> dict[str, Any]:
    chosen = st.multiselect(
        "Tell when",
        list(Occurrence),
        default=list(spec.on) if spec else [Occurrence.BATCH_HELD, Occurrence.BATCH_FAILED],
        format_func=lambda kind: OCCURRENCE_WORDS[kind],
        key=f"{key}-on",
    )
    share = spec.share if spec else 0.05
    if Occurrence.QUARANTINE_SHARE in chosen:
        percent = st.number_input(
            "Many rows are more than so many percent of a file", 0.0, 100.0, share * 100, step=1.0, key=f"{key}-share"
        )
        share = percent / 100
    return {"on": chosen, "share": share}


def _where(spec: AlertSpec | None, key: str) -> dict[str, Any]:
    saved = [item.spec for item in hestia().catalog.all("dataset", tenant=tenant())]
    known = {one.name: one for one in saved if isinstance(one, DatasetSpec)}
    left, right = st.columns(2)
    before = list(spec.datasets) if spec else []
    datasets = left.multiselect(
        "Datasets", sorted({*known, *before}), default=before, key=f"{key}-datasets", placeholder="every dataset"
    )
    checks = list(spec.checks) if spec else []
    asked = st.session_state.get(f"{key}-on", spec.on if spec else ())
    if Occurrence.CHECK_FAILED in asked:
        wanted = (one for one in known.values() if not datasets or one.name in datasets)
        demands = demands_of(wanted)
        checks = right.multiselect(
            "Rules", sorted({*demands, *checks}), default=checks, key=f"{key}-checks", placeholder="every rule",
            format_func=lambda name: demands.get(str(name), str(name)),
        )  # fmt: skip
    return {"datasets": datasets, "checks": checks}


def _how(spec: AlertSpec | None, key: str) -> dict[str, Any]:
    left, right = st.columns([1, 3])
    kinds = list(ChannelKind)
    first = kinds.index(spec.channel.kind) if spec else 0
    kind = left.selectbox("By", kinds, first, format_func=lambda one: CHANNEL_WORDS[one], key=f"{key}-kind")
    label, example, explained = _ADDRESS[kind]
    same = spec is not None and spec.channel.kind is kind
    value = ", ".join(spec.channel.to) if spec and same else ""
    text = right.text_input(label, value, key=f"{key}-to-{kind.value}", placeholder=example, help=explained)
    secret = ""
    if kind is ChannelKind.WEBHOOK:
        secret = st.text_input(
            "Variable that holds the signing secret",
            spec.channel.secret if spec and same else "",
            key=f"{key}-secret",
            placeholder="HESTIA_WEBHOOK_SECRET",
            help="With one, each message is signed as Standard Webhooks says: the receiver can tell it is ours.",
        ).strip()
    return {"kind": kind, "to": _addresses(text, kind), "secret": secret}


def _addresses(text: str, kind: ChannelKind) -> list[str]:
    parts = text.split(",") if kind is ChannelKind.EMAIL else [text]
    found = [part.strip() for part in parts if part.strip()]
    if kind is ChannelKind.CHAT:
        return [each if ":" in each else f"env:{each}" for each in found]
    return found


def _times(spec: AlertSpec | None, key: str) -> dict[str, Any]:
    left, right = st.columns(2)
    value = spec.digest if spec else ""
    options = list(TIMES)
    usual = value if value in TIMES else OWN
    digest = left.selectbox(
        "Send", options, options.index(usual), format_func=lambda one: TIMES[one], key=f"{key}-when"
    )
    if digest == OWN:
        digest = left.text_input(
            "Minute, hour, day, month, weekday", value, key=f"{key}-cron", placeholder="30 6 * * mon-fri"
        ).strip()
    zone = spec.time_zone if spec else "UTC"
    if digest:
        zone = right.text_input("Time zone", zone, key=f"{key}-zone", help="Such as Europe/Berlin").strip()
    return {"digest": digest, "time_zone": zone or "UTC"}
