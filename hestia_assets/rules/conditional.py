"""Where one check passes, another must pass too."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import (
    MAYBE_COLUMNS,
    ConditionRule,
    Occasion,
    Parameter,
    ParameterKind,
    ReadingRule,
    RecordRule,
    Rule,
)
from hestia_assets.core.sentences import as_it_is
from hestia_assets.core.specs import CheckSpec, parse

GIVEN = {"rule", "columns", "params"}


class Conditional:
    """Fails for each row that passes ``if`` but not ``then``.

    Both are checks of one row: ``{rule, columns, params}``. A row about which ``if`` says nothing, because its field is
    empty, need not pass ``then``; where ``then`` names no columns it takes those of this check.
    """

    sentence: ClassVar[str] = "if {if}, {then}"
    advice: ClassVar[str] = "Correct the value, or the one that it depends on."
    columns: ClassVar[range] = MAYBE_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "if": Parameter("Which rows are meant: those that fulfil this.", ParameterKind.CHECK, required=True),
        "then": Parameter("What these rows must fulfil.", ParameterKind.CHECK, required=True),
    }
    example: ClassVar[Mapping[str, Any]] = {
        "if": {"rule": "in_set", "columns": ["country"], "params": {"values": ["DE"]}},
        "then": {"rule": "matches", "columns": ["postal_code"], "params": {"pattern": "[0-9]{5}"}},
    }

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return "if {if:if}, {then}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        from hestia_assets.rules import RULES

        given, then = nested(spec, "if"), nested(spec, "then")
        return f"{_rule(then).message(then).rstrip('.')} (asked of rows where {as_it_is(given, RULES)})."

    def reads(self, spec: CheckSpec) -> frozenset[str]:
        """The columns that the two checks look at."""
        return frozenset(_columns_of(nested(spec, "if")) | _columns_of(nested(spec, "then")))

    def passes(self, spec: CheckSpec, schema: pl.Schema, occasion: Occasion) -> pl.Expr:
        """Whether each row passes the second check, or not the first."""
        given = _passing(nested(spec, "if"), schema, occasion).fill_null(value=False)
        return ~given | _passing(nested(spec, "then"), schema, occasion).fill_null(value=True)


def nested(spec: CheckSpec, parameter: str) -> CheckSpec:
    """The check that a parameter describes. Raises SpecError."""
    found = spec.params.get(parameter)
    if not isinstance(found, Mapping) or not set(found) <= GIVEN:
        raise SpecError(
            f"The parameter '{parameter}' of check '{spec.name}' describes no check.",
            hint="Give rule, columns and params, such as {rule: in_set, columns: [country], params: {values: [DE]}}.",
        )
    columns = found.get("columns") or (spec.columns if parameter == "then" else ())
    check = parse(CheckSpec, dict(found) | {"columns": columns})
    rule = _rule(check)
    if len(check.columns) not in rule.columns or (not check.columns and isinstance(rule, ConditionRule)):
        raise SpecError(
            f"'{parameter}' of check '{spec.name}': {check.rule} does not take {len(check.columns)} columns.",
            hint="Correct its 'columns'.",
        )
    _refuse_parameters(check, rule, parameter)
    return check


def _columns_of(check: CheckSpec) -> set[str]:
    rule, found = _rule(check), set(check.columns)
    for name, parameter in rule.parameters.items():
        if parameter.kind is ParameterKind.COLUMN and check.params.get(name):
            found.add(str(check.params[name]))
    return found | rule.reads(check) if isinstance(rule, ReadingRule) else found


def _refuse_parameters(check: CheckSpec, rule: Rule, parameter: str) -> None:
    needed = {name for name, one in rule.parameters.items() if one.required}
    if wrong := (set(check.params) - set(rule.parameters)) | (needed - set(check.params)):
        raise SpecError(
            f"'{parameter}' applies the rule {check.rule}; unknown or missing there: {', '.join(sorted(wrong))}.",
            hint=f"Its parameters are: {', '.join(sorted(rule.parameters)) or 'none'}.",
        )


def _rule(check: CheckSpec) -> ConditionRule | RecordRule:
    from hestia_assets.rules import RULES

    rule = RULES.get(check.rule)
    if not isinstance(rule, ConditionRule | RecordRule):
        raise SpecError(
            f"The rule {check.rule} cannot stand within another check: it looks at more than one row.",
            hint="Take a rule that looks at one row.",
        )
    return rule


def _passing(check: CheckSpec, schema: pl.Schema, occasion: Occasion) -> pl.Expr:
    rule = _rule(check)
    if missing := [name for name in check.columns if name not in schema]:
        raise SpecError(f"There is no column '{missing[0]}'.", hint=f"Give one of: {', '.join(schema)}.")
    if isinstance(rule, RecordRule):
        return rule.passes(check, schema, occasion)
    return pl.all_horizontal([rule.condition(check, occasion)(pl.col(name), schema[name]) for name in check.columns])


RULE = Conditional()
