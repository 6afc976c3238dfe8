"""The Home page: what there is, what arrived last, what needs a person, what is running."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, BatchState, Job, JobState
from streamlit_app.components import links
from streamlit_app.components.batches import show_batches
from streamlit_app.components.check_form import sentence_of, why_held
from streamlit_app.components.explained import explained
from streamlit_app.components.words import STATE_WORDS, ago, count, plain, size
from streamlit_app.facade import hestia, principal, tenant

LAST_BATCHES = 8


def page() -> None:
    """Four answers: what is running, what needs me, what do I have, what came last."""
    st.title("Home")
    with explained():
        batches = hestia().batches.recent(tenant(), limit=100)
        datasets = [item.spec.name for item in hestia().catalog.all("dataset", tenant=tenant())]
        if not datasets:
            _welcome()
            return
        _running()
        _attention(batches)
        _datasets(datasets, batches)
        _last(batches)


def _welcome() -> None:
    with st.container(border=True):
        st.subheader("Nothing here yet")
        st.write(
            "Bring a file with rows and columns. Hestia shows what is wrong with it, keeps the good rows in "
            "a table, sets the others aside with a reason, and accounts for every line."
        )
        links.link_to("import", "Import your first file", icon=":material/upload_file:")
    st.caption("Or run `hestia demo` for a home with sample data.")


@st.fragment(run_every=2.0)
def _running() -> None:
    """Jobs at work, asked every two seconds; nothing is drawn when there are none."""
    jobs = [job for job in hestia().jobs.recent(tenant()) if job.state is JobState.RUNNING]
    if not jobs:
        return
    st.subheader("Running now")
    for job in jobs:
        _job(job)


def _job(job: Job) -> None:
    share = min(job.bytes_done / job.bytes_total, 1.0) if job.bytes_total else 0.0
    of_bytes = f", {size(job.bytes_done)} of {size(job.bytes_total)}" if job.bytes_total else ""
    done = f"{count(job.rows_done, 'row')}{of_bytes}"
    st.progress(
        share,
        text=f"{job.kind.capitalize()} of **{plain(job.subject)}**: {done}, started {ago(job.started_at)}",
    )


def _attention(batches: Sequence[Batch]) -> None:
    """Files that wait for a person and rules that failed in the newest file of a dataset."""
    waiting = [batch for batch in batches if batch.state in {BatchState.HELD, BatchState.FAILED}]
    newest = {batch.dataset: batch for batch in reversed(batches) if batch.state is BatchState.COMMITTED}
    failing = [(batch, check) for batch in newest.values() for check in batch.checks if not check.passed]
    if not waiting and not failing:
        return
    st.subheader("Needs a look")
    for batch in waiting[:LAST_BATCHES]:
        _notice(batch, f"**{plain(batch.file_name)}** is {STATE_WORDS[batch.state]}: {plain(why_held(batch))}")
    for batch, check in failing[:LAST_BATCHES]:
        failed = count(check.failed_rows, "row")
        rule = plain(sentence_of(batch, check))
        _notice(batch, f"**{batch.dataset}**: {rule}. {failed} of {plain(batch.file_name)} fail that.")


def _notice(batch: Batch, text: str) -> None:
    with st.container(border=True):
        words, link = st.columns([6, 1], vertical_alignment="center")
        words.markdown(f":orange[:material/warning:] {text}")
        with link:
            links.link_to("datasets", "Look at it", dataset=batch.dataset, batch=batch.id)


def _datasets(names: Sequence[str], batches: Sequence[Batch]) -> None:
    st.subheader("Datasets")
    places = st.columns(3)
    for position, name in enumerate(names):
        with places[position % 3].container(border=True):
            _dataset(name, [batch for batch in batches if batch.dataset == name])


def _dataset(name: str, batches: Sequence[Batch]) -> None:
    links.link_to("datasets", name, icon=":material/table:", dataset=name)
    rows = _rows(name)
    arrived = [batch for batch in batches if batch.state is BatchState.COMMITTED]
    st.markdown(f"### {count(rows, 'row')}")
    if not arrived:
        st.caption("No file has been imported yet.")
        return
    st.caption(f"Last import {ago(arrived[0].finished_at)} from {plain(arrived[0].file_name)}")


def _rows(name: str) -> int:
    """Rows of the validated table, through the gate; none where nothing was imported."""
    try:
        rows = hestia().gate.read(principal(), TableRef(Layer.VALIDATED, tenant(), name), purpose=Purpose.PAGE)
    except NotFoundError:
        return 0
    return int(rows.select(pl.len()).collect().item())


def _last(batches: Sequence[Batch]) -> None:
    st.subheader("Last files")
    if not batches:
        st.info("No file has arrived yet. Import one, or put one into a drop folder.", icon=":material/info:")
        return
    show_batches(batches[:LAST_BATCHES])
