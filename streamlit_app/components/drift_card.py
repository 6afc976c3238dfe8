"""What is different in a new file of a known dataset, with what a person can do about it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from hestia_assets.core.results import Batch, Drift, DriftFinding
from streamlit_app.components.words import count, plain


def drift_card(drift: Drift, *, key: str) -> Mapping[str, Any] | None:
    """One line per difference; gives the changes of a choice that the person made just now."""
    if not drift.findings:
        if drift.batches:
            st.caption(f"Nothing surprises: the file looks like {_last(drift)}.")
        return None
    wanted = None
    with st.container(border=True, key=key):
        st.markdown(f"**Different this time** · held against {_last(drift)}" if drift.batches else "**Different**")
        for number, finding in enumerate(drift.findings):
            changes = _finding(finding, key=f"{key}-{number}-{finding.kind}-{finding.column}")
            wanted = wanted if changes is None else changes
    return wanted


def _last(drift: Drift) -> str:
    return f"the last {count(drift.batches, 'file')}" if drift.batches > 1 else "the last file"


def _finding(finding: DriftFinding, *, key: str) -> Mapping[str, Any] | None:
    st.markdown(f":orange[:material/difference:] {plain(finding.sentence)}")
    if len(finding.choices) < 2:
        return None
    before = st.session_state.get(f"{key}-was", 0)
    chosen = st.selectbox(
        f"What to do about {finding.column}",
        range(len(finding.choices)),
        format_func=lambda number: finding.choices[number].label,
        help="  \n".join(f"{choice.label}: {choice.because}" for choice in finding.choices),
        key=key,
    )
    st.session_state[f"{key}-was"] = chosen
    return finding.choices[chosen].changes if chosen != before else None


def show_drift(batch: Batch) -> None:
    """How a file that is in the history differed when it arrived, for whoever was not there to be asked."""
    if not batch.drift:
        return
    with st.container(border=True):
        st.markdown("**Different from the files before it**")
        st.markdown("\n".join(f"- {plain(finding.sentence)}" for finding in batch.drift))
        if any(finding.choices for finding in batch.drift):
            st.caption("To read it otherwise, press 'Read it in another way': there you choose what to do about it.")
