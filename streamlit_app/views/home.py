"""The Home page: what there is, what arrived last, what needs a person, what is running."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, BatchState, EntryPage, Job, JobState
from hestia_assets.core.specs import DatasetSpec, Severity
from streamlit_app.components import links
from streamlit_app.components.batches import show_batches
from streamlit_app.components.entry_words import file_of, waiting
from streamlit_app.components.explained import explained
from streamlit_app.components.sentences import problem_in_words, sentence_of, why_held
from streamlit_app.components.words import STATE_WORDS, ago, count, plain, size
from streamlit_app.facade import hestia, principal, tenant

LAST_BATCHES = 8
LINES_SHOWN = 4
LOOKED_AT = 200
"""The newest so many files that wait for a person or were refused."""


def page() -> None:
    """Four answers: what is running, what needs me, what do I have, what came last."""
    st.title("Home")
    with explained():
        batches = hestia().batches.recent(tenant(), limit=LAST_BATCHES)
        held = hestia().batches.recent(tenant(), limit=LOOKED_AT, states=(BatchState.HELD, BatchState.FAILED))
        specs = [item.spec for item in hestia().catalog.all("dataset", tenant=tenant())]
        if not specs:
            _welcome()
            return
        _running()
        _attention([spec for spec in specs if isinstance(spec, DatasetSpec)], held)
        _datasets([spec.name for spec in specs])
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


def _attention(specs: Sequence[DatasetSpec], held: Sequence[Batch]) -> None:
    """Per dataset: files that wait for a person, and what its newest file left aside."""
    needs = {spec.name: _needs(spec, held) for spec in specs}
    needy = {name: (lines, to_fix) for name, (lines, to_fix) in needs.items() if lines or to_fix.total}
    if not needy:
        return
    st.subheader("Needs a look")
    for name in sorted(needy, key=lambda name: _to_decide(needy[name][0]) is None):  # what waits for a word comes first
        _notice(name, *needy[name])


def _to_decide(lines: Sequence[tuple[str, Batch]]) -> Batch | None:
    """The newest file that waits for a person."""
    return next((batch for _, batch in lines if batch.state is BatchState.HELD), None)


def _needs(spec: DatasetSpec, held: Sequence[Batch]) -> tuple[list[tuple[str, Batch]], EntryPage]:
    """What a person should know of a dataset, as Markdown, each with the file it is about; and rows to fix."""
    lines = [
        (f"**{plain(batch.file_name)}** is {STATE_WORDS[batch.state]}: {why_held(batch)}", batch)
        for batch in held
        if batch.dataset == spec.name
    ]
    to_fix = waiting(spec)
    newest = next(iter(hestia().batches.last_files(tenant(), spec.name, limit=1)), None)
    if newest is None:
        return lines, to_fix
    fixed = not to_fix.by_batch.get(newest.id)
    failing = [one for one in newest.checks if not one.passed and not (fixed and one.severity is Severity.REJECT)]
    found = [f"{sentence_of(newest, check)}: {problem_in_words(check)}." for check in failing]
    return lines + [(line, newest) for line in found], to_fix


def _notice(name: str, lines: Sequence[tuple[str, Batch]], to_fix: EntryPage) -> None:
    with st.container(border=True):
        words, link = st.columns([6, 1], vertical_alignment="center")
        shown = [_aside(to_fix)] if to_fix.total else []
        shown += [text for text, _ in lines[:LINES_SHOWN]]
        if len(lines) > LINES_SHOWN:
            shown.append(f"and {len(lines) - LINES_SHOWN:,} more")
        points = "\n".join(f"- {text}" for text in shown)
        words.markdown(f":orange[:material/warning:] **{plain(name)}**\n\n{points}")
        files = {batch.id for _, batch in lines}
        with link:
            decide = _to_decide(lines)
            if decide:
                links.link_to("datasets", "Decide", icon=":material/gavel:", dataset=name, batch=decide.id)
            if to_fix.total:
                links.link_to("quarantine", "Fix them", dataset=name)
            if lines and not decide:
                links.link_to(
                    "datasets", "Look at it", dataset=name, **({"batch": files.pop()} if len(files) == 1 else {})
                )


def _aside(to_fix: EntryPage) -> str:
    """How many rows wait to be fixed, and of which file."""
    files = list(to_fix.by_batch)
    of = plain(file_of(files[0])) if len(files) == 1 else count(len(files), "file")
    return f"{count(to_fix.total, 'row')} of {of} {'was' if to_fix.total == 1 else 'were'} set aside."


def _datasets(names: Sequence[str]) -> None:
    st.subheader("Datasets")
    places = st.columns(3)
    for position, name in enumerate(names):
        with places[position % 3].container(border=True):
            _dataset(name)


def _dataset(name: str) -> None:
    links.link_to("datasets", name, icon=":material/table:", dataset=name)
    rows = _rows(name)
    arrived = hestia().batches.last_files(tenant(), name, limit=1)
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
    if (picked := show_batches(batches, key="last-files")) is not None:
        links.go_to("datasets", dataset=picked.dataset, batch=picked.id)
