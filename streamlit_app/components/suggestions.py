"""Rules that the rows suggest, each with its evidence: looked at, accepted one by one."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.results import SpecVersion, Suggestion
from hestia_assets.core.sentences import SEVERITY_WORDS
from hestia_assets.core.specs import DatasetSpec, parse
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.frames import show_rows
from streamlit_app.components.launch import announce, keep
from streamlit_app.components.sentences import sentence
from streamlit_app.components.words import count, plain
from streamlit_app.facade import hestia, principal

AT_FIRST = 8
SEEN_ROWS = 200


def show_suggestions(saved: SpecVersion, suggestions: Sequence[Suggestion]) -> None:
    """The surest first, a few at a time."""
    spec = saved.spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives what was asked for"
    if said := st.session_state.pop(_said(spec), ""):
        st.success(said, icon=":material/task_alt:")
    if not suggestions:
        st.info(
            "Nothing to suggest: too few rows have arrived (20 at least), or the dataset has every rule they show.",
            icon=":material/lightbulb:",
        )
        return
    key = f"suggestions-{spec.name}"
    more = st.session_state.get(f"{key}-all", False)
    for suggestion in suggestions if more else suggestions[:AT_FIRST]:
        with explained():
            _card(saved, spec, suggestion, key=f"{key}-{saved.version}-{suggestion.check.name}")
    if len(suggestions) > AT_FIRST:
        st.toggle(f"Show all {count(len(suggestions), 'suggestion')}", key=f"{key}-all")


def _card(saved: SpecVersion, spec: DatasetSpec, suggestion: Suggestion, *, key: str) -> None:
    check = suggestion.check
    with st.container(border=True):
        text, actions = st.columns([5, 2], vertical_alignment="center")
        text.markdown(f"**{sentence(check)}**  \n{plain(suggestion.evidence)} {_failing(suggestion)}")
        with actions.container(horizontal=True, horizontal_alignment="right"):
            if suggestion.failing:
                st.toggle("See rows", key=f"{key}-rows")
            does = SEVERITY_WORDS[check.severity].lower()
            if st.button("Accept", key=f"{key}-accept", icon=":material/add:", help=f"If a row fails: {does}."):
                _accept(saved, spec, suggestion)
        if st.session_state.get(f"{key}-rows"):
            found = hestia().profiles.impact(spec, check, principal=principal(), most=SEEN_ROWS)
            show_rows(found.sample, empty="No row of the last files fails.", height=240)


def _failing(suggestion: Suggestion) -> str:
    if not suggestion.failing:
        return ""
    such = f", such as {', '.join(map(plain, suggestion.examples))}" if suggestion.examples else ""
    return f":orange[{suggestion.failing:,} of {count(suggestion.rows, 'row')} would fail{such.removesuffix('.')}.]"


def _accept(saved: SpecVersion, spec: DatasetSpec, suggestion: Suggestion) -> None:
    """A new version of the dataset with the rule, never over somebody else's change."""
    checks = [check.model_dump() for check in (*spec.checks, suggestion.check)]
    changed = parse(DatasetSpec, spec.model_dump() | {"checks": checks})
    with explained_later():
        if keep(changed, seen=saved.version):
            does = SEVERITY_WORDS[suggestion.check.severity].lower()
            st.session_state[_said(spec)] = (
                f"**{sentence(suggestion.check)}** holds from the next file on. If a row fails: {does}. "
                "Under Rules you can change or undo it."
            )
            announce(changed)
    st.rerun()


def _said(spec: DatasetSpec) -> str:
    return f"said-of-suggestions-{spec.name}"
