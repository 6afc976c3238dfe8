"""A form that makes a rule of a dataset, or changes one; what it would do is shown before it is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import ConditionRule, Occasion
from hestia_assets.core.sentences import SEVERITY_WORDS, WHOLE_WORDS
from hestia_assets.core.specs import CheckSpec, Column, Severity, parse
from streamlit_app.components.explained import explained
from streamlit_app.components.rule_groups import GROUPS, group_of, looks_at_the_whole, names_in
from streamlit_app.components.rule_inputs import Asked, ask_parameters, checks_within, missing_parameters
from streamlit_app.components.sentences import sentence, without_columns
from streamlit_app.components.words import count, usable_name
from streamlit_app.facade import hestia, tenant

ABOUT = {
    Severity.REJECT: "The row waits aside until somebody mends it; the others are loaded.",
    Severity.WARN: "Everything is loaded; the page says how many rows fail.",
    Severity.HOLD: "Nothing of the file is loaded before a person has looked at it.",
}
Look = Callable[[CheckSpec], None]
"""Shows what a check would do."""


@dataclass(frozen=True)
class FormOf:
    """What the form is for: the dataset's columns, the widgets' key, the check that is changed, its impact."""

    columns: Sequence[Column]
    key: str
    given: CheckSpec | None = None
    look: Look | None = None
    leave: Callable[[], None] | None = None


def check_form(form: FormOf) -> CheckSpec | None:
    """The form; gives the check when the person keeps it. Raises HestiaError."""
    with st.container(border=True):
        st.markdown("**Change the rule**" if form.given else "**Add a rule**")
        name = _choose_rule(form)
        chosen, severity = _columns_and_severity(form, name)
        check = None
        with explained():
            check = _composed(form, name, chosen, severity) if name else None
            if check is not None and form.look is not None:
                form.look(check)
        return _keep(form, check)


def _choose_rule(form: FormOf) -> str | None:
    """All rules as sentences, found by typing, or those of one kind."""
    groups = [group for group in GROUPS if names_in(group)]
    group = st.pills("What is it about?", groups, key=f"{form.key}-group", help="Choose none to see every rule.")
    names = names_in(group)
    if form.given is not None and form.given.rule not in names and group is None:
        names = [form.given.rule, *names]
    at = names.index(form.given.rule) if form.given and form.given.rule in names else None
    return st.selectbox(
        "Rule", names, at, key=f"{form.key}-rule-{group}", placeholder="Choose a rule, or type a word to find one",
        format_func=lambda name: f"{without_columns(name)} · {group_of(name).lower()}",
    )  # fmt: skip


def _columns_and_severity(form: FormOf, name: str | None) -> tuple[list[str], Severity]:
    whole = name is not None and looks_at_the_whole(name)
    rule = hestia().rules.get(name) if name else None
    wanted = rule.columns if rule else range(1000)
    left, right = st.columns([3, 2])
    chosen: list[str] = []
    if wanted != range(1) and not checks_within(rule):
        names = [column.name for column in form.columns]
        known = [one for one in form.given.columns if one in names] if form.given else []
        chosen = left.multiselect(
            "Column", names, known, key=f"{form.key}-columns", placeholder=_how_many(wanted, whole=whole)
        )
    words = WHOLE_WORDS if whole else SEVERITY_WORDS
    options = list(words)
    now = form.given.severity if form.given else options[0]
    severity = right.selectbox(
        "When the file fails" if whole else "When a row fails", options,
        options.index(now) if now in options else 0, key=f"{form.key}-severity-{whole}", format_func=words.__getitem__,
        help="\n".join(f"- **{word}**: {ABOUT[one]}" for one, word in words.items()),
    )  # fmt: skip
    return chosen, severity


def _how_many(wanted: range, *, whole: bool) -> str:
    """How many columns a rule looks at."""
    low, high = wanted.start, wanted.stop - 1
    if low == high:
        return "Choose a column" if low == 1 else f"Choose {count(low, 'column')}"
    if low == 0:
        return "Choose none for the whole table" if whole else "Choose columns"
    return f"Choose {low:,} columns or more" if low > 1 else "Choose columns"


def _composed(form: FormOf, name: str, chosen: Sequence[str], severity: Severity) -> CheckSpec | None:
    """The check as far as it is complete, with what is missing said. Raises SpecError."""
    rule = hestia().rules.get(name)
    same = form.given.params if form.given and form.given.rule == name else {}
    params = ask_parameters(rule, Asked(form.columns, chosen, f"{form.key}-{name}", same))
    more = _more(form, whole=looks_at_the_whole(name))
    if inner := checks_within(rule):  # one on delivered is told from one on qty, and delivered is what is to be mended
        chosen = params.get(inner[-1], {}).get("columns", ())
    lacking = _lacking(name, chosen, params)
    if lacking:
        st.caption(f":material/pending: {lacking}")
        return None
    check = parse(
        CheckSpec, {"rule": name, "columns": list(chosen), "severity": severity, "params": params} | more
    )  # fmt: skip
    st.markdown(f":material/rule: **{sentence(check)}**")
    who = "file" if looks_at_the_whole(name) else "row"
    st.caption(f"A {who} that fails it: {rule.advice[:1].lower()}{rule.advice[1:]}" if rule.advice else "")
    return check


def _lacking(name: str, chosen: Sequence[str], params: dict[str, Any]) -> str:
    """What the person has yet to say."""
    rule = hestia().rules.get(name)
    if len(chosen) not in rule.columns:
        low, high = rule.columns.start, rule.columns.stop - 1
        few = "a column" if low == 1 else count(low, "column")
        many = few if len(chosen) < low else f"no more than {count(high, 'column')}"
        return f"Choose {many}." if high else "This rule looks at no column of its own."
    missing = missing_parameters(rule, params)
    return f"Still to fill in: {', '.join(missing)}." if missing else _refused(name, chosen, params)


def _refused(name: str, chosen: Sequence[str], params: dict[str, Any]) -> str:
    """What a rule whose parameters are all optional still wants to know, such as one bound of two."""
    rule = hestia().rules.get(name)
    if params or not isinstance(rule, ConditionRule):
        return ""
    try:
        rule.condition(CheckSpec(rule=name, columns=tuple(chosen)), Occasion(tenant(), datetime.now(UTC)))
    except SpecError as error:
        return error.hint
    return ""


def _more(form: FormOf, *, whole: bool) -> dict[str, Any]:
    """What few rules need: how many rows may fail, who is asked, a name."""
    given = form.given
    threshold = given.threshold if given else None
    more: dict[str, Any] = {"exemptions": [one.model_dump() for one in given.exemptions] if given else []}
    with st.expander("More: how many may fail, who is asked, its name", key=f"{form.key}-more"):
        rows, share = None, None
        left, right = st.columns(2)
        if not whole:
            rows = left.number_input(
                "So many rows may fail (optional)", 0, value=threshold.rows if threshold else None, step=1,
                key=f"{form.key}-rows", help="With more, the rule counts as failed. Where it sets rows aside, "
                "the whole file waits for you then.",
            )  # fmt: skip
            percent = right.number_input(
                "Such a share may fail, in % (optional)", 0.0, 100.0,
                100 * threshold.share if threshold and threshold.share is not None else None, format="%g",
                key=f"{form.key}-share",
            )  # fmt: skip
            share = None if percent is None else percent / 100
        more["owner"] = left.text_input(
            "Who is asked about it (optional)", given.owner if given else "", key=f"{form.key}-owner",
            placeholder="a mail address or a team",
        ).strip()  # fmt: skip
        label = right.text_input(
            "Name of its own (optional)", (given.label or "") if given else "", key=f"{form.key}-label",
            help="Needed only where two rules of one kind look at the same columns.",
        )  # fmt: skip
        more["label"] = usable_name(label) or None
    limits = {name: value for name, value in (("rows", rows), ("share", share)) if value is not None}
    return more | ({"threshold": limits} if limits else {})


def _keep(form: FormOf, check: CheckSpec | None) -> CheckSpec | None:
    with st.container(horizontal=True):
        word, icon = ("Save the rule", ":material/save:") if form.given else ("Add rule", ":material/add:")
        kept = st.button(word, key=f"{form.key}-add", icon=icon, disabled=check is None, type="primary")
        if form.leave is not None:
            st.button("Leave it as it is", key=f"{form.key}-leave", icon=":material/close:", on_click=form.leave)
    return check if kept else None
