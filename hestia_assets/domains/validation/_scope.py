"""What a check looks at."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from hestia_assets.core.rules import BatchRule, ParameterKind, ReadingRule, RecordRule, Rule, Scope, SetRule
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
    exempting = {name for one in check.exemptions for name in one.match}
    if isinstance(rule, ReadingRule):
        return frozenset(exempting.union(check.columns, rule.reads(check)))
    if any(one.kind in (ParameterKind.SQL, ParameterKind.CHECK) for one in rule.parameters.values()):
        return None
    names = named_columns(check, rule, (ParameterKind.COLUMN, ParameterKind.COLUMNS)).union(check.columns)
    return frozenset(names | exempting) if names else None


def named_columns(check: CheckSpec, rule: Rule, kinds: Collection[ParameterKind]) -> set[str]:
    """The columns that parameters of these kinds name."""
    named = [_names(check.params.get(name)) for name, one in rule.parameters.items() if one.kind in kinds]
    return set[str]().union(*named)


def _names(value: Any) -> set[str]:
    """One name or several; what is neither is refused by the rule, with a word that fits."""
    if isinstance(value, str):
        return {value}
    named = cast("Iterable[object]", value) if isinstance(value, list | tuple) else ()
    return {one for one in named if isinstance(one, str)}
