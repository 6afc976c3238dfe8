"""Step 3 of the import: what the rows must fulfil, and what they do to those that are there."""

import streamlit as st

from hestia_assets.core.errors import HestiaError, SpecError
from streamlit_app.components.check_form import add_check, show_checks
from streamlit_app.components.explained import explained
from streamlit_app.components.mode_form import mode_form
from streamlit_app.components.side_by_side import show_rejects
from streamlit_app.components.verdict import show_changes, show_verdict
from streamlit_app.components.words import count
from streamlit_app.draft import Draft, Step


def rules(work: Draft) -> None:
    """The rules with their impact, a form for another one, the mode with what it would change, and the way on."""
    st.write("A rule says what every row must fulfil. Rules stay with the dataset and hold for every later file.")
    with explained():
        _present(work)
    with explained():
        _another(work)
    ready = False
    with explained():
        ready = _mode(work)
    _buttons(work, ready=ready)


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
            show_rejects(work, found.rejects)


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


def _mode(work: Draft) -> bool:
    """The mode and what the file would do under it; tells whether it is complete. Raises SpecError."""
    st.subheader("Rows that are there already")
    if work.files[0].batch:
        st.info(
            "**This import takes the place of the one before of this file:** that one is undone first. The numbers "
            "below compare with the table as it is now.",
            icon=":material/undo:",
        )
    columns = [column.name for column in work.recipe.columns]
    chosen = mode_form(work.joining, columns, key=f"mode-{work.number}-{work.version}")
    if chosen is None:
        return False
    work.joining = chosen
    verdict = show_verdict(work.counting(), among=work.how_many, name=work.file_name)
    if verdict is not None and verdict.complete and verdict.changes is not None:
        limit = work.spec.delete_limit if work.spec.delete_missing else 1.0
        show_changes(verdict, verdict.changes, delete_limit=limit)
    return True


def _buttons(work: Draft, *, ready: bool) -> None:
    many = work.how_many
    label = "Import the file" if many == 1 else f"Import {count(many, 'file')}"
    with st.container(horizontal=True):
        if st.button("Back", icon=":material/arrow_back:"):
            work.go(Step.PREVIEW)
        if st.button(label, type="primary", icon=":material/play_arrow:", disabled=not ready):
            work.go(Step.RUN)
