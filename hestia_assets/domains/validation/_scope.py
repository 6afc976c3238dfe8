"""What a check looks at."""

from typing import Any

from hestia_assets.core.rules import BatchRule, ParameterKind, RecordRule, Rule, Scope, SetRule
from hestia_assets.core.specs import CheckSpec


def scope_of(rule: Rule) -> Scope:
    """What checks of a rule look at."""
    if isinstance(rule, SetRule):
        return Scope.SET
    if isinstance(rule, BatchRule):
        return Scope.BATCH
    return Scope.ROW if isinstance(rule, RecordRule) else Scope.VALUE


def columns_read(check: CheckSpec, rule: Rule) -> frozenset[str] | None:
    """The columns of its dataset that a check looks at; None where it may look at any."""
    names = {*check.columns, *(name for one in check.exemptions for name in one.match)}
    for name, parameter in rule.parameters.items():
        if parameter.kind in (ParameterKind.SQL, ParameterKind.CHECK):
            return None
        if parameter.kind in (ParameterKind.COLUMN, ParameterKind.COLUMNS):
            names |= _names(check.params.get(name))
    return None if not names else frozenset(names)


def _names(value: Any) -> set[str]:
    if value is None:
        return set()
    return {value} if isinstance(value, str) else set(value)
