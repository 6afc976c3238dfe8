"""The Import page: a wizard from a file to a table."""

import streamlit as st

from hestia_assets.core.results import UNFINISHED, Batch, BatchState
from streamlit_app.components import links
from streamlit_app.components.batch import show_batch
from streamlit_app.components.explained import explained, explained_later, show_kept
from streamlit_app.components.launch import ChangedMeanwhileError, announce, keep, newest, start_import
from streamlit_app.components.stepper import show_steps
from streamlit_app.components.words import plain, size
from streamlit_app.draft import Draft, Step, draft, start_over
from streamlit_app.facade import hestia
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


def _card(work: Draft) -> None:
    """Which file is being imported, and the way out."""
    assert work.file is not None, "only drawn when a file is chosen"
    label = "Import another file" if work.step is Step.RUN and work.batch else "Start over"
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(
            f":material/description: **{plain(work.file.name)}** · {size(work.file.size_bytes)} "
            f":material/arrow_forward: dataset **{plain(work.dataset)}**",
            width="content",
        )
        if st.button(label, icon=":material/restart_alt:", key=f"over-{work.number}"):
            start_over()
            st.rerun()


def run(work: Draft) -> None:
    """Hand the file in, start the run, then show the batch."""
    if not work.batch:
        _begin(work)
        return
    if work.known:
        st.info(
            "**These very bytes arrived in this dataset before.** Nothing is added twice; "
            "this is what came of them then.",
            icon=":material/content_copy:",
        )
    show_batch(work.batch)
    links.link_to("datasets", f"See the dataset {work.dataset}", icon=":material/table:", dataset=work.dataset)


@st.fragment(run_every=0.3)
def _begin(work: Draft) -> None:
    """The first pass only clears the page of the step before; the second does the work."""
    if work.batch:
        return
    if not work.cleared:
        work.cleared = True
        st.info("Handing the file in …", icon=":material/hourglass_top:")
        return
    with explained_later():
        _hand_in(work)
    if not work.batch:
        work.cleared = False
        work.step = Step.RULES if work.step is Step.RUN else work.step
    st.rerun()


def _hand_in(work: Draft) -> None:
    """Save the dataset, keep the file as a batch, launch its run. Raises HestiaError."""
    assert work.file is not None, "a file is chosen before it runs"
    changed = _keep(work)
    with st.spinner("Storing the file …"), work.file.open() as source:
        received = hestia().ingest.receive(work.spec, source, file_name=work.file.name, author=hestia().author)
        work.batch, work.known = received.batch.id, received.known
    work.file.remove()
    waits = received.batch.state is BatchState.RECEIVED
    if waits or (received.batch.state in UNFINISHED and not received.batch.run_id):
        work.known = False
        _launch(work, received.batch, changed=changed)


def _keep(work: Draft) -> bool:
    """Save what the person changed, never over somebody else's change; tells whether there was one."""
    if work.saved is not None and work.spec == work.saved:
        return False
    try:
        changed = keep(work.spec, seen=work.version)
    except ChangedMeanwhileError:
        if work.saved is None:  # the new dataset's name was taken meanwhile
            work.step = Step.CHOOSE
            raise
        work.take_saved(newest(work.spec))
        work.take_recipe(work.saved.recipe)
        raise
    saved = newest(work.spec)
    work.version = saved.version if saved else 0
    return changed


def _launch(work: Draft, batch: Batch, *, changed: bool) -> None:
    """Without Dagster the file is safe as a batch; its run can be started later."""
    if changed:
        announce(work.spec)
    start_import(batch)
