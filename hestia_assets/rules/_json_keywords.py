"""What single keywords of JSON Schema mean to us: patterns in linear time, exact multiples, bounded references."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.core.patterns import from_ecma

NEWEST = "https://json-schema.org/draft/2020-12/schema"
LONGEST_PATTERN = 2_000
MOST_REFERENCES = 50_000
"""Followed for one value: references to references double with each line of a schema."""
MOST_NESTED = 64
"""References within references: about eight calls each, of the thousand that Python allows."""


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
