"""Rules as sentences: those a dataset has, and a form to add one."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results import Batch, BatchState, CheckResult, Preview
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity, parse
from streamlit_app.components.words import SEVERITY_WORDS, count, plain
from streamlit_app.facade import hestia


def sentence(check: CheckSpec) -> str:
    """What a check demands, in plain words, as Markdown; a pattern is shown as code."""
    rule = hestia().rules.get(check.rule)
    columns = ", ".join(map(plain, check.columns))
    try:
        return rule.sentence.format(columns=columns, **{name: _shown(name, v) for name, v in check.params.items()})
    except KeyError:  # an optional parameter was left out; the rule's own message knows how to say that
        return plain(rule.message(check).rstrip("."))


def _shown(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(plain(str(one)) for one in value)
    if name != "pattern":
        return plain(str(value))
    fence = "``" if "`" in str(value) else "`"
    return f"{fence}{value}{fence}"


def _such_as(check: CheckSpec, rows: pl.DataFrame) -> str:
    """A value of the file that a pattern likes, as words to add; nothing where none is known."""
    pattern, column = check.params.get("pattern"), check.columns[0]
    if not pattern or column not in rows.columns:
        return ""
    values = rows[column].cast(pl.String).drop_nulls()
    good = values.filter(values.str.contains(f"^(?:{pattern})$") & (values != ""))  # checked when the rule was added
    return f", such as {plain(good[0])}" if len(good) else ""


def sentence_of(batch: Batch, result: CheckResult) -> str:
    """The rule in words, as the dataset had it when the file came; as Markdown."""
    try:
        saved = hestia().catalog.get("dataset", batch.tenant, batch.dataset, version=batch.spec_version).spec
    except NotFoundError:  # a version that is no longer there still has results with names
        return _of_result(result)
    checks = saved.checks if isinstance(saved, DatasetSpec) else ()
    return next((sentence(check) for check in checks if check.name == result.name), _of_result(result))


def _of_result(result: CheckResult) -> str:
    """The sentence of a rule whose parameters are no longer known, or of the key, which is no rule of its own."""
    if result.rule not in hestia().rules.names():
        return f"{', '.join(map(plain, result.columns))} must be there and name one row only"
    rule = hestia().rules.get(result.rule)
    return rule.sentence.format(columns=", ".join(map(plain, result.columns)), **dict.fromkeys(rule.parameters, "…"))


def why_held(batch: Batch) -> str:
    """The rules that hold a batch, each with its failing rows, or what else its problem says; as Markdown."""
    failing = [result for result in batch.checks if result.severity is Severity.HOLD and not result.passed]
    if batch.state is BatchState.HELD and failing:
        sentences = (f"{sentence_of(batch, one)}, but {count(one.failed_rows, 'row')} fail that" for one in failing)
        return "; ".join(sentences) + "."
    return plain(batch.problem.message) if batch.problem else "It waits for your decision."


def show_checks(checks: Sequence[CheckSpec], preview: Preview, *, key: str, where: str) -> CheckSpec | None:
    """Every check with what it finds ``where`` (of the file); gives the one that the person removes."""
    found = {result.name: result for result in preview.checks}
    removed = None
    for check in checks:
        with st.container(border=True, key=f"{key}-{check.name}"):
            text, button = st.columns([6, 1], vertical_alignment="center")
            words = f"**{sentence(check)}**{_such_as(check, preview.typed)}"
            text.markdown(f"{words}  \n{_finding(check, found.get(check.name), where)}")
            if button.button("Remove", key=f"{key}-remove-{check.name}", icon=":material/delete:"):
                removed = check
    return removed


def _finding(check: CheckSpec, result: CheckResult | None, where: str) -> str:
    does = SEVERITY_WORDS[check.severity].lower()
    if result is None:
        return f"If not: {does}."
    if result.passed:
        return f":green[None of the {count(result.checked_rows, 'row')} {where} fails.] If one does: {does}."
    values = [plain(row.value) for row in result.sample[:3] if row.value]
    shown = f" ({', '.join(values)})" if values else ""
    return f":orange[{count(result.failed_rows, 'row')} {where} would fail{shown}.] If so: {does}."


def add_check(columns: Sequence[str], *, key: str) -> CheckSpec | None:
    """The form; gives the new check when it is complete. Raises HestiaError."""
    with st.container(border=True):
        st.markdown("**Add a rule**")
        first, second, third = st.columns(3)
        chosen = first.multiselect("Column", columns, key=f"{key}-columns", placeholder="Choose columns")
        name = second.selectbox("Rule", hestia().rules.names(), key=f"{key}-rule", format_func=_rule_words)
        severity = third.selectbox(
            "When a row fails", list(Severity), key=f"{key}-severity", format_func=lambda s: SEVERITY_WORDS[s]
        )
        params = _parameters(hestia().rules.get(name), key=f"{key}-{name}")
        if not st.button("Add rule", key=f"{key}-add", icon=":material/add:", disabled=not chosen):
            return None
    return parse(CheckSpec, {"rule": name, "columns": chosen, "severity": severity, "params": params})


def _rule_words(name: str) -> str:
    """A rule's sentence without a column, its parameters as dots."""
    rule = hestia().rules.get(name)
    return rule.sentence.format(columns="", **dict.fromkeys(rule.parameters, "…")).strip()


def _parameters(rule: Rule, *, key: str) -> dict[str, Any]:
    """One input per parameter; those left empty are left out."""
    if not rule.parameters:
        return {}
    places = st.columns(max(2, len(rule.parameters)))
    values: dict[str, Any] = {}
    for place, (name, parameter) in zip(places, rule.parameters.items(), strict=False):
        label = parameter.meaning.rstrip(".") + ("" if parameter.required else " (optional)")
        value = _input(place, label, rule.example.get(name), key=f"{key}-{name}")
        if value not in (None, ""):
            values[name] = value
    return values


def _input(place: Any, label: str, example: Any, *, key: str) -> Any:
    if isinstance(example, bool):
        return place.checkbox(label, example, key=key)
    if isinstance(example, list | tuple):
        text = place.text_area(
            label, key=key, placeholder="one per line, such as\n" + "\n".join(map(str, example)), height=100
        )
        return [line.strip() for line in text.splitlines() if line.strip()] or None
    text = place.text_input(label, key=key, placeholder="" if example is None else str(example))
    return _number_or_text(text.strip(), example)


def _number_or_text(text: str, example: Any) -> int | float | str:
    """A number where a number is meant; patterns stay text whatever they look like."""
    if isinstance(example, str):
        return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
