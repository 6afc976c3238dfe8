"""Rows in quarantine checked again, unchanged, after a rule, a type or the way of reading was changed."""

import streamlit as st

from hestia_assets.core.results import EntryFilter
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.newer_rows import ask_about_newer, seen_newer, tried
from streamlit_app.components.resubmission import remember, show_trial
from streamlit_app.components.words import count
from streamlit_app.components.working import working
from streamlit_app.facade import hestia


def check_again(spec: DatasetSpec, wanted: EntryFilter, total: int, *, version: int) -> None:
    """First what would be loaded now, then the button that does it."""
    st.write(
        "When you changed a rule, a column's type or how files are read, rows that were set aside before may be right "
        "now. They are checked as they are, against the rules of today."
    )
    key = f"again-{spec.tenant}-{spec.name}"
    stamp = (wanted, total, version)
    trial = tried(key, stamp, lambda desk, over: desk.replay_preview(spec, wanted, over_newer=over), asked=False)
    with st.container(horizontal=True):
        asked = st.button(
            f"Check {count(total, 'row')} again", icon=":material/replay:", type="secondary" if trial else "primary"
        )
        loads = trial is not None and st.button(
            f"Load {count(len(trial.loaded), 'row')}", icon=":material/upload:", type="primary",
            disabled=not trial.loaded, key=f"{key}-load",
        )  # fmt: skip
    if asked:
        with explained():
            tried(key, stamp, lambda desk, over: desk.replay_preview(spec, wanted, over_newer=over), asked=True)
            st.rerun()
    if loads:
        with explained_later(), working("Loading …") as quarantine:
            over = seen_newer(trial, key)
            remember(spec, quarantine.replay(spec, wanted, author=hestia().author, over_newer=over))
            st.session_state.pop(key, None)
        st.rerun()
    if trial is not None:
        show_trial(spec, trial)
        ask_about_newer(trial, key)
