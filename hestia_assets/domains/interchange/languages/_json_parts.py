"""JSON Schemas taken apart: what references and allOf bring together, and which columns a part speaks of."""

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import unquote

from hestia_assets.core.errors import SpecError

Schema = dict[str, Any]

ANNOTATIONS = frozenset(
    {"title", "description", "$comment", "examples", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "id",
     "$defs", "definitions", "$vocabulary"}
)  # fmt: skip
"""Keywords that demand nothing of a value."""
DEFINITIONS = ("$defs", "definitions")
MOST_PARTS = 500
INSIDE = ("allOf", "anyOf", "oneOf")
BESIDE = ("not", "if", "then", "else")
OF_ANY_PROPERTY = frozenset(
    {"minProperties", "maxProperties", "propertyNames", "additionalProperties", "patternProperties"}
)


def defined(root: Schema) -> Schema:
    """The definitions that a schema holds, as they stand."""
    return {key: root[key] for key in DEFINITIONS if key in root}


def pointed(root: Schema, reference: str) -> Any:
    """The part of a schema that a JSON pointer (RFC 6901) leads to. Raises SpecError."""
    found: Any = root
    for step in reference.removeprefix("#").split("/")[1:]:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(cast("list[Any]", found)):
            found = cast("list[Any]", found)[int(name)]
        elif isinstance(found, dict) and name in found:
            found = cast("Schema", found)[name]
        else:
            raise SpecError(f"The schema refers to '{reference}', which it does not hold.", hint="Correct it there.")
    return found


def parts(schema: Any, root: Schema, place: str) -> list[tuple[Schema, str]]:
    """A schema and what it takes in by $ref and allOf, each with its place; true says nothing. Raises SpecError."""
    found: list[tuple[Schema, str]] = []
    waiting = [(schema, place)]
    while waiting:
        one, where = waiting.pop(0)
        if len(found) > MOST_PARTS:
            raise SpecError("The schema refers to itself without end.", hint="Break the circle.")
        if one is True:
            continue
        if not isinstance(one, dict):
            found.append(({"not": {}}, where))
            continue
        own = cast("Schema", one)
        if "$ref" in own:
            waiting.append((pointed(root, str(own["$ref"])), where))
            own = {} if _siblings_are_ignored(root) else own
        waiting += [(inner, f"{where}.allOf[{number}]") for number, inner in enumerate(own.get("allOf", ()))]
        found.append(({key: value for key, value in own.items() if key not in ("$ref", "allOf")}, where))
    return found


def _siblings_are_ignored(root: Schema) -> bool:
    """Up to draft 7, what stands beside a reference does not count."""
    return any(f"draft-0{number}" in str(root.get("$schema", "")) for number in range(3, 8))


def references(schema: Any) -> Iterator[tuple[str, str]]:
    """Every reference and anchor as keyword and target, wherever it stands."""
    if isinstance(schema, dict):
        for key, value in cast("Schema", schema).items():
            if key in ("$ref", "$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor") and isinstance(value, str):
                yield key, value
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for one in cast("list[Any]", schema):
            yield from references(one)


def only_definitions(schema: Schema) -> bool:
    """Whether every reference leads to a definition of the schema, so that parts can be taken out with those."""
    return all(
        key == "$ref" and target.startswith(("#/$defs/", "#/definitions/")) for key, target in references(schema)
    )


def properties_in(schema: Any, root: Schema) -> frozenset[str] | None:
    """The properties that a schema of an object speaks of; None where it may speak of any."""
    named: set[str] = set()
    for part, _ in parts(schema, root, ""):
        if OF_ANY_PROPERTY & part.keys():
            return None
        named |= _named(part)
        for inner in _inner(part):
            found = properties_in(inner, root)
            if found is None:
                return None
            named |= found
    return frozenset(named)


def _named(part: Schema) -> set[str]:
    named = {str(name) for key in ("properties", "dependentRequired", "dependentSchemas", "dependencies")
             for name in cast("Mapping[str, Any]", part.get(key) or {})}  # fmt: skip
    lists: list[Any] = [part.get("required")]
    for key in ("dependentRequired", "dependencies"):
        lists += cast("Mapping[str, Any]", part.get(key) or {}).values()
    return named.union(*(map(str, cast("list[Any]", one)) for one in lists if isinstance(one, list)))


def _inner(part: Schema) -> list[Any]:
    inner = [one for key in INSIDE for one in part.get(key, ())] + [part[key] for key in BESIDE if key in part]
    for key in ("dependentSchemas", "dependencies"):
        values = cast("Mapping[str, Any]", part.get(key) or {}).values()
        inner += [one for one in values if not isinstance(one, list)]
    return inner
