"""Parameters of checks, read and refused; types of columns in the words that people know."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import CheckSpec

KINDS: dict[type[pl.DataType], str] = {
    pl.String: "text",
    pl.Int64: "integer",
    pl.Decimal: "decimal",
    pl.Float64: "float",
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "timestamp",
}
NUMBERS = ("integer", "decimal", "float")
TIMES = ("date", "timestamp")
MOST_DIGITS = 18
"""Of a parameter before the point: columns of integers hold no more."""


def kind_of(dtype: pl.DataType) -> str:
    """``decimal`` for ``Decimal(38, 2)``."""
    return KINDS.get(type(dtype), str(dtype))


def refuse_other_types(spec: CheckSpec, dtype: pl.DataType, allowed: Sequence[str], *, hint: str) -> None:
    """Raises SpecError where the rule can say nothing of values of this type."""
    if kind_of(dtype) not in allowed:
        raise SpecError(
            f"The rule {spec.rule} looks at columns of type {' or '.join(allowed)}, and this one is {kind_of(dtype)}.",
            hint=hint,
        )


def refuse_other_than_text(spec: CheckSpec, dtype: pl.DataType) -> None:
    """Raises SpecError for a column that is no text."""
    refuse_other_types(spec, dtype, ("text",), hint="Make the column text, or take a rule for numbers or dates.")


def whole_number(spec: CheckSpec, parameter: str) -> int | None:
    """A number from zero on, where one is given. Raises SpecError."""
    given = spec.params.get(parameter)
    if given is None:
        return None
    text = str(given).strip()
    if isinstance(given, bool) or not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise _wrong(spec, parameter, given, hint="Give a whole number from 0 on, such as 3.")
    return int(text)


def number(spec: CheckSpec, parameter: str, *, default: str = "0") -> Decimal:
    """A number from zero on, exactly as it was written. Raises SpecError."""
    given = spec.params.get(parameter, default)
    try:
        found = Decimal(str(given))
    except InvalidOperation:
        found = Decimal("nan")
    if isinstance(given, bool) or not found.is_finite() or found < 0 or found.adjusted() > MOST_DIGITS:
        raise _wrong(spec, parameter, given, hint="Give a number from 0 on, such as 0.01.")
    return found


def one_of(spec: CheckSpec, parameter: str, choices: Sequence[str], *, default: str | None = None) -> str:
    """One of the words that the parameter may be. Raises SpecError."""
    given = spec.params.get(parameter)
    given = default if given is None else given
    if given not in choices:
        raise _wrong(spec, parameter, given, hint=f"Give one of: {', '.join(choices)}.")
    return str(given)


def country(spec: CheckSpec, parameter: str, known: Sequence[str], *, default: str | None = None) -> str | None:
    """A code of two letters, of any case; the default where none is given. Raises SpecError that names the known."""
    given = spec.params.get(parameter)
    if given in (None, ""):
        return default
    code = str(given).strip().upper()
    if code not in known:
        raise _wrong(spec, parameter, given, hint=f"Give one of: {', '.join(sorted(known))}.")
    return code


def switch(spec: CheckSpec, parameter: str) -> bool:
    """Whether a switch is on; off where nothing is said. Raises SpecError."""
    given = spec.params.get(parameter)
    if given not in (None, True, False):
        raise _wrong(spec, parameter, given, hint="Give true or false.")
    return bool(given)


def listed_texts(spec: CheckSpec, parameter: str) -> list[str]:
    """Texts, one at least. Raises SpecError."""
    given = spec.params.get(parameter)
    values = given if isinstance(given, list | tuple) else []
    if not values or any(value is None or not str(value) for value in values):
        raise _wrong(spec, parameter, given, hint=f"Give '{parameter}' as a list of texts, such as [A-, B-].")
    return [str(value) for value in values]


def said(values: Sequence[Any], *, most: int = 10, between: str = ", ") -> str:
    """Values in a row, and how many they are where not all are shown."""
    more = f" … ({len(values)} in all)" if len(values) > most else ""
    return between.join(str(value) for value in values[:most]) + more


def _wrong(spec: CheckSpec, parameter: str, given: object, *, hint: str) -> SpecError:
    found = "has no value" if given is None else f"is {given!r}"
    return SpecError(f"The parameter '{parameter}' of check '{spec.name}' {found}.", hint=hint)
