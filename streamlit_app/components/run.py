"""A run of a transform or an export, watched until it ends."""

import streamlit as st

from streamlit_app.components import links
from streamlit_app.components.explained import explained, show_problem
from streamlit_app.components.launch import gateway
from streamlit_app.facade import hestia, tenant
from streamlit_app.gateway import RunState

_RUNNING = {RunState.WAITING, RunState.RUNNING}


def show_run(run_id: str, *, kind: str, subject: str) -> bool:
    """The run's state; tells whether it has succeeded."""
    with explained():
        state = gateway().run_state(run_id)
        if state in _RUNNING:
            _watch(run_id)
            return False
        if state is RunState.FAILED:
            _failed(run_id, kind, subject)
            return False
        return True
    return False


@st.fragment(run_every=1.0)
def _watch(run_id: str) -> None:
    with explained():
        state = gateway().run_state(run_id)
        if state not in _RUNNING:
            st.rerun()
        words = "waits for its turn" if state is RunState.WAITING else "is running"
        st.info(f"The run {words} …", icon=":material/hourglass_top:")


def _failed(run_id: str, kind: str, subject: str) -> None:
    jobs = hestia().jobs.recent(tenant(), limit=50)
    job = next((job for job in jobs if job.run_id == run_id or (job.kind, job.subject) == (kind, subject)), None)
    if job is not None and job.problem is not None:
        show_problem(job.problem)
    else:
        st.error("**The run failed.**  \nOpen it in Dagster to see why.", icon=":material/error:")
    st.link_button("The run in Dagster", links.run(run_id), icon=":material/receipt_long:")
