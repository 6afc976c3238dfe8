"""Rows in quarantine checked again, unchanged, after a rule, a type or the way of reading was changed."""

import streamlit as st

from hestia_assets.core.results import EntryFilter, Resubmission
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.resubmission import remember, show_trial
from streamlit_app.components.words import count
from streamlit_app.facade import hestia


def check_again(spec: DatasetSpec, wanted: EntryFilter, total: int, *, version: int) -> None:
    """First what would be loaded now, then the button that does it."""
    st.write(
        "When you changed a rule, a column's type or how files are read, rows that were set aside before may be right "
        "now. They are checked as they are, against the rules of today."
    )
    key = f"again-{spec.tenant}-{spec.name}"
    kept: tuple[object, Resubmission] | None = st.session_state.get(key)
    stamp = (wanted, total, version)
    trial = kept[1] if kept and kept[0] == stamp else None
    with st.container(horizontal=True):
        asked = st.button(
            f"Check {count(total, 'row')} again", icon=":material/replay:", type="secondary" if trial else "primary"
        )
        loads = trial is not None and st.button(
            f"Load {count(len(trial.loaded), 'row')}", icon=":material/upload:", type="primary",
            disabled=not trial.loaded, key=f"{key}-load",
        )  # fmt: skip
    if asked:
        with explained(), st.spinner(f"Checking {count(total, 'row')} …"):
            trial = hestia().quarantine.replay_preview(spec, wanted)
            st.session_state[key] = (stamp, trial)
            st.rerun()
    if loads:
        with explained_later(), st.spinner("Loading …"):
            remember(spec, hestia().quarantine.replay(spec, wanted, author=hestia().author))
            st.session_state.pop(key, None)
        st.rerun()
    if trial is not None:
        show_trial(spec, trial)
