"""The Import page: a wizard from a file to a table."""

import streamlit as st

from hestia_assets.core.errors import HestiaError
from streamlit_app.components import links
from streamlit_app.components.batch import show_batch
from streamlit_app.components.explained import explained
from streamlit_app.components.launch import save, start_import
from streamlit_app.components.stepper import show_steps
from streamlit_app.components.words import plain, size
from streamlit_app.draft import Draft, Step, draft, start_over
from streamlit_app.facade import hestia, uploads
from streamlit_app.views.ingest_choose import choose
from streamlit_app.views.ingest_preview import preview
from streamlit_app.views.ingest_rules import rules


def page() -> None:
    """Draw the step that this session is at."""
    st.title("Import")
    work = draft()
    show_steps([step.value for step in Step], work.step.value)
    if work.file is not None and work.step is not Step.CHOOSE:
        _card(work)
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


def _card(work: Draft) -> None:
    """Which file is being imported, and the way out."""
    assert work.file is not None, "only drawn when a file is chosen"
    text, button = st.columns([5, 1], vertical_alignment="center")
    text.markdown(
        f":material/description: **{plain(work.file.name)}** · {size(work.file.size_bytes)} "
        f":material/arrow_forward: dataset **{plain(work.dataset)}**"
    )
    label = "Import another file" if work.step is Step.RUN and work.batch else "Start over"
    if button.button(label, icon=":material/restart_alt:", key=f"over-{work.number}", width="stretch"):
        start_over()
        st.rerun()


def run(work: Draft) -> None:
    """Hand the file in, start the run, then show the batch."""
    if not work.batch:
        _hand_in(work)
    if work.known:
        st.info(
            "**These very bytes have been imported into this dataset before.** Nothing was added twice; "
            "this is what came of them then.",
            icon=":material/content_copy:",
        )
    show_batch(work.batch)
    links.link_to("datasets", f"See the dataset {work.dataset}", icon=":material/table:", dataset=work.dataset)


def _hand_in(work: Draft) -> None:
    """Save the dataset, keep the file as a batch, launch its run; an error leads back to the rules."""
    assert work.file is not None, "a file is chosen before it runs"
    try:
        save(work.spec)
        with st.spinner("Storing the file …"), work.file.open() as source:
            received = hestia().ingest.receive(work.spec, source, file_name=work.file.name, author=hestia().author)
    except HestiaError:
        work.step = Step.RULES
        raise
    work.batch, work.known = received.batch.id, received.known
    if not received.known:
        with explained():
            start_import(received.batch)
    if work.file.token:
        uploads().remove(work.file.token)
