"""The Alerts page: who hears of what, and what became of each message."""

import streamlit as st

from hestia_assets.core.specs import AlertSpec
from streamlit_app.components.alert_form import alert_form, send_test, show_preview
from streamlit_app.components.alert_words import sentence
from streamlit_app.components.explained import explained, explained_later, show_kept
from streamlit_app.components.launch import keep, newest
from streamlit_app.components.name_input import name_input
from streamlit_app.components.outbox import show_outbox
from streamlit_app.components.words import plain
from streamlit_app.facade import hestia, tenant

_ADDED = "alerts-added"
"""How many were added in this session: each new form is an empty one."""


def page() -> None:
    """Each alert as a sentence, a form for a new one, the outbox."""
    st.title("Alerts")
    st.write("An alert tells people when something needs them: at once, or together at a time of the day.")
    show_kept()
    with explained():
        saved = [item.spec for item in hestia().catalog.all("alert", tenant=tenant())]
        alerts = [spec for spec in saved if isinstance(spec, AlertSpec)]
        if not alerts:
            st.info(
                "Nobody is told of anything yet. Add the first alert: who should hear when a file waits for you?",
                icon=":material/notifications_off:",
            )
        for alert in alerts:
            _card(alert)
        _new({alert.name for alert in alerts}, expanded=not alerts)
    show_outbox()


def _card(alert: AlertSpec) -> None:
    with st.container(border=True, key=f"alert-{alert.name}"):
        icon = ":material/notifications_paused:" if alert.paused else ":material/notifications_active:"
        paused = "**Paused: nothing is noted or sent.** Otherwise " if alert.paused else ""
        st.markdown(f"### {icon} {plain(alert.name)}\n{paused}{sentence(alert)}")
        with st.container(horizontal=True):
            _pause(alert)
            _delete(alert)
        with st.expander("Change", icon=":material/edit:"), explained():
            found = newest(alert)
            version = found.version if found else 0
            key = f"change-{alert.name}-{version}"
            _ask(alert, name=alert.name, key=key, seen=version)


def _new(names: set[str], *, expanded: bool) -> None:
    with st.expander("A new alert", expanded=expanded, icon=":material/add_alert:"), explained():
        key = f"new-alert-{st.session_state.get(_ADDED, 0)}"
        name = name_input(st, "Name of the alert", key=key, placeholder="orders_team")
        if name in names:
            st.warning(f"There is an alert called {plain(name)} already: change that one, or take another name.")
            return
        _ask(None, name=name, key=key, seen=0)


def _ask(spec: AlertSpec | None, *, name: str, key: str, seen: int) -> None:
    """The form with its preview and what may be done with it."""
    draft = alert_form(spec, name=name, key=key)
    if draft is not None:
        show_preview(draft)
    with st.container(horizontal=True):
        wanted = st.button("Save", type="primary", icon=":material/save:", disabled=draft is None, key=f"{key}-save")
        test = st.button("Send a test", icon=":material/send:", disabled=draft is None, key=f"{key}-test")
    if draft is None:
        st.caption("A name, something to tell of and an address are needed.")
        return
    if test:
        send_test(draft)
    if wanted:
        keep(draft, seen=seen)
        if spec is None:
            st.session_state[_ADDED] = st.session_state.get(_ADDED, 0) + 1
        st.rerun()


def _pause(alert: AlertSpec) -> None:
    label, icon = ("Resume", ":material/play_arrow:") if alert.paused else ("Pause", ":material/pause:")
    explanation = "Paused, nothing new is noted, and what waits in the outbox stays there until it is resumed."
    if st.button(label, key=f"pause-{alert.name}", icon=icon, help=explanation):
        with explained_later():
            found = newest(alert)
            keep(alert.model_copy(update={"paused": not alert.paused}), seen=found.version if found else 0)
        st.rerun()


def _delete(alert: AlertSpec) -> None:
    """Asks once more, and says what stays."""
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(
            "Nobody hears of anything through it any more. What waits in the outbox is given up and stays there."
        )
        if st.button("Yes, delete the alert", key=f"delete-{alert.name}"):
            with explained_later():
                hestia().catalog.delete("alert", alert.tenant, alert.name, author=hestia().author)
            st.rerun()
