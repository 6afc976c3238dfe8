"""JSON Schema (json-schema.org, draft 4 to 2020-12) of a row, of an array of rows, or of JSON texts in one column."""

from datetime import UTC, datetime
from typing import Any, ClassVar, cast

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.core.patterns import from_ecma
from hestia_assets.core.results import RuleNote
from hestia_assets.core.rules import ConditionRule, Occasion
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec
from hestia_assets.domains.interchange.found import Found
from hestia_assets.domains.interchange.language import Wanted
from hestia_assets.domains.interchange.languages._json_columns import admits_null, read_property
from hestia_assets.domains.interchange.languages._json_parts import (
    ANNOTATIONS,
    Schema,
    defined,
    only_definitions,
    parts,
    properties_in,
    references,
)
from hestia_assets.domains.interchange.languages._json_writing import written

TOGETHER = (("if", "then", "else"),)
OF_PROPERTIES = frozenset({"properties", "required", "additionalProperties", "patternProperties", "type"})


class JsonSchemaLanguage:
    """Named rules where there are such; the rest as schema rules of the columns it speaks of."""

    title: ClassVar[str] = "JSON Schema"
    suffix: ClassVar[str] = ".schema.json"

    def recognises(self, document: Any) -> bool:
        """By ``$schema``, or as an object with properties or definitions."""
        if not isinstance(document, dict):
            return False
        schema = cast("Schema", document)
        said = "json-schema.org" in str(schema.get("$schema", ""))
        rows = schema.get("type") == "array" and isinstance(schema.get("items"), dict)
        return said or rows or any(isinstance(schema.get(key), dict) for key in ("properties", "$defs", "definitions"))

    def read(self, document: Any, wanted: Wanted, found: Found) -> None:
        """Rules of the rows' columns, or of the JSON texts in one."""
        if wanted.column is not None:
            _read_texts(document, wanted.column, found)
            return
        if not isinstance(document, dict):
            raise SpecError("The root of the JSON Schema is no object.", hint="Choose a schema that describes rows.")
        root = cast("Schema", document)
        _refuse_broken(root, wanted.dataset, found)
        schema, place = _of_rows(*_model(root, wanted.model), root, found)
        _Rows(found, root).read(schema, place)

    def write(self, dataset: DatasetSpec) -> tuple[Schema, tuple[RuleNote, ...]]:
        """A schema of one row, draft 2020-12."""
        return written(dataset)


def _read_texts(document: Any, name: str, found: Found) -> None:
    column = found.column(name, "the column of JSON texts")
    if column is None:
        raise SpecError(found.notes[-1].why, hint="Name a column of the dataset.")
    found.check("the whole schema", "json_schema", [column.name], {"schema": document})


def _refuse_broken(root: Schema, dataset: DatasetSpec, found: Found) -> None:
    """Raise SpecError for what is no schema, or refers to a place outside; patterns are looked at one by one."""
    rule = found.rules.get("json_schema")
    assert isinstance(rule, ConditionRule), "it judges values"
    check = CheckSpec(rule="json_schema", columns=("x",), params={"schema": _without_patterns(root)})
    rule.condition(check, Occasion(dataset.tenant, datetime.now(UTC)))


def _without_patterns(schema: Any) -> Any:
    if isinstance(schema, dict):
        pairs = cast("Schema", schema).items()
        return {key: _without_patterns(value) for key, value in pairs
                if key != "patternProperties" and not (key == "pattern" and isinstance(value, str))}  # fmt: skip
    return [_without_patterns(one) for one in cast("list[Any]", schema)] if isinstance(schema, list) else schema


def _model(root: Schema, model: str | None) -> tuple[Schema, str]:
    known = {name: f"#/{key}/{name}" for key, names in defined(root).items() for name in cast("Schema", names)}
    if model is not None:
        if model not in known:
            raise SpecError(
                f"The schema defines no '{model}'.", hint=f"Use one of: {', '.join(known) or 'none is defined'}."
            )
        return {"$ref": known[model]}, model
    if known and not root.keys() - ANNOTATIONS:
        if len(known) > 1:
            raise SpecError(
                f"The schema only defines parts: {', '.join(known)}.", hint="Say which of them describes a row."
            )
        return {"$ref": next(iter(known.values()))}, next(iter(known))
    return root, ""


def _of_rows(schema: Schema, place: str, root: Schema, found: Found) -> tuple[Schema, str]:
    """The schema of a row, where the file describes an array of rows."""
    said = parts(schema, root, place)
    kinds = {str(part["type"]) for part, _ in said if isinstance(part.get("type"), str)}
    if "array" in kinds:
        whole = {key: value for part, _ in said for key, value in part.items()}
        if whole.get("uniqueItems"):
            found.check("uniqueItems", "row_unique", ())
        for keyword in sorted(whole.keys() - ANNOTATIONS - {"type", "items", "uniqueItems"}):
            found.note(keyword, "It speaks of the file as a whole; add a rule of the number of rows for that.")
        items = whole.get("items")
        if isinstance(items, dict):
            return cast("Schema", items), "items"
    elif not kinds or "object" in kinds:
        return schema, place
    raise SpecError(
        f"The JSON Schema describes a value of type {', '.join(sorted(kinds))}, and no rows.",
        hint="Name the column whose values are JSON texts of that kind.",
    )


