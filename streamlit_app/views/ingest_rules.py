"""Step 3 of the import: what the rows must fulfil, and what they do to those that are there."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from hestia_assets.core.errors import HestiaError, SpecError
from hestia_assets.core.specs import CheckSpec
from streamlit_app.components.check_form import FormOf, check_form
from streamlit_app.components.checks_shown import show_checks
from streamlit_app.components.explained import explained
from streamlit_app.components.impact import look_back, show_result
from streamlit_app.components.mode_form import mode_form
from streamlit_app.components.sentences import such_as
from streamlit_app.components.side_by_side import show_rejects
from streamlit_app.components.verdict import show_changes, show_verdict
from streamlit_app.components.words import count
from streamlit_app.draft import Draft, Step
from streamlit_app.facade import hestia


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
    where = _where(work)
    pressed = show_checks(
        work.checks,
        {result.name: result for result in found.checks},
        key=f"checks-{work.number}",
        where=where,
        extra=lambda check: such_as(check, found.typed),
    )
    if pressed.change is not None:
        st.session_state[_changing(work)] = pressed.change.name
        st.rerun()
    if pressed.remove is not None:
        _take(work, tuple(check for check in work.checks if check != pressed.remove))
    if pressed.without is not None:
        _take(work, _instead(work.checks, *pressed.without))
    if found.rejects:
        # those without a key, or with the key of another row, are in the count below only
        with st.expander(f"{count(len(found.rejects), 'row')} {where} would be set aside for what they hold"):
            show_rejects(work, found.rejects)


def _where(work: Draft) -> str:
    return "of the file" if work.preview().complete else "in the preview"


def _changing(work: Draft) -> str:
    """Where the name of the rule is kept that the person changes."""
    return f"changing-rule-{work.number}"


def _instead(checks: Sequence[CheckSpec], old: CheckSpec, new: CheckSpec) -> tuple[CheckSpec, ...]:
    return tuple(new if check == old else check for check in checks)


def _another(work: Draft) -> None:
    """The form, for one more rule or for one that is changed. Raises HestiaError."""
    name = st.session_state.get(_changing(work))
    old = next((check for check in work.checks if check.name == name), None)
    form = FormOf(
        work.recipe.columns,
        key=f"add-{work.number}-{len(work.checks)}" if old is None else f"change-{work.number}-{old.name}",
        given=old,
        look=partial(_look, work),
        leave=partial(st.session_state.pop, _changing(work), None) if old else None,
    )
    made = check_form(form)
    if made is None:
        return
    if made.name in {check.name for check in work.checks if check != old}:
        raise SpecError(
            "There is such a rule already.", hint="Change that one, or give this one a name of its own under More."
        )
    _take(work, (*work.checks, made) if old is None else _instead(work.checks, old, made))


def _look(work: Draft, check: CheckSpec) -> None:
    """What a rule that is not kept yet says of the file at hand, and of the files before it. Raises HestiaError."""
    with work.open() as source:
        found = hestia().ingest.preview(source, work.recipe, checks=(check,), limit=1)
    show_result(check, found.checks, _where(work))
    if work.saved is not None:
        look_back(work.saved, key=f"look-{work.number}")(check)


def _take(work: Draft, checks: tuple[CheckSpec, ...]) -> None:
    """Go on with these rules, if they work. Raises HestiaError."""
    before = work.checks
    work.checks = checks
    try:
        work.preview()
    except HestiaError:
        work.checks = before
        raise
    st.session_state.pop(_changing(work), None)
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
    verdict = show_verdict(work.counting(), checks=work.checks, among=work.how_many, name=work.file_name)
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
