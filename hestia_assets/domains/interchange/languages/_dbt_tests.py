"""What each test of dbt, dbt_utils and dbt_expectations demands, as rules."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from hestia_assets.core.patterns import ANYTHING
from hestia_assets.domains.interchange.found import Found

Rules = list[tuple[str, tuple[str, ...], dict[str, Any]]]
"""Rule, columns, parameters."""
DATASET = re.compile(r"^[a-z][a-z0-9_]{0,62}$")


@dataclass(frozen=True)
class Test:
    """One test: its arguments, and the column it stands at, if any."""

    arguments: dict[str, Any]
    column: str | None
    found: Found
    place: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,) if self.column else ()

    def listed(self, name: str) -> list[Any]:
        """An argument that is a list."""
        value = self.arguments.get(name)
        return cast("list[Any]", value) if isinstance(value, list) else []

    def unread(self, *names: str) -> str:
        """Why it cannot be taken over where it has an argument that no rule has."""
        unknown = sorted(name for name in self.arguments if name not in names)
        return f"Its argument {unknown[0]} has no match here." if unknown else ""


Reading = Callable[[Test], "Rules | str"]
"""From a test to rules, or to why there are none."""


def _plain(rule: str) -> Reading:
    def read(test: Test) -> Rules | str:
        if not test.column:
            return "It names no column."
        return test.unread() or [(rule, test.columns, {})]

    return read


def _values(rule: str, name: str) -> Reading:
    def read(test: Test) -> Rules | str:
        values = [one for one in test.listed(name) if one is not None]
        if not values or not test.column:
            return f"It has no {name}, or names no column."
        return test.unread(name, "quote", "quote_values") or [(rule, test.columns, {"values": values})]

    return read


def _range(test: Test) -> Rules | str:
    if not test.column:
        return "It names no column."
    low, high = test.arguments.get("min_value"), test.arguments.get("max_value")
    strictly = test.arguments.get("inclusive") is False or test.arguments.get("strictly") is True
    why = test.unread("min_value", "max_value", "inclusive", "strictly")
    if why or (low is None and high is None):
        return why or "It has no bound."
    if strictly:
        bounds = (("greater_than", low), ("less_than", high))
        return [(rule, test.columns, {"value": value}) for rule, value in bounds if value is not None]
    pairs = {"min": low, "max": high}
    return [("in_range", test.columns, {name: value for name, value in pairs.items() if value is not None})]


def _lengths(test: Test) -> Rules | str:
    exact = test.arguments.get("value")
    pairs = {"min": test.arguments.get("min_value", exact), "max": test.arguments.get("max_value", exact)}
    bounds = {name: value for name, value in pairs.items() if value is not None}
    if not bounds or not test.column:
        return "It has no bound, or names no column."
    return test.unread("min_value", "max_value", "value") or [("length", test.columns, bounds)]


def _regex(test: Test) -> Rules | str:
    pattern = test.arguments.get("regex")
    if not pattern or not test.column:
        return "It has no regex, or names no column."
    if test.arguments.get("flags"):
        return "Its flags have no match here; write them into the pattern, such as (?i)."
    whole = f"{ANYTHING}(?:{pattern}){ANYTHING}"
    return test.unread("regex", "flags", "is_raw") or [("matches", test.columns, {"pattern": whole})]


def _relationships(test: Test) -> Rules | str:
    names = re.findall(r"['\"]([^'\"]+)['\"]", str(test.arguments.get("to", "")))
    other = names[-1] if names else str(test.arguments.get("to", ""))
    field = test.arguments.get("field")
    if not DATASET.match(other) or not field or not test.column:
        return "It does not say which column of which dataset is meant."
    params = {"dataset": other, "other_columns": [str(field)]}
    return test.unread("to", "field") or [("foreign_key", test.columns, params)]


def _together(name: str) -> Reading:
    def read(test: Test) -> Rules | str:
        columns = [test.found.column(one, test.place) for one in test.listed(name)]
        known = tuple(one.name for one in columns if one is not None)
        if len(known) < len(columns) or not known:
            return "It names columns that are not there."
        return test.unread(name, "quote_columns") or [("unique", known, {})]

    return read


def _expression(test: Test) -> Rules | str:
    said = str(test.arguments.get("expression", "")).strip()
    if not said:
        return "It has no expression."
    if "{{" in said or "{%" in said:
        return "Its expression is made by a template, which only dbt can fill in."
    expression = f'"{test.column}" {said}' if test.column else said
    return test.unread("expression") or [("sql", test.columns, {"expression": expression})]


def _pair(test: Test) -> Rules | str:
    names = [test.arguments.get("column_A"), test.arguments.get("column_B")]
    known = [one.name for one in (test.found.column(name, test.place) for name in names) if one is not None]
    if len(known) < 2:
        return "It names columns that are not there."
    operator = ">=" if test.arguments.get("or_equal") else ">"
    return test.unread("column_A", "column_B", "or_equal") or [
        ("compare_columns", tuple(known), {"operator": operator})
    ]


def _row_count(test: Test) -> Rules | str:
    exact = test.arguments.get("value")
    pairs = {"min": test.arguments.get("min_value", exact), "max": test.arguments.get("max_value", exact)}
    bounds = {name: value for name, value in pairs.items() if value is not None}
    return test.unread("min_value", "max_value", "value") or [("row_count", (), bounds)]


def _never(test: Test) -> Rules | str:
    return [("sql", test.columns, {"expression": f'"{test.column}" IS NULL'})]


TESTS: dict[str, Reading] = {
    "not_null": _plain("not_null"),
    "unique": _plain("unique"),
    "accepted_values": _values("in_set", "values"),
    "relationships": _relationships,
    "dbt_utils.accepted_range": _range,
    "dbt_utils.not_empty_string": _plain("not_blank"),
    "dbt_utils.not_accepted_values": _values("not_in_set", "values"),
    "dbt_utils.unique_combination_of_columns": _together("combination_of_columns"),
    "dbt_utils.expression_is_true": _expression,
    "dbt_expectations.expect_column_values_to_not_be_null": _plain("not_null"),
    "dbt_expectations.expect_column_values_to_be_null": _never,
    "dbt_expectations.expect_column_values_to_be_unique": _plain("unique"),
    "dbt_expectations.expect_column_values_to_be_in_set": _values("in_set", "value_set"),
    "dbt_expectations.expect_column_values_to_not_be_in_set": _values("not_in_set", "value_set"),
    "dbt_expectations.expect_column_values_to_be_between": _range,
    "dbt_expectations.expect_column_values_to_match_regex": _regex,
    "dbt_expectations.expect_column_value_lengths_to_equal": _lengths,
    "dbt_expectations.expect_column_value_lengths_to_be_between": _lengths,
    "dbt_expectations.expect_compound_columns_to_be_unique": _together("column_list"),
    "dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B": _pair,
    "dbt_expectations.expect_table_row_count_to_be_between": _row_count,
    "dbt_expectations.expect_table_row_count_to_equal": _row_count,
    "dbt_expectations.expression_is_true": _expression,
}