class _Rows:
    """The schema of a row, part by part."""

    def __init__(self, found: Found, root: Schema) -> None:
        self.found, self.root = found, root
        self.said: dict[str, tuple[Column, Any]] = {}

    def read(self, schema: Schema, place: str) -> None:
        """Rules for each property, then for those that belong together."""
        everything = parts(schema, self.root, place)
        if not only_definitions(self.root) or any("unevaluatedProperties" in part for part, _ in everything):
            self._as_a_whole(schema)
            return
        for part, where in everything:
            self._properties(part, where)
        for part, where in everything:
            self._required(part, where)
            self._together(part, where)

    def _as_a_whole(self, schema: Schema) -> None:
        """One rule, where parts cannot be taken out without a change of meaning."""
        standing = schema if schema is self.root else {**self.root, **schema}
        self._row_check("the whole schema", standing, self._all())
        self.found.note("the whole schema", "It is one rule, as its parts depend on each other.")

    def _properties(self, part: Schema, place: str) -> None:
        named = cast("Schema", part.get("properties") or {})
        for name, schema in named.items():
            where = _within(place, f"properties.{name}")
            column = self.found.column(name, where)
            if column is not None:
                self.said[name] = (column, schema)
                read_property(self.found, column, name, schema, self.root, where)
        self._others(part, place, set(named))

    def _others(self, part: Schema, place: str, named: set[str]) -> None:
        """Columns whose names are not listed: told by patterns, or all of the others."""
        left = [column for column in self.found.dataset.recipe.columns if not {column.name, column.source} & named]
        for pattern, schema in cast("Schema", part.get("patternProperties") or {}).items():
            where = _within(place, f"patternProperties.{pattern}")
            for column in self.found.dataset.recipe.columns:
                if self._fits(pattern, column.name, where):
                    read_property(self.found, column, column.name, schema, self.root, where)
                    left = [one for one in left if one is not column]
        other = part.get("additionalProperties", True)
        if other is True or not left:
            return
        where = _within(place, "additionalProperties")
        if other is False:
            names = ", ".join(column.name for column in left)
            self.found.note(where, f"The dataset has columns that the schema does not allow: {names}.")
            return
        for column in left:
            read_property(self.found, column, column.name, other, self.root, where)

    def _fits(self, pattern: str, name: str, place: str) -> bool:
        try:
            return bool(pl.Series([name]).str.contains(from_ecma(pattern))[0])
        except PolarsError:
            self.found.note(place, "The pattern needs look-around or back-references, which are not supported.")
            return False

    def _required(self, part: Schema, place: str) -> None:
        for name in cast("list[str]", part.get("required") or []):
            where = _within(place, f"required.{name}")
            column = self.found.column(name, where)
            if column is None:
                continue
            if name in self.said and admits_null(self.said[name][1], self.root):
                self.found.note(where, f"{column.name} must be there and may be null: in a table both are empty.")
            else:
                self.found.check(where, "not_null", [column.name])

    def _together(self, part: Schema, place: str) -> None:
        rest = {key: value for key, value in part.items() if key not in ANNOTATIONS | OF_PROPERTIES}
        if rest.pop("default", None) is not None:
            self.found.note(_within(place, "default"), "Rules do not fill in values.")
        for group in [*TOGETHER, *((key,) for key in rest if key not in TOGETHER[0])]:
            schema = {key: rest[key] for key in group if key in rest}
            if any(value not in ({}, []) for value in schema.values()):
                self._group(schema, _within(place, "/".join(schema)))

    def _group(self, schema: Schema, place: str) -> None:
        named = properties_in(schema, self.root)
        if named is None:
            columns = self._all()
        elif not named:
            self.found.note(place, "It names no property, so that no column is meant.")
            return
        else:
            known = [self.found.column(name, place) for name in sorted(named)]
            columns = tuple(column.name for column in known if column is not None)
            if len(columns) < len(named):
                return
        draft = {"$schema": self.root["$schema"]} if "$schema" in self.root else {}
        kept = defined(self.root) if any(references(schema)) else {}
        self._row_check(place, draft | kept | schema, columns)

    def _row_check(self, place: str, schema: Schema, columns: tuple[str, ...]) -> None:
        names = self._names_of(columns, schema)
        self.found.check(place, "row_schema", columns, {"schema": schema} | ({"names": names} if names else {}))

    def _all(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.found.dataset.recipe.columns)

    def _names_of(self, columns: tuple[str, ...], schema: Schema) -> dict[str, str]:
        """Where the schema calls a column as the file's header does, and not as the dataset."""
        spoken = properties_in(schema, self.root) or frozenset(self.said)
        own = {column.name: column.source for column in self.found.dataset.recipe.columns}
        return {name: own[name] for name in columns if name not in spoken and own[name] in spoken}


def _within(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


LANGUAGE = JsonSchemaLanguage()
