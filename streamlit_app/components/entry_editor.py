"""Rows in quarantine as a table whose cells a person mends; tried before they are loaded."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from hestia_assets.core.results import Entry, EntryFilter, EntryId, Fix
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.entry_words import columns_of, place_of, problems_of
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.frames import WRAPPED
from streamlit_app.components.newer_rows import ask_about_newer, seen_newer, tried
from streamlit_app.components.resubmission import remember, show_trial
from streamlit_app.components.words import count, every
from streamlit_app.components.working import working
from streamlit_app.facade import hestia

PAGE_ROWS = 50
WHY, WHERE = "_why", "_where"
Changes = dict[EntryId, dict[str, str | None]]


def fix_here(spec: DatasetSpec, wanted: EntryFilter) -> None:
    """The table, the trial of what was changed, and the button that loads it."""
    number = st.session_state.setdefault(f"{_key(spec)}-number", 0)
    changes: Changes = st.session_state.setdefault(f"{_key(spec)}-changes-{number}", {})
    total, first, shown = _shown(spec, wanted, changes)
    if not shown:
        st.info("No row is like that.", icon=":material/info:")
        return
    st.markdown(
        "Click twice into a cell to change it; the first column says what is wrong. :material/warning: marks columns "
        "in which something is. What you do not change stays as it is."
    )
    _edit(spec, shown, changes)
    _turn_pages(spec, total, first, len(shown))
    _try_and_load(spec, changes)


def _shown(spec: DatasetSpec, wanted: EntryFilter, changes: Changes) -> tuple[int, int, Sequence[Entry]]:
    """One page of entries, the same while a person types into it."""
    page = int(st.session_state.get(f"{_key(spec)}-page", 1))
    stamp = (wanted, page, st.session_state[f"{_key(spec)}-number"])
    kept = st.session_state.get(f"{_key(spec)}-shown")
    if kept is None or kept[0] != stamp or not changes:
        skip = (page - 1) * PAGE_ROWS
        found = hestia().quarantine.entries(spec, wanted, limit=PAGE_ROWS, skip=skip)
        if not found.entries and page > 1:
            st.session_state[f"{_key(spec)}-page"] = page = 1
            stamp, found = (wanted, 1, stamp[2]), hestia().quarantine.entries(spec, wanted, limit=PAGE_ROWS)
        kept = st.session_state[f"{_key(spec)}-shown"] = (stamp, found, dict(changes))
    return kept[1].total, (page - 1) * PAGE_ROWS, kept[1].entries


def _edit(spec: DatasetSpec, shown: Sequence[Entry], changes: Changes) -> None:
    """The table; what was typed is kept with the entry, so that it is there on the next page too."""
    stamp, _, before = st.session_state[f"{_key(spec)}-shown"]
    key = f"{_key(spec)}-cells-{stamp[1]}-{stamp[2]}-{abs(hash(stamp[0]))}"
    names = columns_of(spec, shown)
    st.data_editor(
        frame_of(spec, shown, names, before),
        key=key,
        hide_index=True,
        num_rows="fixed",
        placeholder="",
        row_height=WRAPPED,
        height="content" if len(shown) <= 6 else 480,
        disabled=[WHY, WHERE],
        column_config=_config(shown, names),
    )
    for number, values in st.session_state[key]["edited_rows"].items():
        entry = shown[int(number)]
        changes[entry.id] = changed(entry, {**before.get(entry.id, {}), **values})
        if not changes[entry.id]:
            del changes[entry.id]


def frame_of(
    spec: DatasetSpec, shown: Sequence[Entry], names: Sequence[str], typed: Mapping[EntryId, Mapping[str, Any]]
) -> pl.DataFrame:
    """Why, where and the values as text; with what was typed before."""
    rows = [
        {WHY: problems_of(one), WHERE: place_of(spec, one)}
        | {name: {**one.values, **typed.get(one.id, {})}.get(name) for name in names}
        for one in shown
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys((WHY, WHERE, *names), pl.String))


def changed(entry: Entry, values: Mapping[str, Any]) -> dict[str, str | None]:
    """Values that are not those of the entry; an emptied cell has none."""
    texts = {name: None if value in (None, "") else str(value) for name, value in values.items()}
    return {name: text for name, text in texts.items() if text != (entry.values.get(name) or None)}


def _config(shown: Sequence[Entry], names: Sequence[str]) -> dict[str, Any]:
    wrong = {column for entry in shown for column in entry.wrong}
    marked = {
        name: st.column_config.TextColumn(f"⚠ {name}" if name in wrong else name, width=120 if name in wrong else None)
        for name in names
    }
    return {
        WHY: st.column_config.TextColumn("What is wrong", width=260, pinned=True),
        WHERE: st.column_config.TextColumn("File and place", width=140),
        **marked,
    }


def _turn_pages(spec: DatasetSpec, total: int, first: int, height: int) -> None:
    pages = -(-total // PAGE_ROWS)
    words = f"{every(total, 'row').capitalize()}." if pages <= 1 else (
        f"Rows {first + 1:,} to {first + height:,} of {total:,}. Changes are kept when you turn the page."
    )  # fmt: skip
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(words, width="content")
        if pages > 1:
            st.pagination(pages, key=f"{_key(spec)}-page")


def _try_and_load(spec: DatasetSpec, changes: Changes) -> None:
    fixes = [Fix(entry, values) for entry, values in sorted(changes.items())]
    key = f"{_key(spec)}-trial"
    trial = tried(key, fixes, lambda desk, over: desk.preview(spec, fixes, over_newer=over), asked=False)
    with st.container(horizontal=True):
        label = f"Check my changes in {count(len(fixes), 'row')}" if fixes else "Check my changes"
        asked = st.button(label, icon=":material/rule:", disabled=not fixes, type="secondary" if trial else "primary")
        loads = st.button(
            "Load the fixed rows", icon=":material/upload:", type="primary" if trial else "secondary",
            disabled=trial is None or not trial.loaded, help="Checked first: nothing is loaded that is still wrong.",
        )  # fmt: skip
        if fixes:
            st.button("Drop my changes", icon=":material/close:", on_click=start_anew, args=(spec,))
    if asked:
        with explained():
            tried(key, fixes, lambda desk, over: desk.preview(spec, fixes, over_newer=over), asked=True)
            st.rerun()
    if loads:
        with explained_later(), working("Loading …") as quarantine:
            done = quarantine.resubmit(spec, fixes, author=hestia().author, over_newer=seen_newer(trial, key))
            remember(spec, done)
            start_anew(spec)
        st.rerun()
    if trial is not None:
        show_trial(spec, trial)
        ask_about_newer(trial, key)


def start_anew(spec: DatasetSpec) -> None:
    """Cells that nobody has touched."""
    number = st.session_state.get(f"{_key(spec)}-number", 0)
    for name in ("shown", "trial", f"changes-{number}"):
        st.session_state.pop(f"{_key(spec)}-{name}", None)
    st.session_state[f"{_key(spec)}-number"] = number + 1


def _key(spec: DatasetSpec) -> str:
    return f"fix-{spec.tenant}-{spec.name}"
