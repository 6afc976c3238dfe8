"""JSON Schema as a judgement: the jsonschema library, held to linear patterns, exact numbers and no network."""

import json
import re
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Any, cast

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.core.patterns import from_ecma

Fits = Callable[[Any], bool]

LONGEST_SCHEMA = 200_000
LONGEST_PATTERN = 2_000
MOST_REFERENCES = 50_000
"""Followed for one value: references to references double with each line of a schema."""
MOST_NESTED = 64
"""References within references: about eight calls each, of the thousand that Python allows."""
DEEP = 40
"""Levels of a value from which a recursion without end may be the value's fault and not the schema's."""
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
NEWEST = "https://json-schema.org/draft/2020-12/schema"


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


class Steps(threading.local):
    """How many references may still be followed for one value; chunks are judged by several threads at once."""

    left: int = MOST_REFERENCES
    nested: int = 0

    @contextmanager
    def within(self) -> Generator[None]:
        """Inside one more reference. Raises RecursionError before Python does: the library does not survive its own."""
        self.nested += 1
        try:
            if self.nested > MOST_NESTED:
                raise RecursionError
            yield
        finally:
            self.nested -= 1

    def take(self) -> None:
        """One of them. Raises SpecError."""
        self.left -= 1
        if self.left < 0:
            raise SpecError(
                f"One value makes the JSON Schema follow more than {MOST_REFERENCES:,} references.",
                hint="Write it with fewer references to references.",
            )


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


@lru_cache(maxsize=512)
def _searching(pattern: str) -> pl.Expr:
    if len(pattern) > LONGEST_PATTERN:
        raise SpecError(f"A pattern has {len(pattern):,} characters.", hint=f"Use at most {LONGEST_PATTERN:,}.")
    expression = pl.col("text").str.contains(from_ecma(pattern))
    try:
        pl.DataFrame({"text": [""]}).select(expression)
    except PolarsError as error:
        raise SpecError(
            f"The pattern {pattern} cannot be used.",
            hint="Write it without look-around and back-references: they can take for ever.",
        ) from error
    return expression


def found(pattern: str, text: str) -> bool:
    """Whether an ECMA-262 pattern is found in a text, in linear time. Raises SpecError."""
    return bool(pl.DataFrame({"text": [text]}).select(_searching(pattern)).item())


def multiple(value: Any, of: Any) -> bool:
    """Whether a number is a multiple, as its digits say: 4.02 is one of 0.01."""
    step = Fraction(str(of))
    if isinstance(value, float) and not isfinite(value):
        return False
    if isinstance(value, Decimal):
        return _is_multiple(value, step)
    return Fraction(str(value)) % step == 0


def _is_multiple(value: Decimal, step: Fraction) -> bool:
    """Of a number that is beyond floats: written out it may have as many digits as memory holds."""
    sign, digits, exponent = value.as_tuple()
    power, plain = int(exponent), int(Decimal((sign, digits, 0)))
    if power >= 0:
        return plain * step.denominator * pow(10, power, step.numerator) % step.numerator == 0
    return plain == 0 or (-power < 4_000 and Fraction(plain, 10**-power) % step == 0)


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
