"""The outbox: what was sent, what waits, what was not delivered and why; send it again, or give it up."""

import streamlit as st

from hestia_assets.core.results import Delivered, Message, MessageState, OutboxCounts
from streamlit_app.components.alert_words import STATE_WORDS
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.words import ago, count, plain
from streamlit_app.facade import hestia, tenant

MOST_CARDS, MOST_ROWS = 10, 500
_FILTERS = {
    "Everything": (),
    "Waiting": (MessageState.PENDING, MessageState.SENDING),
    "Not delivered": (MessageState.FAILED, MessageState.GIVEN_UP),
    "Sent": (MessageState.SENT,),
}
_SAID = "outbox-said"


@st.fragment(run_every=20)
def show_outbox() -> None:
    """Numbers, what a person should look at, and the messages; drawn anew every twenty seconds."""
    st.subheader("Outbox")
    with explained():
        counts = hestia().alerts.counts(tenant())
        if counts == OutboxCounts():
            st.info("Nothing has been told yet. What an alert asks for appears here.", icon=":material/outbox:")
            return
        _numbers(counts)
        _send_now(counts)
        _troubles()
        _table()


def _numbers(counts: OutboxCounts) -> None:
    shown = {
        "Waiting": counts.pending + counts.sending,
        "Sent": counts.sent,
        "Not delivered": counts.failed,
        "Given up": counts.given_up,
    }
    for place, (label, number) in zip(st.columns(len(shown)), shown.items(), strict=True):
        place.metric(label, f"{number:,}")
    if counts.doubtful:
        st.caption(
            f":material/content_copy: {count(counts.doubtful, 'sent message')} may have arrived twice: a server "
            "perhaps took it, and its answer was lost. Both copies have the same Message-ID."
        )
    if counts.goes_back_to:
        st.caption(
            f":material/history: This list goes back to {counts.goes_back_to:%Y-%m-%d %H:%M} UTC. "
            f"{count(counts.removed, 'message')} sent until then left it, as `HESTIA_OUTBOX_DAYS` says "
            f"({_kept()}); they are told to nobody again."
        )


def _kept() -> str:
    days = hestia().settings.outbox_days
    return f"{count(days, 'day')} at present" if days else "at present everything stays"


def _send_now(counts: OutboxCounts) -> None:
    if counts.pending and st.button("Send what is due now", icon=":material/send:", key="outbox-send"):
        with explained_later(), st.spinner("Sending …"):
            st.session_state[_SAID] = _told(hestia().alerts.deliver(within_seconds=15))
        st.rerun()
    if said := st.session_state.pop(_SAID, ""):
        st.info(said, icon=":material/send:")


def _told(done: Delivered) -> str:
    if done == Delivered():
        return "Nothing is due yet: what waits is sent at its time."
    refused = f" {count(done.failed, 'message')} refused for good." if done.failed else ""
    return f"{count(done.sent, 'message')} sent, {done.later:,} to be tried again.{refused}"


def _troubles() -> None:
    """What failed, and what waits because something is wrong."""
    waiting = hestia().alerts.messages(tenant(), states=_FILTERS["Waiting"], limit=MOST_ROWS)
    failed = hestia().alerts.messages(tenant(), states=[MessageState.FAILED], limit=MOST_ROWS)
    troubled = [*failed, *(message for message in waiting if message.problem)]
    for message in troubled[:MOST_CARDS]:
        _card(message)
    if len(troubled) > MOST_CARDS:
        st.caption(f"… and {count(len(troubled) - MOST_CARDS, 'more message')} with a problem, in the table.")


def _card(message: Message) -> None:
    with st.container(border=True, key=f"message-{message.id}"):
        failed = message.state is MessageState.FAILED
        icon = ":red[:material/error:]" if failed else ":orange[:material/schedule:]"
        tried = f"tried {count(message.attempts, 'time')}"
        tried += "" if failed else f", again at {message.next_at:%Y-%m-%d %H:%M} UTC"
        st.markdown(f"{icon} **{plain(message.event.title)}** to {plain(message.receiver)}, {tried}")
        if message.problem:
            st.caption(f"{plain(message.problem.message)} {plain(message.problem.hint)}")
        with st.container(horizontal=True):
            label = "Send again" if failed else "Send now"
            if st.button(label, key=f"again-{message.id}", icon=":material/send:"):
                with explained_later():
                    hestia().alerts.again(tenant(), message.id, author=hestia().author)
                    st.session_state[_SAID] = "It goes out within a minute."
                st.rerun()
            if st.button("Give up", key=f"give-up-{message.id}", icon=":material/cancel:"):
                with explained_later():
                    hestia().alerts.give_up(tenant(), message.id, author=hestia().author)
                st.rerun()


def _table() -> None:
    chosen = st.segmented_control("Show", list(_FILTERS), default="Everything", key="outbox-filter")
    messages = hestia().alerts.messages(tenant(), states=_FILTERS[chosen or "Everything"], limit=MOST_ROWS)
    if not messages:
        st.caption("There is none.")
        return
    st.dataframe([_row(message) for message in messages], hide_index=True, width="stretch")
    if len(messages) == MOST_ROWS:
        st.caption(f"The newest {MOST_ROWS:,}.")


def _row(message: Message) -> dict[str, object]:
    return {
        "What": message.event.title,
        "Dataset": message.event.dataset,
        "Alert": message.alert,
        "To": message.receiver,
        "State": STATE_WORDS[message.state],
        "When": ago(message.sent_at or message.created_at),
        "Attempts": message.attempts,
        "Perhaps twice": message.uncertain > 0,
        "Problem": message.problem.message if message.problem and message.state is not MessageState.SENT else "",
        "No.": message.id,
    }
