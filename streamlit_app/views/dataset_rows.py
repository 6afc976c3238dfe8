"""The rows of a dataset: searched, page by page, and edited by hand."""

import polars as pl
import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components import links
from streamlit_app.components.explained import explained
from streamlit_app.components.frames import show_rows
from streamlit_app.components.row_editor import edit_cells, show_preview
from streamlit_app.components.row_filter import ask_for_rows
from streamlit_app.components.words import count, every
from streamlit_app.facade import hestia, principal

PAGE_ROWS = 100


def dataset_rows(spec: DatasetSpec) -> None:
    """Rows to look at, or the same rows to be edited."""
    editing = st.session_state.get(_key(spec))
    if editing is not None:
        _edit(spec, editing)
        return
    _tell_of_edit(spec)
    try:
        rows = hestia().gate.read(principal(), TableRef(Layer.VALIDATED, spec.tenant, spec.name), purpose=Purpose.PAGE)
    except NotFoundError:
        st.info("No row is in the table yet: no file was loaded into it.", icon=":material/info:")
        return
    with explained():
        _look(spec, rows)


def _look(spec: DatasetSpec, rows: pl.LazyFrame) -> None:
    wanted = ask_for_rows(rows.collect_schema(), key=f"find-{spec.name}")
    if wanted is not None:
        rows = rows.filter(wanted)
    total = int(rows.select(pl.len()).collect().item())
    pages = max(1, -(-total // PAGE_ROWS))
    key = f"page-{spec.name}-{pages}-{wanted}"
    page = min(int(st.session_state.get(key, 1)), pages)
    shown = rows.slice((page - 1) * PAGE_ROWS, PAGE_ROWS).collect()
    nothing = "The table has no rows: every row was set aside, removed or undone."
    show_rows(shown, empty=nothing if wanted is None else "No row is like that.", height=420)
    if shown.is_empty():
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(_which(total, page, shown.height, found=wanted is not None), width="content")
        if pages > 1:
            st.pagination(pages, key=key)
    if st.button("Edit these rows", icon=":material/edit:", help="Change values by hand; you see first what changes."):
        st.session_state[_key(spec)] = shown
        st.rerun()


def _which(total: int, page: int, height: int, *, found: bool) -> str:
    kind = "row that fits" if found else "row"
    if height == total:
        return f"{every(total, kind).capitalize()}." if total == 1 or not found else f"All {total:,} rows that fit."
    first = (page - 1) * PAGE_ROWS + 1
    return f"Rows {first:,} to {first + height - 1:,} of {total:,}{' that fit' if found else ''}."


def _edit(spec: DatasetSpec, rows: pl.DataFrame) -> None:
    """The rows as they were when the person began; a row that somebody else changes meanwhile is refused."""
    number = st.session_state.setdefault(f"{_key(spec)}-number", 0)
    locked = ", ".join(f"**{name}**" for name in spec.primary_key)
    words = f" {locked} names the row and cannot be changed." if len(spec.primary_key) == 1 else (
        f" {locked} together name the row and cannot be changed." if locked else ""
    )  # fmt: skip
    st.markdown(f"Click twice into a cell to change it. An emptied cell has no value.{words}")
    edits = edit_cells(spec, rows, key=f"{_key(spec)}-cells-{number}")
    ready = False
    with explained():
        if edits:
            preview = hestia().ingest.edit_preview(spec, edits)
            show_preview(spec, rows, edits, preview)
            ready = bool(preview.cells) and not preview.refused
    with st.container(horizontal=True):
        saved = st.button("Save the changes", type="primary", icon=":material/save:", disabled=not ready)
        if st.button("Drop the changes" if edits else "Done", icon=":material/close:"):
            _leave(spec)
            st.rerun()
    if saved:
        with explained(), st.spinner("Saving …"):
            done = hestia().ingest.edit(spec, edits, author=hestia().author)
            _leave(spec, done)
            st.rerun()


def _leave(spec: DatasetSpec, done: Batch | None = None) -> None:
    """Back to looking; the next edit begins with cells that nobody has touched."""
    del st.session_state[_key(spec)]
    st.session_state[f"{_key(spec)}-number"] += 1
    st.session_state[f"{_key(spec)}-done"] = done


def _tell_of_edit(spec: DatasetSpec) -> None:
    done: Batch | None = st.session_state.pop(f"{_key(spec)}-done", None)
    if done is None:
        return
    st.success(
        f"**{count(done.rows_loaded, 'row')} changed.** The edit is kept under History, where you can undo it.",
        icon=":material/task_alt:",
    )
    links.link_within("See the edit", icon=":material/history:", dataset=spec.name, batch=done.id)


def _key(spec: DatasetSpec) -> str:
    return f"edit-rows-{spec.tenant}-{spec.name}"
