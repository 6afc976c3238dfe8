"""Step 2 of the import for a dataset that exists: its columns in this file, and what is different this time."""

from dataclasses import dataclass

import streamlit as st

from hestia_assets.core.errors import HeaderMismatchError, HestiaError
from hestia_assets.core.results import Drift, FoundColumn, Inspection, MappingSuggestion
from hestia_assets.core.specs import Recipe
from streamlit_app.components.drift_card import drift_card
from streamlit_app.components.mapping_form import Mapped, mapping_form
from streamlit_app.components.words import plain
from streamlit_app.composed import recipes_of
from streamlit_app.draft import Draft
from streamlit_app.facade import hestia
from streamlit_app.views.ingest_reading import AGAIN, READ_COLUMNS

USE = "Read the file like this"
VALUES_SEEN = 200


def has_other_columns(work: Draft) -> bool:
    """Whether the saved dataset cannot read this file because of its columns."""
    if work.saved is None:
        return False
    try:
        work.preview()
    except HeaderMismatchError:
        return True
    except HestiaError:  # explained where the preview is shown
        return False
    return False


def map_columns(work: Draft) -> None:
    """Say which column is which, or change the dataset. Raises HestiaError."""
    assert work.saved is not None, "a new dataset takes the columns as they are"
    st.warning(
        f"**The columns of this file are not those of {plain(work.dataset)}.**  \nSay below which column is which, "
        f"or press '{READ_COLUMNS}' to change the dataset.",
        icon=":material/view_column:",
    )
    stranger = _stranger(work)
    key = f"mapping-{work.number}-{work.looked}-{work.version}"
    chosen = mapping_form(stranger.columns, stranger.suggestion, work.saved.recipe.columns, key=key)
    with st.container(horizontal=True):
        ready = chosen is not None and bool(chosen.matches)
        if st.button(USE, type="primary", icon=":material/check:", disabled=not ready) and chosen:
            work.add_recipe(_mapped(work.saved.recipe, chosen, stranger.found.recipe), added=chosen.added)
            st.rerun()
        if st.button(READ_COLUMNS, icon=":material/refresh:", help=AGAIN):
            work.read_as(work.recipe)
            st.session_state[f"change-{work.number}"] = True
            st.rerun()


def _mapped(saved: Recipe, chosen: Mapped, reading: Recipe) -> Recipe:
    """The dataset's recipe for such a file, with the columns that it gains. Raises SpecError."""
    recipe = hestia().ingest.map_columns(saved, chosen.matches, chosen.ignored, reading=reading)
    taken = {column.name.lower() for column in recipe.columns}
    new = [column for column in reading.columns if column.source in chosen.added]
    named = [one.model_copy(update={"name": f"{one.name}_2"}) if one.name.lower() in taken else one for one in new]
    return hestia().ingest.decide(recipe, {"add": [column.model_dump() for column in named]})


@dataclass(frozen=True)
class _Stranger:
    """A file of other columns, looked into once."""

    found: Inspection
    columns: tuple[FoundColumn, ...]
    suggestion: MappingSuggestion


def _stranger(work: Draft) -> _Stranger:
    key = f"stranger-{work.number}-{work.looked}-{work.member}-{work.version}"
    if key not in st.session_state:
        st.session_state[key] = _look_into(work)
    return st.session_state[key]


def _look_into(work: Draft) -> _Stranger:
    assert work.saved is not None, "it is held against a dataset"
    with st.spinner("Looking into the file …"), work.open() as source:
        found = hestia().ingest.inspect(source, file_name=work.file_name)
        rows = hestia().ingest.preview(source, found.recipe, limit=VALUES_SEEN).text
    columns = tuple(
        FoundColumn(column.source, tuple(rows[column.name].drop_nulls().to_list())) for column in found.recipe.columns
    )
    return _Stranger(found, columns, hestia().ingest.suggest_mapping(columns, work.saved))


def show_drift(work: Draft) -> None:
    """The card; a choice changes the recipe. Raises HestiaError."""
    if work.saved is None or work.files[0].batch:
        return
    key = f"drift-{work.number}-{work.looked}-{work.member}-{work.version}-{work.slot}"
    if key not in st.session_state:
        st.session_state[key] = _drift(work)
    if st.session_state[key].row_count is None and (rows := work.counting().rows) is not None:
        st.session_state[key] = _drift(work, row_count=rows)
    changes = drift_card(st.session_state[key], key=f"{key}-card")
    if changes is not None:
        work.take_recipe(hestia().ingest.decide(work.recipe, changes))
        st.rerun()


def _drift(work: Draft, *, row_count: int | None = None) -> Drift:
    """Held against the dataset; with the columns that were mapped just now, which nobody is asked about twice."""
    assert work.saved is not None, "it is held against a dataset"
    known = work.saved
    if work.slot >= len(recipes_of(work.saved)):
        known = work.spec.model_copy(update={"recipe": work.recipe, "other_recipes": ()})
    with st.spinner("Comparing it with earlier files …"), work.open() as source:
        return hestia().ingest.drift(source, known, file_name=work.file_name, row_count=row_count)
