"""A dataset's columns and rules as a JSON Schema of one row."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from hestia_assets.core.patterns import anywhere, is_ecma
from hestia_assets.core.results import RuleNote
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Severity

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES: dict[ColumnType, Schema] = {
    ColumnType.TEXT: {"type": "string"},
    ColumnType.INTEGER: {"type": "integer"},
    ColumnType.DECIMAL: {"type": "number"},
    ColumnType.FLOAT: {"type": "number"},
    ColumnType.BOOLEAN: {"type": "boolean"},
    ColumnType.DATE: {"type": "string", "format": "date"},
    ColumnType.TIMESTAMP: {"type": "string", "format": "date-time"},
}
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT)
FORMATS = {"email": "email", "url": "uri", "uuid": "uuid"}


def written(dataset: DatasetSpec) -> tuple[Schema, tuple[RuleNote, ...]]:
    """A schema of one row as an object, draft 2020-12, and what it does not say."""
    return _Writing(dataset).document()


class _Writing:
    """A schema as it grows, and notes."""

    def __init__(self, dataset: DatasetSpec) -> None:
        self.dataset = dataset
        self.columns = {column.name: column for column in dataset.recipe.columns}
        self.properties: dict[str, Schema] = {name: dict(TYPES[one.type]) for name, one in self.columns.items()}
        self.required: list[str] = []
        self.together: list[Schema] = []
        self.definitions: dict[str, Schema] = {}
        self.notes: list[RuleNote] = []

    def document(self) -> tuple[Schema, tuple[RuleNote, ...]]:
        """The finished schema."""
        for check in self.dataset.checks:
            self._check(check)
        for name, schema in self.properties.items():
            if name not in self.required:
                _admit_null(schema)
        if self.dataset.primary_key:
            self._note("primary_key", "A JSON Schema of a row does not know other rows.")
        head: Schema = {"$schema": DRAFT, "title": self.dataset.name}
        if self.dataset.description:
            head["description"] = self.dataset.description
        body: Schema = {"type": "object", "properties": self.properties, "required": self.required}
        body |= {"allOf": self.together} if self.together else {}
        return head | body | self.definitions, tuple(self.notes)

    def _note(self, place: str, why: str) -> None:
        self.notes.append(RuleNote(place, why))

    def _check(self, check: CheckSpec) -> None:
        if check.severity is Severity.WARN:
            self._note(check.name, "It only counts rows here; a JSON Schema refuses what does not fit.")
            return
        if check.threshold or check.exemptions:
            self._note(check.name, "Rows that may fail it are not known to a JSON Schema: it is written without them.")
        if check.rule in ("not_null", "not_blank"):
            self.required += [name for name in check.columns if name not in self.required]
        if check.rule == "not_null":
            return
        if check.rule == "row_schema":
            self._row_schema(check)
        elif (said := SAID.get(check.rule)) is not None:
            for name in check.columns:
                self._column(check, self.columns[name], said)
        else:
            self._note(check.name, f"JSON Schema has no word for the rule {check.rule}.")

    def _column(self, check: CheckSpec, column: Column, said: "Said") -> None:
        words = said(check.params, column)
        if isinstance(words, str):
            self._note(check.name, words)
            return
        schema = self.properties[column.name]
        if words.keys() & schema.keys():
            schema.setdefault("allOf", []).append(words)
        else:
            schema |= words

    def _row_schema(self, check: CheckSpec) -> None:
        schema = check.params.get("schema")
        if not isinstance(schema, dict) or check.params.get("names") or check.params.get("formats"):
            self._note(
                check.name, "It names the columns otherwise, or enforces formats, which a part of a schema cannot."
            )
            return
        inner = dict(cast("Schema", schema))
        draft = inner.pop("$schema", DRAFT)
        kept = {key: inner.pop(key) for key in ("$defs", "definitions") if key in inner}
        if draft != DRAFT and "$ref" in str(inner):
            self._note(check.name, f"Its references follow an older draft ({draft}).")
        elif any(key in self.definitions and self.definitions[key] != value for key, value in kept.items()):
            self._note(check.name, "Another rule has definitions of the same name.")
        else:
            self.definitions |= kept
            self.together.append(inner)


def _admit_null(schema: Schema) -> None:
    """An empty field is null, or a property that is not there."""
    schema["type"] = [schema["type"], "null"]
    for one in [schema, *cast("list[Schema]", schema.get("allOf", []))]:
        if "enum" in one:
            one["enum"] = [*one["enum"], None]


Said = Callable[[Mapping[str, Any], Column], "Schema | str"]
"""From parameters and a column to keywords, or to why there are none."""


def _in_set(params: Mapping[str, Any], column: Column) -> Schema | str:
    return {"enum": _values(params, column)}


def _not_in_set(params: Mapping[str, Any], column: Column) -> Schema | str:
    return {"not": {"enum": _values(params, column)}}


def _values(params: Mapping[str, Any], column: Column) -> list[Any]:
    return [_as_json(one, column) for one in cast("Sequence[Any]", params.get("values", ()))]


def _as_json(value: Any, column: Column) -> Any:
    """A value as a file of this type of column would have it."""
    try:
        if column.type is ColumnType.INTEGER:
            return int(str(value))
        if column.type in NUMBERS:
            return float(str(value))
    except ValueError:
        return value
    if column.type is ColumnType.BOOLEAN:
        return str(value).lower() == "true"
    return str(value)


def _bounds(low: str, high: str) -> Said:
    def said(params: Mapping[str, Any], column: Column) -> Schema | str:
        if column.type not in NUMBERS:
            return f"JSON Schema has bounds for numbers, and {column.name} is {column.type.value}."
        pairs = {low: params.get("min"), high: params.get("max")}
        return {name: _as_json(value, column) for name, value in pairs.items() if value is not None}

    return said


def _beyond(keyword: str, with_equal: str) -> Said:
    def said(params: Mapping[str, Any], column: Column) -> Schema | str:
        if column.type not in NUMBERS:
            return f"JSON Schema has bounds for numbers, and {column.name} is {column.type.value}."
        return {with_equal if params.get("or_equal") else keyword: _as_json(params.get("value"), column)}

    return said


def _length(params: Mapping[str, Any], column: Column) -> Schema | str:
    if column.type is not ColumnType.TEXT:
        return f"JSON Schema has lengths for texts, and {column.name} is {column.type.value}."
    pairs = {"minLength": params.get("min"), "maxLength": params.get("max")}
    return {name: int(value) for name, value in pairs.items() if value is not None}


def _matches(params: Mapping[str, Any], column: Column) -> Schema | str:
    if column.type is not ColumnType.TEXT:
        return f"JSON Schema has patterns for texts, and {column.name} is {column.type.value}."
    pattern = anywhere(str(params.get("pattern", "")))
    return {"pattern": pattern} if is_ecma(pattern) else "Its pattern is not one of ECMA-262."


def _affix(before: str, after: str) -> Said:
    def said(params: Mapping[str, Any], column: Column) -> Schema | str:
        if column.type is not ColumnType.TEXT:
            return f"JSON Schema has patterns for texts, and {column.name} is {column.type.value}."
        values = "|".join(re.sub(r"([\\^$.|?*+()\[\]{}/])", r"\\\1", str(one)) for one in params.get("values", ()))
        return {"pattern": f"{before}(?:{values}){after}"}

    return said


def _format(name: str) -> Said:
    return lambda _params, _column: {"format": name}


def _date(params: Mapping[str, Any], _column: Column) -> Schema | str:
    known = params.get("format") == "%Y-%m-%d"
    return {"format": "date"} if known else "JSON Schema knows dates as YYYY-MM-DD only."


def _json(params: Mapping[str, Any], column: Column) -> Schema | str:
    schema = params.get("schema", True)
    if isinstance(schema, dict) and "$ref" in str(cast("Schema", schema)):  # its references start at its own root
        schema = {"$id": f"urn:hestia:{column.name}", **cast("Schema", schema)}
    return {"contentMediaType": "application/json", "contentSchema": schema}


def _blank(_params: Mapping[str, Any], column: Column) -> Schema | str:
    return {"pattern": "\\S"} if column.type is ColumnType.TEXT else {}


SAID: dict[str, Said] = {
    "in_set": _in_set,
    "not_in_set": _not_in_set,
    "in_range": _bounds("minimum", "maximum"),
    "greater_than": _beyond("exclusiveMinimum", "minimum"),
    "less_than": _beyond("exclusiveMaximum", "maximum"),
    "length": _length,
    "matches": _matches,
    "starts_with": _affix("^", ""),
    "ends_with": _affix("", "$"),
    "date_format": _date,
    "json_schema": _json,
    "not_blank": _blank,
    **{rule: _format(name) for rule, name in FORMATS.items()},
}
