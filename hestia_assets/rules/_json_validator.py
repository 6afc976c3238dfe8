"""The jsonschema library's validators with our own keywords; imported when a schema is judged, as it takes a while."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# reason: the library's validators and keywords are untyped
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema import validators
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema_specifications import REGISTRY
from referencing import Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from hestia_assets.core.errors import SpecError
from hestia_assets.rules._json_keywords import NEWEST, Steps, found, multiple

if TYPE_CHECKING:
    from referencing._core import Resolver


DRAFTS: dict[str, Any] = {
    NEWEST: jsonschema.Draft202012Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
    "http://json-schema.org/draft-07/schema": jsonschema.Draft7Validator,
    "http://json-schema.org/draft-06/schema": jsonschema.Draft6Validator,
    "http://json-schema.org/draft-04/schema": jsonschema.Draft4Validator,
    "http://json-schema.org/draft-03/schema": jsonschema.Draft3Validator,
}
Problems = Iterator[ValidationError]


def draft_of(schema: Any) -> str:
    """The draft that ``$schema`` names; the newest where it names none that is known."""
    named = str(schema.get("$schema", "")).removesuffix("#") if isinstance(schema, dict) else ""
    return named if named in DRAFTS else NEWEST


def build_validator(schema: Any, steps: Steps, *, formats: bool) -> Any:
    """A validator that reaches nothing outside of the schema and the drafts themselves. Raises SpecError."""
    draft = draft_of(schema)
    plain = DRAFTS[draft]
    try:
        plain.check_schema(schema, format_checker=jsonschema.FormatChecker(formats=()))
    except SchemaError as error:
        place = "/".join(map(str, error.absolute_path)) or "its root"
        raise SpecError(f"The JSON Schema is wrong at {place}: {error.message}.", hint="Correct it there.") from error
    except RecursionError as error:
        raise SpecError("The JSON Schema is nested too deeply.", hint="Split it with $defs.") from error
    resource = Resource.from_contents(schema, default_specification=specification_with(draft))
    registry: Any = REGISTRY
    _look_through(resource, registry.resolver_with_root(resource))
    if "unevaluatedProperties" in json.dumps(schema):
        _refuse_backtracking(schema)
    extended = validators.extend(plain, _keywords(plain, steps), type_checker=_types(plain))
    checker = plain.FORMAT_CHECKER if formats else None
    return extended(schema, registry=registry, format_checker=checker)


def _types(plain: Any) -> Any:
    def integer(checker: Any, value: Any) -> bool:
        whole = isinstance(value, Decimal) and value == value.to_integral_value()
        return whole or plain.TYPE_CHECKER.is_type(value, "integer")

    return plain.TYPE_CHECKER.redefine("integer", integer)


def _look_through(resource: "Resource[Any]", resolver: "Resolver[Any]") -> None:
    """Refuse references that lead outside, and patterns that cannot be used, before any value is judged."""
    contents = resource.contents
    if isinstance(contents, dict):
        for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            _refuse_unknown(contents.get(keyword), resolver)
        _refuse_patterns(contents)
    for inner in resource.subresources():
        _look_through(inner, resolver.in_subresource(inner))


def _refuse_unknown(reference: Any, resolver: "Resolver[Any]") -> None:
    if not isinstance(reference, str):
        return
    try:
        resolver.lookup(reference)
    except Unresolvable as error:
        raise SpecError(
            f"The JSON Schema refers to '{reference}', which is no part of it; nothing is fetched from elsewhere.",
            hint="Copy the part it means below $defs, and refer to it there.",
        ) from error


def _refuse_patterns(schema: Mapping[str, Any]) -> None:
    named = schema.get("patternProperties")
    patterns = [*(named if isinstance(named, dict) else ()), schema.get("pattern")]
    for pattern in patterns:
        if isinstance(pattern, str):
            found(pattern, "")


def _refuse_backtracking(schema: Any) -> None:
    """What the library itself searches with: beside unevaluatedProperties, patterns that may take for ever."""
    named = schema.get("patternProperties") if isinstance(schema, dict) else None
    for pattern in named if isinstance(named, dict) else ():
        if re.search(r"\)[*+{]|\\p", pattern, re.IGNORECASE):
            raise SpecError(
                f"The pattern {pattern} of patternProperties cannot be used beside unevaluatedProperties.",
                hint="Write it without repeated groups and Unicode properties.",
            )
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _refuse_backtracking(inner)


def _keywords(plain: Any, steps: Steps) -> dict[str, Any]:
    """Ours for those of the library that search with backtracking, count in floats, or follow references."""
    ours = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "multipleOf": _multiple_of,
        "divisibleBy": _multiple_of,
        "uniqueItems": _unique_items,
    }
    counted = {name: _counting(plain.VALIDATORS[name], steps) for name in ("$ref", "$dynamicRef", "$recursiveRef")
               if name in plain.VALIDATORS}  # fmt: skip
    return {name: keyword for name, keyword in ours.items() if name in plain.VALIDATORS} | counted


def _counting(keyword: Any, steps: Steps) -> Any:
    def follow(validator: Any, reference: Any, instance: Any, schema: Any) -> Problems:
        steps.take()
        with steps.within():
            yield from keyword(validator, reference, instance, schema) or ()

    return follow


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Problems:
    if validator.is_type(instance, "string") and not found(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, schema: Any) -> Problems:
    if validator.is_type(instance, "object"):
        for pattern, inner in patterns.items():
            for name, value in instance.items():
                if found(pattern, name):
                    yield from validator.descend(value, inner, path=name, schema_path=pattern)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Problems:
    if not validator.is_type(instance, "object"):
        return
    patterns = schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in schema.get("properties", {}) or any(found(pattern, name) for pattern in patterns):
            continue
        if allowed is False:
            yield ValidationError(f"{name!r} is not allowed")
        elif isinstance(allowed, dict):
            yield from validator.descend(value, allowed, path=name)


def _multiple_of(validator: Any, step: Any, instance: Any, schema: Any) -> Problems:
    if validator.is_type(instance, "number") and not multiple(instance, step):
        yield ValidationError(f"{instance!r} is not a multiple of {step}")


def _unique_items(validator: Any, wanted: bool, instance: Any, schema: Any) -> Problems:
    if wanted and validator.is_type(instance, "array") and len(set(map(_frozen, instance))) < len(instance):
        yield ValidationError("items repeat")


def _frozen(value: Any) -> Any:
    """A value that can be looked up; 1 is 1.0 and not true."""
    if isinstance(value, dict):
        return "object", frozenset((name, _frozen(one)) for name, one in value.items())
    if isinstance(value, list):
        return "array", tuple(map(_frozen, value))
    return (bool, value) if isinstance(value, bool) else value
