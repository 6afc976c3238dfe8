"""JSON Schema of one property as rules of one column."""

from collections.abc import Sequence
from math import ceil, floor
from typing import Any, cast

from hestia_assets.core.patterns import from_ecma, whole
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.interchange.found import Found
from hestia_assets.domains.interchange.languages._json_parts import ANNOTATIONS, Schema, defined, parts, references

NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT)
TYPES = {
    "string": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "number": ColumnType.FLOAT,
    "boolean": ColumnType.BOOLEAN,
}
DATES = {"date": ColumnType.DATE, "date-time": ColumnType.TIMESTAMP}
FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "email": ("email", {}),
    "idn-email": ("email", {}),
    "uri": ("url", {}),
    "iri": ("url", {}),
    "url": ("url", {}),
    "uuid": ("uuid", {}),
    "ipv4": ("ip_address", {"version": 4}),
    "ipv6": ("ip_address", {"version": 6}),
}
OF_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
OF_TEXTS = ("minLength", "maxLength", "pattern", "format")
OF_STRUCTURES = frozenset(
    {"properties", "required", "items", "prefixItems", "additionalItems", "additionalProperties", "patternProperties",
     "propertyNames", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems",
     "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedItems",
     "unevaluatedProperties"}
)  # fmt: skip


def read_property(found: Found, column: Column, name: str, schema: Any, root: Schema, place: str) -> None:
    """Rules of one column from the schema of the property ``name``."""
    everything = parts(schema, root, place)
    if any(_is_structure(part) for part, _ in everything):
        params: dict[str, Any] = {"schema": _standing_alone(schema, root)}
        found.check(place, "json_schema", [column.name], params)
        return
    for part, where in everything:
        _Part(found, column, name, root, part, where).read()


def admits_null(schema: Any, root: Schema) -> bool:
    """Whether the schema of a property says that null is a value of it."""
    types = [part["type"] for part, _ in parts(schema, root, "") if "type" in part]
    return bool(types) and all("null" in (one if isinstance(one, list) else [one]) for one in types)


def _is_structure(part: Schema) -> bool:
    kinds = _kinds(part)
    if kinds:
        return set(kinds) <= {"object", "array"}
    return bool(OF_STRUCTURES & part.keys()) or any(isinstance(one, dict | list) for one in part.get("enum", ()))


def _kinds(part: Schema) -> list[str]:
    """The types a value may have, null aside; empty where any may be."""
    said = part.get("type", [])
    return [str(one) for one in (cast("list[Any]", said) if isinstance(said, list) else [said]) if one != "null"]


def _standing_alone(schema: Any, root: Schema) -> Any:
    if not isinstance(schema, dict):
        return schema
    draft = {"$schema": root["$schema"]} if "$schema" in root else {}
    kept = defined(root) if any(references(schema)) else {}
    return draft | kept | cast("Schema", schema)


