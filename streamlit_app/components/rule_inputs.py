"""One input for each parameter of a rule, of the kind that fits it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import BatchRule, Parameter, ParameterKind, Rule, SetRule
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec
from streamlit_app.components.sentences import without_columns
from streamlit_app.facade import hestia, tenant

_WIDE = {ParameterKind.LIST, ParameterKind.SQL, ParameterKind.JSON, ParameterKind.CHECK}
SIGNS = {"<": "less than", "<=": "at most", "==": "the same as", "!=": "other than", ">=": "at least",
         ">": "greater than"}  # fmt: skip
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)
_EXAMPLES = {ColumnType.TIMESTAMP: "2024-12-31 08:30:00", ColumnType.DATE: "2024-12-31"}


@dataclass(frozen=True)
class Asked:
    """What the inputs of one check need to know: the dataset's columns, which are chosen, what is there already.

    ``others``: columns of all datasets; ``other``: the parameter that names the one whose columns are meant.
    """

    columns: Sequence[Column]
    chosen: Sequence[str]
    key: str
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    example: Mapping[str, Any] = field(default_factory=dict[str, Any])
    others: Mapping[str, Sequence[str]] = field(default_factory=dict[str, "Sequence[str]"])
    other: str = ""

    @property
    def type(self) -> ColumnType:
        """Of the values that the check looks at."""
        return next((one.type for one in self.columns if one.name in self.chosen), ColumnType.TEXT)

    @property
    def names(self) -> list[str]:
        """Columns of this dataset."""
        return [column.name for column in self.columns]


def ask_parameters(rule: Rule, asked: Asked) -> dict[str, Any]:
    """One input per parameter; those left empty are left out. Raises SpecError."""
    narrow = {name: one for name, one in rule.parameters.items() if one.kind not in _WIDE}
    wide = {name: one for name, one in rule.parameters.items() if one.kind in _WIDE}
    others = _columns_of_others() if any(one.kind is ParameterKind.DATASET for one in narrow.values()) else {}
    other = next((name for name, one in narrow.items() if one.kind is ParameterKind.DATASET), "")
    asked = Asked(asked.columns, asked.chosen, asked.key, asked.given, rule.example, others, other)
    values: dict[str, Any] = {}
    places = st.columns(min(max(len(narrow), 2), 3)) if narrow else []
    first = sorted(narrow.items(), key=lambda item: item[1].kind is not ParameterKind.DATASET)
    for position, (name, parameter) in enumerate(first):
        _take(values, name, parameter, _input(places[position % len(places)], name, parameter, asked, values))
    for name, parameter in wide.items():
        _take(values, name, parameter, _input(st, name, parameter, asked, values))
    return values


def missing_parameters(rule: Rule, values: Mapping[str, Any]) -> list[str]:
    """Meanings of the parameters without which the rule says nothing."""
    return [_label(one) for name, one in rule.parameters.items() if one.required and name not in values]


def checks_within(rule: Rule | None) -> list[str]:
    """Parameters of a rule that are rules themselves, with columns of their own."""
    return [name for name, one in rule.parameters.items() if one.kind is ParameterKind.CHECK] if rule else []


def _take(values: dict[str, Any], name: str, parameter: Parameter, value: Any) -> None:
    """Nothing is kept of an empty input, or of one that says what holds anyway."""
    if value in (None, "", [], ()) or (not parameter.required and value == parameter.default):
        return
    if parameter.kind is ParameterKind.SWITCH and value is False and parameter.default is None:
        return
    values[name] = value


def _label(parameter: Parameter) -> str:
    return parameter.meaning.rstrip(".")


def _input(place: Any, name: str, parameter: Parameter, asked: Asked, values: Mapping[str, Any]) -> Any:
    key = f"{asked.key}-{name}"
    label = _label(parameter) + ("" if parameter.required else " (optional)")
    now = asked.given.get(name, parameter.default)
    example = asked.example.get(name)
    match parameter.kind:
        case ParameterKind.VALUE:
            found = _value(place, label, asked, now, key=key, example=example)
        case ParameterKind.NUMBER | ParameterKind.INTEGER:
            found = _number(place, label, now, whole=parameter.kind is ParameterKind.INTEGER, key=key)
        case ParameterKind.SWITCH:
            found = place.toggle(_label(parameter), bool(now), key=key)
        case ParameterKind.CHOICE:
            found = _choice(place, label, parameter.choices, now, key=key)
        case ParameterKind.LIST:
            found = _lines(place, label, asked, now, key=key, example=example)
        case ParameterKind.CHECK:
            found = _check(label, asked, now, key=key)
        case ParameterKind.SQL | ParameterKind.JSON:
            found = _code(place, label, parameter.kind, now, key=key, example=example)
        case ParameterKind.TEXT:
            text = "" if now is None else str(now)
            found = place.text_input(label, text, key=key, placeholder=str(example or "")).strip()
        case _:
            found = _named(place, label, parameter.kind, asked, now, values, key=key)
    return found


def _named(
    place: Any, label: str, kind: ParameterKind, asked: Asked, now: Any, values: Mapping[str, Any], *, key: str
) -> Any:
    """A dataset, or columns of this one or of another."""
    if kind is ParameterKind.DATASET:
        return _choice(place, label, list(asked.others), now, key=key)
    other = str(values.get(asked.other, ""))
    theirs = kind in {ParameterKind.OTHER_COLUMN, ParameterKind.OTHER_COLUMNS}
    names = list(asked.others.get(other, ())) if theirs else asked.names
    key = f"{key}-{other}" if theirs else key
    if kind in {ParameterKind.COLUMN, ParameterKind.OTHER_COLUMN}:
        return _choice(place, label, names, now, key=key)
    known = [name for name in now or () if name in names]
    return place.multiselect(label, names, known, key=key, placeholder="Choose columns")


def _choice(place: Any, label: str, options: Sequence[str], now: Any, *, key: str) -> str | None:
    at = list(options).index(now) if now in options else None
    return place.selectbox(
        label, options, at, key=key, placeholder="Choose" if options else "There is none",
        format_func=lambda one: SIGNS.get(one, one),
    )  # fmt: skip


def _value(place: Any, label: str, asked: Asked, now: Any, *, key: str, example: Any) -> Any:
    """A value as the table shows it; a day is picked from a calendar."""
    if asked.type is ColumnType.DATE:
        day = place.date_input(
            label, _as_day(now), key=f"{key}-day", format="YYYY-MM-DD", min_value=_FIRST, max_value=_LAST
        )  # fmt: skip
        return day.isoformat() if day else None
    if asked.type is ColumnType.BOOLEAN:
        word = _choice(place, label, ("yes", "no"), {True: "yes", False: "no"}.get(now), key=f"{key}-yes")
        return None if word is None else word == "yes"
    shown = _EXAMPLES.get(asked.type) or ("" if example is None else str(example))
    text = place.text_input(label, "" if now is None else str(now), key=key, placeholder=shown).strip()
    return typed(text, asked.type if asked.chosen else None, example)


def typed(text: str, kind: ColumnType | None, example: Any = None) -> int | float | str:
    """A number where the column holds numbers, and where no digit of it is lost; else the text.

    Example:
        >>> typed("007", ColumnType.TEXT), typed("7", ColumnType.INTEGER), typed("0.10", ColumnType.DECIMAL)
        ('007', 7, 0.1)
    """
    numbers = {ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT}
    if kind not in numbers and (kind is not None or isinstance(example, str)):
        return text
    for number in (int, float):
        try:
            found = number(text)
        except ValueError:
            continue
        return found if number is int or len(text.strip("-0").replace(".", "")) <= 15 else text
    return text


def _as_day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _number(place: Any, label: str, now: Any, *, whole: bool, key: str) -> int | float | None:
    value = None if now is None else (int(now) if whole else float(now))
    found = place.number_input(label, value=value, step=1 if whole else None, key=key, format=None if whole else "%g")
    if found is None or whole:
        return found
    return int(found) if float(found).is_integer() else found


def _lines(place: Any, label: str, asked: Asked, now: Any, *, key: str, example: Any) -> list[Any]:
    shown = "one per line, such as\n" + "\n".join(map(str, example or ()))
    text = place.text_area(label, "\n".join(map(str, now or ())), key=key, placeholder=shown, height=100)
    return [typed(line.strip(), asked.type) for line in text.splitlines() if line.strip()]


def _code(place: Any, label: str, kind: ParameterKind, now: Any, *, key: str, example: Any) -> Any:
    as_text = str if kind is ParameterKind.SQL else lambda value: json.dumps(value, ensure_ascii=False)
    text = place.text_area(
        label, "" if now is None else as_text(now), key=key, height=100,
        placeholder="" if example is None else as_text(example),
    ).strip()  # fmt: skip
    if kind is ParameterKind.SQL or not text:
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise SpecError(f"'{label}' is no JSON: {error}.", hint='Write it like ["a", "b"] or {"a": 1}.') from error


def _check(label: str, asked: Asked, now: Any, *, key: str) -> dict[str, Any] | None:
    """Another check, of one row, within this one."""
    given: Mapping[str, Any] = now if isinstance(now, Mapping) else {}
    names = hestia().rules.names()
    rows = sorted((name for name in names if _looks_at_one_row(hestia().rules.get(name))), key=without_columns)
    with st.container(border=True):
        left, right = st.columns(2)
        at = rows.index(given["rule"]) if given.get("rule") in rows else None
        name = left.selectbox(label, rows, at, key=f"{key}-rule", format_func=without_columns, placeholder="Choose")
        known = [one for one in given.get("columns", ()) if one in asked.names]
        columns = right.multiselect("of", asked.names, known, key=f"{key}-columns", placeholder="Choose columns")
        if name is None:
            return None
        same = given.get("params", {}) if given.get("rule") == name else {}
        rule = hestia().rules.get(name)
        params = ask_parameters(rule, Asked(asked.columns, columns, f"{key}-{name}", same))
    if len(columns) not in rule.columns or missing_parameters(rule, params):
        return None
    return {"rule": name, "columns": columns, "params": params}


def _looks_at_one_row(rule: Rule) -> bool:
    return not checks_within(rule) and not isinstance(rule, SetRule | BatchRule)


def _columns_of_others() -> dict[str, list[str]]:
    """Columns by dataset, the saved ones."""
    saved = [item.spec for item in hestia().catalog.all("dataset", tenant=tenant())]
    return {one.name: [column.name for column in one.recipe.columns] for one in saved if isinstance(one, DatasetSpec)}
