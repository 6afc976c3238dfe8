"""What every rule owes, run for every file in the folder."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from hestia_assets.core.rules import (
    BatchRule,
    ConditionRule,
    Parameter,
    ParameterKind,
    RecordRule,
    RowRule,
    Rule,
    SetRule,
)
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules import RULES

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "rules.md"
KINDS = (ConditionRule, RecordRule, RowRule, SetRule, BatchRule)


def every() -> Iterator[tuple[str, Rule]]:
    return ((name, RULES.get(name)) for name in RULES.names())


def parameters() -> Iterator[tuple[str, str, Parameter]]:
    return ((name, key, one) for name, rule in every() for key, one in rule.parameters.items())


def spec(name: str, rule: Rule) -> CheckSpec:
    """The rule's own example on as many columns as it needs."""
    columns = ("first", "second", "third")[: max(1, rule.columns.start)]
    return CheckSpec(rule=name, columns=columns if 1 in rule.columns or rule.columns.start else (), params=rule.example)


def test_is_of_one_kind():
    kinds = {name: sum(isinstance(rule, kind) for kind in KINDS) for name, rule in every()}

    assert kinds == dict.fromkeys(RULES.names(), 1)


def test_says_in_plain_words_what_it_demands_and_how_to_mend_a_row():
    for name, rule in every():
        asked = {field for _, field, _, _ in Formatter().parse(rule.sentence) if field}

        assert asked <= {"columns", *rule.parameters}, name
        assert rule.advice[:1].isupper(), name
        assert rule.advice[-1] in ".?", name


def test_its_example_has_all_that_is_needed_and_nothing_unknown():
    for name, rule in every():
        needed = {key for key, one in rule.parameters.items() if one.required}

        assert needed <= set(rule.example) <= set(rule.parameters), name


def test_says_what_is_wrong_with_a_row():
    for name, rule in every():
        message = rule.message(spec(name, rule))

        assert message.endswith("."), name
        assert not {"{", "}"} & set(message.replace(r"\d{5}", "").replace("[0-9]{5}", "")), name


def test_a_form_knows_what_to_ask_for():
    for name, key, one in parameters():
        assert one.meaning[:1].isupper(), (name, key)
        assert one.meaning.endswith("."), (name, key)
        assert bool(one.choices) == (one.kind is ParameterKind.CHOICE), (name, key)
        assert one.default is None or not one.choices or one.default in one.choices, (name, key)
        assert not (one.required and one.default is not None), (name, key)


def test_the_page_about_rules_names_it_and_its_parameters():
    page = PAGE.read_text("utf-8").partition("## Write your own rule")[0]
    lines = {
        name: line
        for line in page.splitlines()
        for name in RULES.names()
        if line.startswith("| `") and f"`{name}`" in line.split("|")[1]
    }

    assert set(lines) == set(RULES.names())
    for name, key, _ in parameters():
        assert f"`{key}`" in lines[name] or "…" in lines[name], (name, key)
