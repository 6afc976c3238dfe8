"""A dataset's columns and rules as a Frictionless Table Schema."""

from typing import Any, cast

from hestia_assets.core.results import RuleNote
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Severity

Descriptor = dict[str, Any]

SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
TYPES: dict[ColumnType, Descriptor] = {
    ColumnType.TEXT: {"type": "string"},
    ColumnType.INTEGER: {"type": "integer"},
    ColumnType.DECIMAL: {"type": "number"},
    ColumnType.FLOAT: {"type": "number"},
    ColumnType.BOOLEAN: {"type": "boolean"},
    ColumnType.DATE: {"type": "date"},
    ColumnType.TIMESTAMP: {"type": "datetime"},
}
FORMATS = {"email": "email", "url": "uri", "uuid": "uuid"}
PLAIN = {"not_null": {"required": True}, "unique": {"unique": True}}
RENAMED: dict[str, dict[str, str]] = {
    "in_set": {"values": "enum"},
    "in_range": {"min": "minimum", "max": "maximum"},
    "length": {"min": "minLength", "max": "maxLength"},
    "matches": {"pattern": "pattern"},
    "json_schema": {"schema": "jsonSchema"},
}
"""Constraints by the rule and its parameter."""


def written(dataset: DatasetSpec) -> tuple[Descriptor, tuple[RuleNote, ...]]:
    """Fields with types and constraints, and keys; what else the rules demand is noted."""
    notes: list[RuleNote] = []
    fields = {column.name: _field(column) for column in dataset.recipe.columns}
    keys: Descriptor = {"primaryKey": list(dataset.primary_key)} if dataset.primary_key else {}
    for check in dataset.checks:
        why = _said(check, fields, keys)
        if why:
            notes.append(RuleNote(check.name, why))
    head: Descriptor = {"$schema": SCHEMA, "name": dataset.name}
    if dataset.description:
        head["description"] = dataset.description
    return head | {"fields": list(fields.values())} | keys, tuple(notes)


def _field(column: Column) -> Descriptor:
    return {"name": column.name, **TYPES[column.type]}


def _said(check: CheckSpec, fields: dict[str, Descriptor], keys: Descriptor) -> str:
    """Write one check down; gives what is not said by that."""
    if check.severity is Severity.WARN:
        return "It only counts rows here; a Table Schema refuses what does not fit."
    if check.rule == "unique" and len(check.columns) > 1:
        keys.setdefault("uniqueKeys", []).append(list(check.columns))
    elif check.rule == "foreign_key":
        others = check.params.get("other_columns") or list(check.columns)
        reference = {"resource": check.params.get("dataset"), "fields": others}
        keys.setdefault("foreignKeys", []).append({"fields": list(check.columns), "reference": reference})
    else:
        whys = [_constrained(check, fields[name]) for name in check.columns]
        if not whys:
            return f"A Table Schema has no word for the rule {check.rule}."
        if any(whys):
            return next(filter(None, whys))
    if check.threshold or check.exemptions:
        return "Rows that may fail it are not known to a Table Schema: it is written without them."
    return ""


def _constrained(check: CheckSpec, field: Descriptor) -> str:
    if check.rule in FORMATS:
        if field["type"] != "string" or "format" in field:
            return f"The field {field['name']} has a format already, or is no text."
        field["format"] = FORMATS[check.rule]
        return ""
    constraints = _constraints(check)
    if constraints is None:
        return f"A Table Schema has no word for the rule {check.rule}."
    if (field["type"] != "string") and constraints.keys() & {"pattern", "minLength", "maxLength"}:
        return f"A Table Schema has patterns and lengths for texts, and {field['name']} is {field['type']}."
    known = cast("Descriptor", field.setdefault("constraints", {}))
    twice = [name for name in constraints if name in known and known[name] != constraints[name]]
    if twice:
        return f"{field['name']} has the constraint {twice[0]} already, from another rule."
    known |= constraints
    return ""


def _constraints(check: CheckSpec) -> Descriptor | None:
    if check.rule in PLAIN:
        return dict(PLAIN[check.rule])
    if check.rule in ("greater_than", "less_than"):
        equal = bool(check.params.get("or_equal"))
        least, most = ("minimum", "maximum") if equal else ("exclusiveMinimum", "exclusiveMaximum")
        return {least if check.rule == "greater_than" else most: check.params.get("value")}
    if check.rule not in RENAMED or check.params.get("formats"):
        return None
    return {
        word: check.params[name] for name, word in RENAMED[check.rule].items() if check.params.get(name) is not None
    }
