"""Ending a run on purpose: what was not published by then is given up."""

import time
from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.results import UNFINISHED, Batch
from streamlit_app.components.explained import explained_later
from streamlit_app.components.launch import gateway
from streamlit_app.facade import hestia
from streamlit_app.gateway import RunState

WAIT_SECONDS = 30.0


def cancel_button(batches: Sequence[Batch], *, run: str) -> None:
    """Asks once more, then ends the run and gives up its files."""
    with st.popover("Cancel", icon=":material/cancel:"):
        what = "this file" if len(batches) == 1 else "the files that are not imported yet"
        st.write(f"Nothing of {what} will be in the table. To import it later, bring it again.")
        if st.button("Yes, cancel the import", key=f"cancel-{run}"):
            with explained_later():
                _cancel(batches, run=run)
            st.rerun()


def _cancel(batches: Sequence[Batch], *, run: str) -> None:
    """Raises HestiaError: a file is published already, or the run does not end."""
    with st.spinner("Ending the run …"):
        gateway().terminate(run)
        until = time.monotonic() + WAIT_SECONDS
        while gateway().run_state(run) in {RunState.RUNNING, RunState.WAITING} and time.monotonic() < until:
            time.sleep(0.25)
    for batch in batches:
        if hestia().batches.get(batch.id).state in UNFINISHED:
            hestia().ingest.discard(batch.id, author=hestia().author)
