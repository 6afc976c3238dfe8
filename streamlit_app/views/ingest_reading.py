"""Step 2 of the import, the choices: which table, open questions, how the file is read, columns."""

from dataclasses import replace

import streamlit as st

from hestia_assets.core.specs import Recipe
from streamlit_app.components.columns_form import columns_form
from streamlit_app.components.explained import explained
from streamlit_app.components.questions import ask, show_notes, table_choice
from streamlit_app.components.recipe_form import recipe_form, show_reasons
from streamlit_app.components.sentences import sentence
from streamlit_app.components.words import count
from streamlit_app.draft import Draft
from streamlit_app.facade import hestia

READ_COLUMNS = "Read the columns from this file"
AGAIN = "For a file whose columns are not those of the dataset. Columns that are still there keep name and type."
DIVIDED = {"csv": "a sign, such as a comma", "fixed_width": "their place: every column has its width"}
"""Kinds of text in columns."""


def decide(work: Draft) -> None:
    """What only a person knows, asked first and only where it is open. Raises HestiaError."""
    if work.dropped:
        rules = "; ".join(map(sentence, work.dropped))
        st.warning(f"**Rules that name columns which are gone leave the dataset:** {rules}.", icon=":material/rule:")
    other = table_choice(work.tables, work.recipe, key=f"table-{work.number}")
    if other is not None:
        work.read_table(other)
        st.rerun()
    show_notes(work.found.notes if work.found else ())
    for number, question in enumerate(work.questions):
        answered = work.answered(question)
        key = f"question-{work.number}-{number}-{abs(hash(question.text))}"
        given = ask(question, answered=answered, key=key, among=len(work.questions))
        if given != answered:
            work.answer(question, given)
            st.rerun()


def edit(work: Draft) -> None:
    """The forms; what changes is read again at once. Raises HestiaError."""
    settled = {name for table in work.tables for name in table.changes.get("options", {})} if work.tables else set()
    with st.expander("How the file is read", icon=":material/tune:"):
        _divided(work)
        chosen = recipe_form(work.recipe, key=f"recipe-{work.number}-{work.version}-{work.turn}", settled=settled)
        show_reasons(work.reasons)
    if _reading(chosen) != _reading(work.recipe):
        work.read_as(chosen)
    title = f"{count(len(work.guessed), 'column')}: names and types"
    with (
        st.expander(title, expanded=True, icon=":material/view_column:"),
        explained(),
    ):
        key = f"columns-{work.number}-{work.edition}"
        columns, left_out = columns_form(work.guessed, work.examples(), key=key)
        known = {column.source for column in work.guessed}
        ignored = (*(source for source in work.recipe.ignored if source not in known), *left_out)
        work.recipe = work.recipe.model_copy(update={"columns": columns, "ignored": ignored})
    _lost_ways(work)
    if work.saved is not None and st.button(READ_COLUMNS, icon=":material/refresh:", help=AGAIN):
        work.read_as(work.recipe)
        st.rerun()


def _divided(work: Draft) -> None:
    """Text whose columns were not recognised may be read the other way; the file is looked into anew."""
    if work.recipe.format not in DIVIDED:
        return
    kinds = list(DIVIDED)
    chosen = st.selectbox(
        "What divides the columns", kinds, kinds.index(work.recipe.format), format_func=DIVIDED.__getitem__,
        key=f"divided-{work.number}-{work.recipe.format}",
    )  # fmt: skip
    if chosen == work.recipe.format:
        return
    with work.open() as source:
        found = hestia().formats.get(chosen).inspect(source, file_name=work.file_name)
        recipe = hestia().ingest.inspect_as(source, found.recipe).recipe
    work.take_found(replace(found, recipe=recipe))
    work.read_as(recipe)
    st.rerun()


def _lost_ways(work: Draft) -> None:
    """Files of other headers are read into the same columns; when those change, they cannot be."""
    lost = len(work.saved.other_recipes) - len(work.spec.other_recipes) if work.saved and work.slot == 0 else 0
    if lost > 0:
        st.warning(
            f"**{count(lost, 'other way')} of reading files of this dataset {'leaves' if lost == 1 else 'leave'} it,** "
            "made for the columns as they were. Such a file will be asked about again.",
            icon=":material/call_split:",
        )


def _reading(recipe: Recipe) -> dict[str, object]:
    return recipe.model_dump(exclude={"columns", "ignored"})
