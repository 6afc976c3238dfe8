"""Many files of one import: a line for each, and how far all of them are."""

from collections.abc import Mapping, Sequence

import streamlit as st

from hestia_assets.core.results import UNFINISHED, Batch, BatchState
from streamlit_app.chosen import Fate
from streamlit_app.components import links
from streamlit_app.components.cancel import cancel_button
from streamlit_app.components.explained import explained
from streamlit_app.components.frames import WRAPPED
from streamlit_app.components.launch import run_of, start_imports
from streamlit_app.components.words import STATE_WORDS, count, size
from streamlit_app.facade import hestia, tenant

_WIDTHS = {
    "File": st.column_config.TextColumn(width=190),
    "State": st.column_config.TextColumn(width=100),
    "Rows": st.column_config.NumberColumn(format="localized", width=70),
    "Set aside": st.column_config.NumberColumn(format="localized", width=75),
    "Why": st.column_config.TextColumn(width=300),
}


def show_fates(dataset: str, fates: Sequence[Fate]) -> None:
    """The table; while files wait or are read, with progress."""
    batches = _batches(dataset, fates)
    if any(batch.state in UNFINISHED for batch in batches.values()):
        _watch(dataset, fates)
    else:
        _summary(fates, batches)
        _table(dataset, fates, batches)


@st.fragment(run_every=1.0)
def _watch(dataset: str, fates: Sequence[Fate]) -> None:
    batches = _batches(dataset, fates)
    left = [batch for batch in batches.values() if batch.state in UNFINISHED]
    if not left:
        st.rerun()
    _progress(list(batches.values()), left)
    with explained():
        runs = sorted({run for batch in left if (run := run_of(batch))})
        if runs:
            cancel_button(left, run=runs[0])
        elif st.button("Start now", icon=":material/play_arrow:"):
            spec = hestia().catalog.get("dataset", tenant(), dataset).spec
            start_imports(spec, left)
            st.rerun()
    _table(dataset, fates, batches)


def _progress(batches: Sequence[Batch], left: Sequence[Batch]) -> None:
    total = sum(batch.size_bytes for batch in batches)
    done = sum(batch.bytes_done if batch in left else batch.size_bytes for batch in batches)
    rows = sum(batch.rows_done for batch in batches)
    files = f"{len(batches) - len(left):,} of {count(len(batches), 'file')}"
    text = f"{files} done: {count(rows, 'row')}, {size(done)} of {size(total)}"
    st.progress(min(done / max(total, 1), 1.0), text=text)


def _summary(fates: Sequence[Fate], batches: Mapping[str, Batch]) -> None:
    good = [batch for batch in batches.values() if batch.state is BatchState.COMMITTED]
    rows, aside = sum(batch.rows_loaded for batch in good), sum(batch.rows_quarantined for batch in good)
    words = f"**{len(good):,} of {count(len(fates), 'file')} {'is' if len(good) == 1 else 'are'} imported:** "
    words += f"{count(rows, 'row')} in the table, {aside:,} set aside."
    if len(good) == len(fates):
        st.success(words, icon=":material/task_alt:")
    else:
        st.warning(f"{words} The others are named below, each with its reason.", icon=":material/task_alt:")


def _first(fates: Sequence[Fate], batches: Mapping[str, Batch]) -> list[Fate]:
    """Files that need a look come first: among many, nobody finds them below the others."""
    fine = {*UNFINISHED, BatchState.COMMITTED}
    return sorted(fates, key=lambda fate: fate.batch in batches and batches[fate.batch].state in fine)


def _table(dataset: str, fates: Sequence[Fate], batches: Mapping[str, Batch]) -> None:
    key = f"fates-{fates[0].batch or fates[0].name}"
    fates = _first(fates, batches)
    rows = [_row(fate, batches.get(fate.batch)) for fate in fates]
    picked = st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        row_height=WRAPPED if any(row["Why"] for row in rows) else None,
        column_config=_WIDTHS,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
    )
    st.caption("Tick a file to see where its lines went.")
    chosen = [fates[row].batch for row in picked.selection.rows if row < len(fates) and fates[row].batch]
    if chosen:
        links.go_to("datasets", dataset=dataset, batch=chosen[0])


def _row(fate: Fate, batch: Batch | None) -> dict[str, object]:
    if batch is None:
        return {
            "File": fate.name,
            "State": "not taken in",
            "Rows": None,
            "Set aside": None,
            "Why": fate.why,
        }
    done = batch.state is BatchState.COMMITTED
    known = "was here before: nothing added" if fate.known else ""
    return {
        "File": fate.name,
        "State": STATE_WORDS[batch.state],
        "Rows": batch.rows_loaded if done else batch.rows_done or None,
        "Set aside": batch.rows_quarantined if done else None,
        "Why": batch.problem.message if batch.problem else known,
    }


def _batches(dataset: str, fates: Sequence[Fate]) -> dict[str, Batch]:
    wanted = {fate.batch for fate in fates if fate.batch}
    recent = {batch.id: batch for batch in hestia().batches.recent(tenant(), dataset, limit=2 * len(wanted) + 100)}
    return {name: recent[name] if name in recent else hestia().batches.get(name) for name in sorted(wanted)}
