"""One file that arrived: how far it is, where its lines went, what was set aside, what a person can do."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import EDIT, RESUBMIT, UNFINISHED, Batch, BatchState, CheckResult
from hestia_assets.core.sentences import consequence
from streamlit_app.components import links
from streamlit_app.components.account import show_account
from streamlit_app.components.batch_actions import show_actions, show_decisions, start_again
from streamlit_app.components.cancel import cancel_button
from streamlit_app.components.drift_card import show_drift
from streamlit_app.components.edited import show_edited
from streamlit_app.components.explained import explained, show_kept, show_problem
from streamlit_app.components.frames import ASIDE_WIDTHS, WRAPPED, show_rows
from streamlit_app.components.headline import show_headline
from streamlit_app.components.launch import gateway, run_of
from streamlit_app.components.sentences import problem_in_words, sentence_of
from streamlit_app.components.words import BY_HAND, count, every, plain, seconds, size
from streamlit_app.downloads import quarantined, unit_of
from streamlit_app.facade import hestia, principal
from streamlit_app.gateway import RunState

SAMPLE_ROWS = 200
_CAME_BY = {EDIT: "an edit on a page or by command", RESUBMIT: "rows that were set aside and fixed"}
QUARANTINE_LABELS = {
    "_line": "Line",
    "column": "Column",
    "message": "Why",
    "value": "Value",
    "text": "Original text",
}


def show_batch(batch_id: str) -> None:
    """Everything about one batch; while it runs, its progress."""
    show_kept()
    batch = hestia().batches.get(batch_id)
    if batch.state in UNFINISHED:
        _watch(batch_id)
        return
    show_headline(batch)
    show_decisions(batch)
    if batch.account.total and batch.origin not in BY_HAND:
        show_account(batch.account, unit=unit_of(hestia(), batch))
    show_drift(batch)
    show_actions(batch)
    _details(batch)


@st.fragment(run_every=1.0)
def _watch(batch_id: str) -> None:
    """The progress of a run, asked once a second; the page is drawn anew when it has ended."""
    batch = hestia().batches.get(batch_id)
    if batch.state not in UNFINISHED:
        st.rerun()
    reading = batch.size_bytes and batch.state is not BatchState.RECEIVED
    share = min(batch.bytes_done / batch.size_bytes, 1.0) if reading else 0.0
    st.progress(share, text=_doing(batch))
    with explained():
        _watch_run(batch)


def _doing(batch: Batch) -> str:
    """What a run is doing, in words."""
    name, rows = plain(batch.file_name), count(batch.rows_done, "row")
    if batch.state is BatchState.RECEIVED:
        return f"{name} waits for its run …"
    if batch.state is BatchState.CHECKING:
        return f"Checking and storing {name}: {rows}"
    return f"Reading {name}: {rows}, {size(batch.bytes_done)} of {size(batch.size_bytes)}"


def _watch_run(batch: Batch) -> None:
    """A run that ended without finishing its batch, or never began, needs a person."""
    run_id = run_of(batch)
    state = gateway().run_state(run_id) if run_id else None
    if state is None and batch.problem is not None:
        show_problem(batch.problem)
    elif state is None:
        st.info("This file waits for its run.", icon=":material/schedule:")
    elif state in {RunState.FAILED, RunState.SUCCEEDED} and hestia().batches.get(batch.id).state in UNFINISHED:
        st.error("**The run stopped before the file was finished.**  \nRun it again: it goes on where it was.")
    else:
        st.caption("You may close this page: the import goes on without it.")
        cancel_button([batch], run=run_id)
        return
    if st.button("Run again" if run_id else "Start now", icon=":material/play_arrow:", key=f"again-{batch.id}"):
        start_again(batch)


def _details(batch: Batch) -> None:
    done, edit = batch.state is BatchState.COMMITTED, batch.origin in BY_HAND
    parts: dict[str, Callable[[Batch], None]] = {}
    if batch.origin == EDIT:
        parts["What was changed"] = show_edited
    if done:
        parts["Rows as they are now" if edit else "Accepted rows"] = _accepted
    if done and not edit:
        parts[f"Set aside ({batch.rows_quarantined:,})"] = _aside
    if batch.origin != EDIT:
        parts["Rules"] = show_results
    parts["Facts"] = _facts
    for tab, (_, draw) in zip(st.tabs(list(parts)), parts.items(), strict=True):
        with tab:
            draw(batch)


def _accepted(batch: Batch) -> None:
    if not batch.rows_loaded:
        st.info("No row of this file is in the table.", icon=":material/info:")
        return
    ref = TableRef(Layer.VALIDATED, batch.tenant, batch.dataset)
    with explained():
        rows = hestia().gate.read(principal(), ref, purpose=Purpose.PAGE)
        frame = rows.filter(pl.col("_batch") == batch.id).head(SAMPLE_ROWS).collect()
        show_rows(
            frame, empty="The table has these rows from other files: this one changed none of them, or later ones did."
        )
        if not frame.is_empty():
            st.caption(_how_many(batch, frame.height))


def _how_many(batch: Batch, shown: int) -> str:
    """What of the file is shown; a row that says the same as before belongs to the file that brought it."""
    if shown == batch.rows_loaded:
        return f"{every(shown, 'row').capitalize()}{'' if batch.origin in BY_HAND else ' of the file'}."
    if shown == SAMPLE_ROWS:
        return f"The first {count(shown, 'row')}."
    others = count(batch.rows_loaded - shown, "other row")
    return f"{count(shown, 'row')} that the table has from this file. Of the {others} it has what other files say."


def _aside(batch: Batch) -> None:
    if not batch.rows_quarantined:
        st.success("No row was set aside.", icon=":material/check:")
        return
    with explained():
        unit = unit_of(hestia(), batch)
        frame = quarantined(hestia(), batch).select(*QUARANTINE_LABELS).head(SAMPLE_ROWS).collect()
        st.dataframe(
            frame.rename(QUARANTINE_LABELS | {"_line": unit.capitalize()}),
            hide_index=True,
            placeholder="",
            row_height=WRAPPED,
            column_config=ASIDE_WIDTHS,
        )
        rows = every(frame.height, "row").capitalize()
        if frame.height < batch.rows_quarantined:
            rows = f"The first {count(frame.height, 'row')} of {batch.rows_quarantined:,}"
        st.caption(f"{rows}. {unit.capitalize()} is the place in your file.")
    links.link_to(
        "quarantine", "Fix them", icon=":material/build:", dataset=batch.dataset, batch=batch.id
    )  # fmt: skip
    st.link_button("Download them all as CSV", links.quarantine_download(batch.id), icon=":material/download:")
    st.caption(
        "The download holds the original text unchanged. A spreadsheet may take text that begins "
        "with = + - or @ for a formula: open it as text."
    )


def show_results(batch: Batch) -> None:
    """What each rule found in the last complete run."""
    if not batch.checks:
        st.info(
            "No rule looked at this file. Add rules on the Import page, with the next one.",
            icon=":material/info:",
        )
        return
    rows = [_result_row(batch, result) for result in batch.checks]
    st.table(rows, hide_index=True)


def _result(result: CheckResult) -> str:
    """Whether it passed, what failed, what was borne."""
    exempt = f" ({count(result.exempt_rows, 'row')} failed by an exception)" if result.exempt_rows else ""
    borne = f": {problem_in_words(result)}" if result.failed_rows else ""
    return f"passed{borne}{exempt}" if result.passed else f"{problem_in_words(result)}{exempt}"


def _result_row(batch: Batch, result: CheckResult) -> dict[str, object]:
    return {
        "Rule": sentence_of(batch, result),  # a table shows Markdown
        "Result": _result(result),
        "Rows looked at": f"{result.checked_rows:,}",
        "If it fails": consequence(result.severity, result.rule, hestia().rules),
        "For example": ", ".join(f"line {row.line}: {plain(row.value or '(empty)')}" for row in result.sample[:3]),
    }


def _facts(batch: Batch) -> None:
    facts = {
        "File": "" if batch.origin in BY_HAND else batch.file_name,
        "Came by": _CAME_BY.get(batch.origin, batch.origin),
        "Size": size(batch.size_bytes),
        "Arrived": batch.created_at.strftime("%d %b %Y %H:%M UTC"),
        "Brought by": batch.author,
        "Took": seconds(batch.seconds),
        "Fingerprint (SHA-256)": batch.sha256,
        "Import number": batch.id,
        "Dataset version": str(batch.spec_version),
    }
    st.dataframe(
        [{"What": name, "Value": value} for name, value in facts.items() if value], hide_index=True, placeholder=""
    )