class _Part:
    """One schema of a column: its keywords one after the other."""

    def __init__(self, found: Found, column: Column, name: str, root: Schema, schema: Schema, place: str) -> None:
        self.found, self.column, self.name, self.root = found, column, name, root
        self.schema, self.place = schema, place
        self.rest = {key: value for key, value in schema.items() if key not in ANNOTATIONS}

    def read(self) -> None:
        """Every keyword becomes a rule, a part of one schema rule, or a note."""
        kinds = _kinds(self.schema)
        self._type(kinds)
        self._values()
        self._without_meaning(kinds)
        self._bounds()
        self._texts()
        self._format()
        self._notes()
        if self.rest:
            params = {"schema": _standing_alone({"properties": {self.name: self.rest}}, self.root)}
            names = {} if self.name == self.column.name else {"names": {self.column.name: self.name}}
            self.found.check(self.place, "row_schema", [self.column.name], params | names)

    def _take(self, keyword: str) -> Any:
        return self.rest.pop(keyword, None)

    def _note(self, keyword: str, why: str) -> None:
        self.found.note(f"{self.place}.{keyword}", why)

    def _check(self, keyword: str, rule: str, params: dict[str, Any] | None = None) -> None:
        self.found.check(f"{self.place}.{keyword}", rule, [self.column.name], params)

    def _type(self, kinds: Sequence[str]) -> None:
        said = self._take("type")
        kind = DATES.get(self.schema.get("format", ""), ColumnType.TEXT) if kinds == ["string"] else None
        kind = kind or (TYPES.get(kinds[0]) if len(kinds) == 1 else None)
        if kind is None:
            if said is not None and kinds != [] and ColumnType.TEXT is not self.column.type:
                self.rest["type"] = said
            return
        own = self.column.type
        self.found.says_type(self.column, own if kind is ColumnType.FLOAT and own in NUMBERS else kind)
        if own is kind or (own in NUMBERS and kind in NUMBERS and kind is not ColumnType.INTEGER):
            return
        if own is ColumnType.TEXT and kind not in (ColumnType.TIMESTAMP, ColumnType.DATE):
            self._check("type", "is_type", {"type": kind.value})
        elif own in NUMBERS and kind is ColumnType.INTEGER:
            if own is not ColumnType.INTEGER:
                self.rest["type"] = said
        elif not (own is ColumnType.INTEGER and kind in NUMBERS) and (kinds != ["string"] or own not in DATES.values()):
            self._note("type", f"It says {kinds[0]}, and {self.column.name} is {own.value} here: see Columns.")

    def _values(self) -> None:
        if "const" in self.rest:
            self._one_of("const", [self.rest["const"]])
        if isinstance(self.rest.get("enum"), list):
            self._one_of("enum", self.rest["enum"])

    def _one_of(self, keyword: str, values: list[Any]) -> None:
        """Plain values; an object, a list, or null alone stays part of a schema."""
        said = [one for one in values if one is not None]
        if said and not any(isinstance(one, dict | list) for one in said):
            self._check(keyword, "in_set", {"values": said})
            self._take(keyword)

    def _without_meaning(self, kinds: Sequence[str]) -> None:
        """Keywords of numbers say nothing of texts, and the other way round."""
        for keyword in [one for one in (*OF_NUMBERS, *OF_TEXTS) if one in self.rest]:
            wanted = {"integer", "number"} if keyword in OF_NUMBERS else {"string"}
            if kinds and not wanted & set(kinds):
                self._note(keyword, f"It says nothing of a value of type {', '.join(kinds)}.")
                self._take(keyword)
            elif keyword in OF_NUMBERS and self.column.type not in NUMBERS:
                self._note(keyword, f"{self.column.name} is {self.column.type.value} here: make it a number first.")
                self._take(keyword)

    def _bounds(self) -> None:
        low, high = self._take("minimum"), self._take("maximum")
        above, below = self._take("exclusiveMinimum"), self._take("exclusiveMaximum")
        if above is True:  # as draft 4 says it
            low, above = None, low
        if below is True:
            high, below = None, high
        whole_numbers = self.column.type is ColumnType.INTEGER
        bounds = {"min": ceil(low) if whole_numbers and low is not None else low,
                  "max": floor(high) if whole_numbers and high is not None else high}  # fmt: skip
        bounds = {name: value for name, value in bounds.items() if value is not None}
        if bounds:
            self._check("minimum" if "min" in bounds else "maximum", "in_range", bounds)
        if above is not None and above is not False:
            self._check("exclusiveMinimum", "greater_than", {"value": floor(above) if whole_numbers else above})
        if below is not None and below is not False:
            self._check("exclusiveMaximum", "less_than", {"value": ceil(below) if whole_numbers else below})

    def _texts(self) -> None:
        shortest, longest = self._take("minLength"), self._take("maxLength")
        lengths = {name: int(value) for name, value in (("min", shortest), ("max", longest)) if value is not None}
        if lengths:
            self._check("minLength" if "min" in lengths else "maxLength", "length", lengths)
        pattern = self._take("pattern")
        if pattern is not None:
            self._check("pattern", "matches", {"pattern": whole(from_ecma(str(pattern)))})

    def _format(self) -> None:
        said = self._take("format")
        if said is None:
            return
        if said in DATES:
            kind = DATES[said]
            if self.column.type is ColumnType.TEXT and kind is ColumnType.DATE:
                self._check("format", "date_format", {"format": "%Y-%m-%d"})
            elif self.column.type is not kind:
                self._note("format", f"It says {said}, and {self.column.name} is {self.column.type.value} here.")
            return
        rule, params = FORMATS.get(str(said), ("", {}))
        if rule and self.found.has(rule, *params):
            self._check("format", rule, dict(params))
            if rule == "url":
                self._note("format", f"Only web addresses pass here; {said} also allows others, such as mailto:.")
        else:
            self._note("format", f"There is no rule for the format {said}, which JSON Schema does not enforce either.")

    def _notes(self) -> None:
        if "default" in self.rest:
            self._take("default")
            self._note("default", "An empty value stays empty: rules do not fill in.")
        if self.rest.get("contentMediaType") == "application/json" and "contentSchema" in self.rest:
            params: dict[str, Any] = {"schema": _standing_alone(self._take("contentSchema"), self.root)}
            self._check("contentSchema", "json_schema", params)
            self._take("contentMediaType")
        for keyword in ("contentMediaType", "contentEncoding", "contentSchema"):
            if self._take(keyword) is not None:
                self._note(keyword, "It describes the text and demands nothing of it.")
