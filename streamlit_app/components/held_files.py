"""Files of a dataset that wait for a person: nothing of them is in its table, and each of its pages says so."""

from collections.abc import Callable

import streamlit as st

from hestia_assets.core.results import BatchState
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.sentences import why_held
from streamlit_app.components.words import plain
from streamlit_app.facade import hestia

MOST = 5


def show_held(spec: DatasetSpec, link: Callable[[str], None]) -> None:
    """Each held file with the reason, the newest first; ``link`` leads to the one of this id."""
    held = hestia().batches.recent(spec.tenant, spec.name, states=(BatchState.HELD,), limit=MOST + 1)
    for batch in held[:MOST]:
        words = f"**{plain(batch.file_name)} waits for your decision.** None of its rows is in the table yet:"
        st.warning(f"{words} {why_held(batch)}", icon=":material/pan_tool:")
        link(batch.id)
    if len(held) > MOST:
        st.caption("More files wait: see the history of the dataset.")
