"""Step 3 of the import: what the rows must fulfil, and how many of the preview would not."""

import streamlit as st

from hestia_assets.core.errors import HestiaError, SpecError
from streamlit_app.components.check_form import add_check, show_checks
from streamlit_app.components.explained import explained
from streamlit_app.components.words import count
from streamlit_app.draft import Draft, Step
from streamlit_app.views.ingest_preview import show_rejects


def rules(work: Draft) -> None:
    """The rules with their impact, a form for another one, and the way on."""
    st.write("A rule says what every row must fulfil. Rules stay with the dataset and hold for every later file.")
    with explained():
        _present(work)
    with explained():
        _another(work)
    _buttons(work)


def _present(work: Draft) -> None:
    if not work.checks:
        st.info("No rule yet. You can import without any, or add some below.", icon=":material/rule:")
    found = work.preview()
    where = "of the file" if found.complete else "in the preview"
    removed = show_checks(work.checks, found, key=f"checks-{work.number}", where=where)
    if removed is not None:
        work.checks = tuple(check for check in work.checks if check != removed)
        st.rerun()
    if found.rejects:
        with st.expander(f"{count(len(found.rejects), 'row')} {where} would be set aside"):
            show_rejects(found.rejects)


def _another(work: Draft) -> None:
    columns = [column.name for column in work.recipe.columns]
    added = add_check(columns, key=f"add-{work.number}-{len(work.checks)}")
    if added is None:
        return
    if added.name in {check.name for check in work.checks}:
        raise SpecError("There is such a rule already.", hint="Remove that one first to change it.")
    before = work.checks
    work.checks = (*before, added)
    try:
        work.preview()
    except HestiaError:
        work.checks = before
        raise
    st.rerun()


def _buttons(work: Draft) -> None:
    with st.container(horizontal=True):
        if st.button("Back", icon=":material/arrow_back:"):
            work.go(Step.PREVIEW)
        if st.button("Import the file", type="primary", icon=":material/play_arrow:"):
            work.go(Step.RUN)
