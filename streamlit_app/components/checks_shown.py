"""The rules of a dataset, one card each: what it says, what it found, what it allows, how to change it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from hestia_assets.core.results import CheckResult
from hestia_assets.core.sentences import consequence, exempted, terms
from hestia_assets.core.specs import CheckSpec
from streamlit_app.components.rule_groups import looks_at_the_whole
from streamlit_app.components.sentences import MARKDOWN, sentence
from streamlit_app.components.words import count, plain
from streamlit_app.facade import hestia

Extra = Callable[[CheckSpec], str]


@dataclass(frozen=True)
class Pressed:
    """Which button of which rule a person pressed; ``without``: the rule after an exception was taken out."""

    remove: CheckSpec | None = None
    change: CheckSpec | None = None
    without: tuple[CheckSpec, CheckSpec] | None = None


def show_checks(
    checks: Sequence[CheckSpec], found: Mapping[str, CheckResult], *, key: str, where: str, extra: Extra | None = None
) -> Pressed:
    """Every check with what it finds ``where`` (of the file); gives what the person presses.

    Args:
        checks: of the dataset.
        found: results by the check's name.
        key: of the widgets.
        where: which rows were looked at, in words.
        extra: words to add to a sentence, where the file is not imported yet.
    """
    pressed = Pressed()
    for check in checks:
        with st.container(border=True, key=f"{key}-{check.name}"):
            text, buttons = st.columns([5, 2], vertical_alignment="center")
            about = finding(check, found.get(check.name), where, would=extra is not None)
            words = f"**{sentence(check)}**{extra(check) if extra else ''}"
            text.markdown(f"{words}  \n{about}{_small_print(check)}")
            with buttons.container(horizontal=True, horizontal_alignment="right"):
                if st.button("Change", key=f"{key}-change-{check.name}", icon=":material/edit:"):
                    pressed = Pressed(change=check)
                if st.button("Remove", key=f"{key}-remove-{check.name}", icon=":material/delete:"):
                    pressed = Pressed(remove=check)
            less = _exceptions(check, key=key)
            pressed = Pressed(without=(check, less)) if less is not None else pressed
    return pressed


def finding(check: CheckSpec, result: CheckResult | None, where: str, *, would: bool = True) -> str:
    """What a check found or would find, and what it does then."""
    whole = looks_at_the_whole(check.rule)
    does = consequence(check.severity, check.rule, hestia().rules).lower()
    if result is None:
        return f"If not: {does}."
    if whole:
        return f":orange[{plain(result.problem)}] If so: {does}." if result.problem else f"If not: {does}."
    if not result.failed_rows:
        fails = "fails" if would else "failed"
        return f":green[None of the {count(result.checked_rows, 'row')} {where} {fails}.] If one does: {does}."
    values = list(dict.fromkeys(plain(row.value) for row in result.sample if row.value))[:3]
    shown = f" ({', '.join(values)})" if values else ""
    failed = "would fail" if would else "failed"
    return f":orange[{count(result.failed_rows, 'row')} {where} {failed}{shown}.] If so: {does}."


def _small_print(check: CheckSpec) -> str:
    """How many may fail, who is asked; the exceptions have a list of their own."""
    facts = [*terms(check.model_copy(update={"exemptions": ()}), MARKDOWN)]
    facts += [f"Called {plain(check.label)}"] if check.label else []
    return f"  \n:gray[{' · '.join(facts)}]" if facts else ""


def _exceptions(check: CheckSpec, *, key: str) -> CheckSpec | None:
    """Rows that may fail it, each with its reason and last day; gives the check without the one that is taken out."""
    if not check.exemptions:
        return None
    less = None
    with st.expander(count(len(check.exemptions), "exception")):
        for number, one in enumerate(check.exemptions):
            which, why = exempted(one, MARKDOWN)
            words, button = st.columns([5, 1], vertical_alignment="center")
            words.markdown(f"**{which}.**  \n{why}")
            if button.button("End it", key=f"{key}-end-{check.name}-{number}", icon=":material/close:"):
                rest = (*check.exemptions[:number], *check.exemptions[number + 1 :])
                less = check.model_copy(update={"exemptions": rest})
    return less
