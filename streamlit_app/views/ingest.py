"""The Import page: a wizard from files to a table. ``?batch=ID`` begins with a file that was imported before."""

import streamlit as st

from hestia_assets.core.errors import HestiaError
from streamlit_app.chosen import of_batch
from streamlit_app.components.explained import explained, explained_later, show_kept
from streamlit_app.components.stepper import show_steps
from streamlit_app.components.words import count, plain, size
from streamlit_app.draft import Draft, Step, draft, start_over
from streamlit_app.facade import hestia, tenant
from streamlit_app.views.ingest_choose import choose
from streamlit_app.views.ingest_preview import preview
from streamlit_app.views.ingest_rules import rules
from streamlit_app.views.ingest_run import run


def page() -> None:
    """Draw the step that this session is at."""
    st.title("Import")
    with explained_later():
        _begin_with(st.query_params.pop("batch", ""))
    work = draft()
    show_steps([step.value for step in Step], work.step.value)
    if work.files and work.step is not Step.CHOOSE:
        _card(work)
    show_kept()
    with explained():
        match work.step:
            case Step.CHOOSE:
                choose(work)
            case Step.PREVIEW:
                preview(work)
            case Step.RULES:
                rules(work)
            case Step.RUN:
                run(work)


def _begin_with(batch: str) -> None:
    """Look at the original of a file that was imported before, to read it in another way. Raises HestiaError."""
    if not batch:
        return
    found = hestia().batches.get(batch)
    saved = hestia().catalog.get("dataset", tenant(), found.dataset)
    work = start_over()
    try:
        work.files, work.dataset = (of_batch(found),), found.dataset
        work.take_saved(saved)
        work.look_again()
    except HestiaError:
        start_over()
        raise
    work.step = Step.PREVIEW
    st.session_state[f"change-{work.number}"] = True


def _card(work: Draft) -> None:
    """Which files are being imported, and the way out."""
    label = "Import another file" if work.step is Step.RUN and work.fates else "Start over"
    name = work.files[0].name if len(work.files) == 1 else count(len(work.files), "file")
    total = size(sum(file.size_bytes for file in work.files))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(
            f":material/description: **{plain(name)}** · {total} "
            f":material/arrow_forward: dataset **{plain(work.dataset)}**",
            width="content",
        )
        if st.button(label, icon=":material/restart_alt:", key=f"over-{work.number}"):
            start_over()
            st.rerun()
