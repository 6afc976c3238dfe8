"""The profile of a dataset or of one of its files, and the rules that its rows suggest."""

import polars as pl
import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, SpecVersion, Suggestion, TableFacts
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.explained import explained, show_kept
from streamlit_app.components.profile_card import show_column
from streamlit_app.components.suggestions import show_suggestions
from streamlit_app.components.words import ago, count
from streamlit_app.facade import hestia, principal

COLUMNS, RULES = "What the columns look like", "Rules that the rows suggest"
FILES = 20
CARDS = 12
"""Columns on one page."""

AT_ONCE_ROWS = 300_000
"""Rows up to which a profile is counted without being asked for."""


def dataset_profile(saved: SpecVersion) -> None:
    """What the columns look like, drawn; below, suggested rules."""
    spec = saved.spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives what was asked for"
    ref = TableRef(Layer.VALIDATED, spec.tenant, spec.name)
    if not hestia().tables.exists(ref):
        st.info("The profile begins with the first import.", icon=":material/info:")
        return
    show_kept()
    part = st.segmented_control(
        "Show", [COLUMNS, RULES], default=COLUMNS, label_visibility="collapsed", key=f"profile-part-{spec.name}"
    )
    with explained():
        if part == RULES:
            _suggestions(saved, spec)
        else:
            _profile(spec, ref)


def _profile(spec: DatasetSpec, ref: TableRef) -> None:
    files = {one.id: one for one in hestia().batches.last_files(spec.tenant, spec.name, limit=FILES)}
    chosen = st.selectbox(
        "Rows", ["", *files], format_func=lambda batch: _named(files.get(batch)), key=f"profile-of-{spec.name}"
    )
    version = hestia().tables.version(ref)
    if not _wanted(ref, files.get(chosen), key=f"profile-{spec.name}-{version}-{chosen}"):
        return
    facts = _facts(_home(), ref, version, chosen or None)
    st.caption(f"{count(facts.rows, 'row')} as they are in the table now; every figure is counted over all of them.")
    pages = max(1, -(-len(facts.columns) // CARDS))
    key = f"profile-page-{spec.name}"
    first = (min(int(st.session_state.get(key, 1)), pages) - 1) * CARDS
    cards = facts.columns[first : first + CARDS]
    for left in range(0, len(cards), 2):
        for place, column in zip(st.columns(2), cards[left : left + 2], strict=False):
            with place:
                show_column(column)
    if pages > 1:
        st.pagination(pages, key=key)


def _named(batch: Batch | None) -> str:
    return "All rows of the table" if batch is None else f"{batch.file_name}, {ago(batch.finished_at)}"


def _wanted(ref: TableRef, batch: Batch | None, *, key: str) -> bool:
    """Whether to count: small tables at once, large ones when somebody asks."""
    table = hestia().gate.read(principal(), ref, purpose=Purpose.PAGE).select(pl.len())
    rows = batch.rows_loaded if batch else int(table.collect().item())
    if rows <= AT_ONCE_ROWS or st.session_state.get(key):
        return True
    st.info(f"The profile of {count(rows, 'row')} takes some seconds.", icon=":material/hourglass:")
    return st.button("Draw the profile", key=f"{key}-ask", on_click=_remember, args=(key,))


def _remember(key: str) -> None:
    st.session_state[key] = True


@st.cache_data(max_entries=50, show_spinner="Counting every row …")
def _facts(home: str, ref: TableRef, version: int, batch: str | None) -> TableFacts:
    """Kept for as long as the table stays at its version."""
    del home, version
    return hestia().profiles.profile(ref, principal=principal(), batch=batch)


def _suggestions(saved: SpecVersion, spec: DatasetSpec) -> None:
    newest = hestia().batches.last_files(spec.tenant, spec.name, limit=1)
    st.caption("Seen in the rows that arrived last. Nothing is checked before you accept it.")
    show_suggestions(saved, _suggested(spec, f"{_home()} {spec.key}", saved.version, newest[0].id if newest else ""))


@st.cache_data(max_entries=50, ttl=300, show_spinner="Looking for rules …")
def _suggested(_spec: DatasetSpec, key: str, version: int, newest: str) -> tuple[Suggestion, ...]:
    """Kept for some minutes, until a file arrives or the dataset changes; other datasets may change meanwhile."""
    del key, version, newest
    return hestia().profiles.suggest(_spec, principal=principal())


def _home() -> str:
    return str(hestia().settings.home)
