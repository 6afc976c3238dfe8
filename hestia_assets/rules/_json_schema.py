"""JSON Schema as a judgement: the jsonschema library, held to linear patterns, exact numbers and no network."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any, cast

from hestia_assets.core.errors import SpecError
from hestia_assets.rules._json_keywords import MOST_REFERENCES, Steps

Fits = Callable[[Any], bool]

LONGEST_SCHEMA = 200_000
DEEP = 40
"""Levels of a value from which a recursion without end may be the value's fault and not the schema's."""
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def judge(schema: Any, *, formats: bool = False) -> Fits:
    """From a schema to whether a JSON value fits it, under the draft that ``$schema`` names, else 2020-12.

    Args:
        schema: an object, or true or false.
        formats: hold values to ``format`` too, which the drafts leave open and do not ask for.

    Raises:
        SpecError: it is no schema, it refers to a place outside of itself, or a pattern needs look-around.
    """
    if not isinstance(schema, dict | bool):
        raise SpecError("A JSON Schema is an object.", hint="Give the schema as an object, such as {type: object}.")
    try:
        text = json.dumps(schema)
    except (RecursionError, TypeError, ValueError) as error:
        raise SpecError("The JSON Schema is nested too deeply, or is no JSON.", hint="Write it as JSON.") from error
    if len(text) > LONGEST_SCHEMA:
        raise SpecError(f"The JSON Schema has {len(text):,} characters.", hint="Split it, a rule for each part.")
    return _judge(text, formats=formats)


@lru_cache(maxsize=64)
def _judge(text: str, *, formats: bool) -> Fits:
    from hestia_assets.rules._json_validator import build_validator

    steps = Steps()
    validator = build_validator(json.loads(text), steps, formats=formats)

    def fits(value: Any) -> bool:
        steps.left, steps.nested = MOST_REFERENCES, 0
        try:
            return validator.is_valid(value)
        except RecursionError:
            if _deeper(value, DEEP):
                return False
            raise SpecError("The JSON Schema refers to itself without end.", hint="Break the circle.") from None

    fits(None)
    return fits


def _deeper(value: Any, levels: int) -> bool:
    level: list[Any] = [value]
    for _ in range(levels):
        level = [inner for one in level for inner in _inner(one)]
    return bool(level)


def _inner(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from cast("Mapping[str, Any]", value).values()
    elif isinstance(value, list):
        yield from cast("list[Any]", value)


def parsed(text: str) -> Any:
    """A JSON text with its numbers as they stand; numbers beyond floats are decimals. Raises ValueError.

    Half a pair of surrogates is no character, so a text that holds one is refused too (RFC 7493, 2.1).
    """
    try:
        value = json.loads(text, parse_float=_number, parse_int=_integer, parse_constant=_refuse)
        if SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _number(text: str) -> float | Decimal:
    value = float(text)
    lost = not isfinite(value) or (value == 0 and re.search("[1-9]", re.split("[eE]", text)[0]))
    return Decimal(text) if lost else value


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) < 4_000 else Decimal(text)


def _refuse(word: str) -> None:
    raise ValueError(word)
