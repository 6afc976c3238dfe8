"""The rules of a dataset: what they found last, a form to change them, and the way back."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from hestia_assets.core.errors import SpecError
from hestia_assets.core.results import Batch, SpecVersion
from hestia_assets.core.specs import CheckSpec, DatasetSpec, parse
from streamlit_app.components.check_form import FormOf, check_form
from streamlit_app.components.checks_shown import show_checks
from streamlit_app.components.explained import explained, explained_later, show_kept
from streamlit_app.components.impact import look_back
from streamlit_app.components.launch import ChangedMeanwhileError, announce, keep
from streamlit_app.components.rule_files import rule_files
from streamlit_app.components.sentences import sentence
from streamlit_app.components.words import ago, plain
from streamlit_app.facade import hestia


def dataset_rules(saved: SpecVersion, newest: Sequence[Batch]) -> None:
    """Every rule with its last finding, the form, and the last change, which can be taken back."""
    spec = saved.spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives what was asked for"
    show_kept()
    if said := st.session_state.pop(_said(spec), ""):
        st.success(said, icon=":material/task_alt:")
    if not spec.recipe.columns:
        st.info("The columns are known once the first file was looked at on the Import page.", icon=":material/info:")
        return
    with explained():
        _present(saved, spec, newest)
    with explained():
        _form(saved, spec)
    if newest:
        st.button(
            "See which rules the rows suggest", icon=":material/lightbulb:", type="tertiary",
            on_click=_open, args=(spec, "Profile"),
        )  # fmt: skip
    with explained():
        _undo(saved, spec)
    rule_files(saved, spec, partial(_keep, saved, spec))


def _present(saved: SpecVersion, spec: DatasetSpec, newest: Sequence[Batch]) -> None:
    if not spec.checks:
        st.info(
            "No rule yet: every row whose values fit their types is loaded. Add a rule below.", icon=":material/rule:"
        )
        return
    checked = next((batch for batch in newest if batch.checks), None)
    if checked is not None:
        st.caption(f"What they found in {plain(checked.file_name)}, {ago(checked.finished_at)}:")
    found = {result.name: result for result in checked.checks} if checked else {}
    pressed = show_checks(spec.checks, found, key=f"rules-{spec.name}", where="of that file")
    if pressed.change is not None:
        st.session_state[_changing(spec)] = (pressed.change.name, _mark(pressed.change))
        st.rerun()
    if pressed.remove is not None:
        left = [check for check in spec.checks if check != pressed.remove]
        _keep(saved, spec, left, f"The rule **{sentence(pressed.remove)}** is removed.")
    if pressed.without is not None:
        old, new = pressed.without
        rest = [new if check == old else check for check in spec.checks]
        _keep(saved, spec, rest, "The exception is ended: from the next file on, such a row must pass again.")


def _form(saved: SpecVersion, spec: DatasetSpec) -> None:
    """For one more rule, or for one that is changed. Raises HestiaError."""
    name, begun = st.session_state.get(_changing(spec), ("", ""))
    old = next((check for check in spec.checks if check.name == name), None)
    if name and old is None:
        del st.session_state[_changing(spec)]
        st.info("The rule that you were changing was removed meanwhile.", icon=":material/info:")
    number = st.session_state.setdefault(f"{_changing(spec)}-number", 0)
    form = FormOf(
        spec.recipe.columns,
        key=f"rule-{spec.name}-{number}-{old.name if old else ''}",  # not the version: others save meanwhile
        given=old,
        look=look_back(spec, key=f"look-{spec.name}"),
        leave=partial(st.session_state.pop, _changing(spec), None) if old else None,
    )
    made = check_form(form)
    if made is None:
        return
    if made.name in {check.name for check in spec.checks if check != old}:
        raise SpecError(
            "There is such a rule already.", hint="Change that one, or give this one a name of its own under More."
        )
    if old is not None and _mark(old) != begun:
        st.session_state[_changing(spec)] = (name, _mark(old))
        raise ChangedMeanwhileError("rule of", spec.name, is_new=False)
    checks = [made if check == old else check for check in spec.checks] if old else [*spec.checks, made]
    _keep(saved, spec, checks, f"**{sentence(made)}** holds from the next file on. Rows that are there stay.")


def _keep(saved: SpecVersion, spec: DatasetSpec, checks: Sequence[CheckSpec], said: str) -> None:
    """Save the rules as a new version, never over somebody else's change, and draw the page anew."""
    changed = parse(DatasetSpec, spec.model_dump() | {"checks": [check.model_dump() for check in checks]})
    with explained_later():
        if keep(changed, seen=saved.version):
            st.session_state[_said(spec)] = said
            st.session_state.pop(_changing(spec), None)
            st.session_state[f"{_changing(spec)}-number"] = st.session_state.get(f"{_changing(spec)}-number", 0) + 1
            announce(changed)
    st.rerun()


def _undo(saved: SpecVersion, spec: DatasetSpec) -> None:
    """The rules as they were before their last change."""
    before = _before(spec)
    if before is None:
        return
    with st.popover("Undo the last change of the rules", icon=":material/undo:"):
        now, then = set(map(_mark, spec.checks)), set(map(_mark, before.checks))
        back = [sentence(one) for one in before.checks if _mark(one) not in now]
        gone = [sentence(one) for one in spec.checks if _mark(one) not in then]
        lines = [f"- as it was before, with its exceptions, limits and names: {one}" for one in back if one in gone]
        lines += [f"- comes back: {one}" for one in back if one not in gone]
        lines += [f"- leaves: {one}" for one in gone if one not in back]
        st.markdown("\n".join(lines) or "The rules get the order that they had.")
        if st.button("Yes, undo it", key=f"undo-rules-{spec.name}-{saved.version}", type="primary"):
            _keep(saved, spec, before.checks, "The rules are as they were before.")


def _before(spec: DatasetSpec) -> DatasetSpec | None:
    """The last version with other rules whose columns are all there still."""
    columns = {column.name for column in spec.recipe.columns}
    for version in hestia().catalog.history("dataset", spec.tenant, spec.name):
        old = version.spec
        if isinstance(old, DatasetSpec) and old.checks != spec.checks:
            return old if columns.issuperset(name for check in old.checks for name in check.columns) else None
    return None


def _open(spec: DatasetSpec, tab: str) -> None:
    """Show another tab of the dataset."""
    st.session_state[f"tab-{spec.name}"] = tab


def _mark(check: CheckSpec) -> str:
    return check.model_dump_json()


def _changing(spec: DatasetSpec) -> str:
    """Where the rule is kept that the person changes: its name, and how it was when they began."""
    return f"changing-rule-{spec.name}"


def _said(spec: DatasetSpec) -> str:
    return f"said-of-rules-{spec.name}"
