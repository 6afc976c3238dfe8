"""Frictionless Table Schema (datapackage.org/standard/table-schema), alone or in a Data Package."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from hestia_assets.core.errors import SpecError
from hestia_assets.core.results import RuleNote
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec
from hestia_assets.domains.interchange.found import Found
from hestia_assets.domains.interchange.language import Wanted
from hestia_assets.domains.interchange.languages._table_writing import written

Descriptor = dict[str, Any]

TYPES = {
    "string": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "number": ColumnType.DECIMAL,
    "boolean": ColumnType.BOOLEAN,
    "date": ColumnType.DATE,
    "datetime": ColumnType.TIMESTAMP,
    "year": ColumnType.INTEGER,
}
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT)
JSON_TYPES = {"object": "object", "geojson": "object", "array": "array"}
FORMATS = {"email": "email", "uri": "url", "uuid": "uuid"}
WRITTEN = ("format", "decimalChar", "groupChar", "bareNumber", "trueValues", "falseValues", "missingValues")
"""How values are written in the file; here the recipe says that."""
ANNOTATIONS = frozenset({"name", "title", "description", "example", "examples", "type", "constraints", "rdfType"})


class TableSchemaLanguage:
    """Types, constraints and keys of columns."""

    title: ClassVar[str] = "Frictionless Table Schema"
    suffix: ClassVar[str] = ".tableschema.json"

    def recognises(self, document: Any) -> bool:
        """By its fields, or by the resources of a package."""
        if not isinstance(document, dict):
            return False
        return any(isinstance(cast("Descriptor", document).get(key), list) for key in ("fields", "resources"))

    def read(self, document: Any, wanted: Wanted, found: Found) -> None:
        """Rules of each field, then keys."""
        if not isinstance(document, dict):
            raise SpecError("The root of the Table Schema is no object.", hint="Choose a schema or a Data Package.")
        schema, place = _schema(cast("Descriptor", document), wanted)
        fields = schema.get("fields")
        for number, field in enumerate(cast("list[Any]", fields) if isinstance(fields, list) else ()):
            if not isinstance(field, dict) or "name" not in field:
                found.note(f"{place}fields[{number}]", "It is no field with a name.")
                continue
            _field(cast("Descriptor", field), f"{place}fields.{field['name']}", found)
        _keys(schema, place, found)
        for keyword in WRITTEN:
            if keyword in schema:
                found.note(f"{place}{keyword}", "How values are written in a file is said under Columns.")

    def write(self, dataset: DatasetSpec) -> tuple[Descriptor, tuple[RuleNote, ...]]:
        """A schema with fields, constraints and keys."""
        return written(dataset)


def _schema(document: Descriptor, wanted: Wanted) -> tuple[Descriptor, str]:
    """The schema meant, and where it stands. Raises SpecError."""
    if isinstance(document.get("fields"), list):
        return document, ""
    resources = [cast("Descriptor", one) for one in document.get("resources", ()) if isinstance(one, dict)]
    named = {str(one.get("name")): one for one in resources if isinstance(one.get("schema"), dict)}
    name = wanted.model or (wanted.dataset.name if wanted.dataset.name in named else None)
    if name is None and len(named) == 1:
        name = next(iter(named))
    if name not in named:
        listed = ", ".join(named) or "none has a schema of its own (a path to one is not followed)"
        what = f"'{name}' is no resource" if name else "It does not say which resource is meant"
        raise SpecError(f"{what} of the Data Package.", hint=f"Name one of its resources: {listed}.")
    return named[name]["schema"], f"{name}."


def _field(field: Descriptor, place: str, found: Found) -> None:
    column = found.column(field["name"], place)
    if column is None:
        return
    kind = str(field.get("type", "string"))
    _type(field, kind, column, place, found)
    constraints = field.get("constraints", {})
    if not isinstance(constraints, dict):
        found.note(f"{place}.constraints", "They are no object.")
        return
    _constraints(cast("Descriptor", constraints), column, f"{place}.constraints", found)
    for keyword in field.keys() - ANNOTATIONS - {"format"}:
        why = "How values are written in a file is said under Columns." if keyword in WRITTEN else "It is no rule."
        found.note(f"{place}.{keyword}", why)


def _type(field: Descriptor, kind: str, column: Column, place: str, found: Found) -> None:
    said = str(field.get("format", "default"))
    if kind in JSON_TYPES:
        found.check(f"{place}.type", "json_schema", [column.name], {"schema": {"type": JSON_TYPES[kind]}})
    elif kind in TYPES:
        wanted = TYPES[kind]
        found.says_type(column, column.type if wanted in NUMBERS and column.type in NUMBERS else wanted)
        numbers = wanted in NUMBERS and column.type in NUMBERS
        if column.type is ColumnType.TEXT and wanted in (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.DECIMAL):
            _written_as(field, wanted, column, place, found)
        elif column.type is not wanted and not numbers and not (kind == "date" and said != "default"):
            found.note(f"{place}.type", f"It says {kind}, and {column.name} is {column.type.value} here: see Columns.")
    elif kind != "any":
        found.note(f"{place}.type", f"There is no type {kind} here; {column.name} stays {column.type.value}.")
    _format(kind, said, column, place, found)


def _written_as(field: Descriptor, wanted: ColumnType, column: Column, place: str, found: Found) -> None:
    """Texts that must be written as another type; signs and words of its own are not known to the rule."""
    if any(keyword in field for keyword in WRITTEN if keyword != "format"):
        found.note(
            f"{place}.type", f"{column.name} is text here: make it {wanted.value} under Columns, with its signs."
        )
        return
    kind = "float" if wanted is ColumnType.DECIMAL else wanted.value
    found.check(f"{place}.type", "is_type", [column.name], {"type": kind})


def _format(kind: str, said: str, column: Column, place: str, found: Found) -> None:
    if said == "default" and kind == "date" and column.type is ColumnType.TEXT:
        found.check(f"{place}.type", "date_format", [column.name], {"format": "%Y-%m-%d"})
    elif said == "default":
        return
    elif kind == "string" and said in FORMATS:
        found.check(f"{place}.format", FORMATS[said], [column.name])
    elif kind == "date" and "%" in said and column.type is ColumnType.TEXT:
        found.check(f"{place}.format", "date_format", [column.name], {"format": said})
    else:
        found.note(f"{place}.format", f"How {column.name} is written ({said}) is said under Columns.")


def _constraints(said: Descriptor, column: Column, place: str, found: Found) -> None:
    rest = dict(said)

    def check(keyword: str, rule: str, params: Mapping[str, Any] | None = None) -> None:
        found.check(f"{place}.{keyword}", rule, [column.name], params)

    if rest.pop("required", False):
        check("required", "not_null")
    if rest.pop("unique", False):
        check("unique", "unique")
    if (values := rest.pop("enum", None)) is not None:
        check("enum", "in_set", {"values": _list(values)})
    if (pattern := rest.pop("pattern", None)) is not None:
        check("pattern", "matches", {"pattern": str(pattern)})
    for rule, low, high in (("in_range", "minimum", "maximum"), ("length", "minLength", "maxLength")):
        bounds = {"min": rest.pop(low, None), "max": rest.pop(high, None)}
        bounds = {name: value for name, value in bounds.items() if value is not None}
        if bounds and rule == "in_range" and column.type is ColumnType.TEXT:
            found.note(f"{place}.{low}", f"{column.name} is text here: make it a number or a date first.")
        elif bounds:
            check(low if "min" in bounds else high, rule, bounds)
    for keyword, rule in (("exclusiveMinimum", "greater_than"), ("exclusiveMaximum", "less_than")):
        if (value := rest.pop(keyword, None)) is not None:
            check(keyword, rule, {"value": value})
    if (schema := rest.pop("jsonSchema", None)) is not None:
        check("jsonSchema", "json_schema", {"schema": schema})
    for keyword, value in rest.items():
        if value is not False:
            found.note(f"{place}.{keyword}", "There is no rule for this constraint.")


def _keys(schema: Descriptor, place: str, found: Found) -> None:
    primary = _columns(schema.get("primaryKey"), f"{place}primaryKey", found)
    if primary:
        found.primary_key = primary
        found.check(f"{place}primaryKey", "unique", primary)
        for name in primary:
            found.check(f"{place}primaryKey", "not_null", [name])
    for number, key in enumerate(_list(schema.get("uniqueKeys"))):
        names = _columns(key, f"{place}uniqueKeys[{number}]", found)
        if names:
            found.check(f"{place}uniqueKeys[{number}]", "unique", names)
    for number, key in enumerate(_list(schema.get("foreignKeys"))):
        _foreign(key, f"{place}foreignKeys[{number}]", found)


def _foreign(key: Any, place: str, found: Found) -> None:
    reference = cast("Descriptor", key).get("reference") if isinstance(key, dict) else None
    if not isinstance(reference, dict):
        found.note(place, "It has no reference.")
        return
    said = cast("Descriptor", reference)
    names = _columns(cast("Descriptor", key).get("fields"), place, found)
    others = [str(one) for one in _list(said.get("fields"))]
    dataset = str(said.get("resource") or "") or found.dataset.name
    if names:
        found.check(place, "foreign_key", names, {"dataset": dataset, "other_columns": others})


def _list(value: Any) -> Sequence[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [] if value is None else [value]


def _columns(names: Any, place: str, found: Found) -> tuple[str, ...]:
    """The dataset's columns of these names; none of them where one is not known, which is noted."""
    known = [found.column(name, place) for name in _list(names)]
    columns = tuple(column.name for column in known if column is not None)
    return columns if len(columns) == len(known) else ()


LANGUAGE = TableSchemaLanguage()
