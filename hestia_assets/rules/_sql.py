"""Pieces of SQL that set rules share; every name is quoted, and what Hestia names itself starts with ``_``."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import Relations
from hestia_assets.core.specs import CheckSpec

KINDS = {"text": "text", "number": "a number", "boolean": "yes or no", "date": "a date", "timestamp": "a timestamp"}


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def listed(names: Iterable[str]) -> str:
    """Names with commas between them."""
    return ", ".join(map(quoted, names))


def filled(names: Iterable[str]) -> str:
    """That none of the columns is empty."""
    return " AND ".join(f"{quoted(name)} IS NOT NULL" for name in names)


def renamed(names: Sequence[str], to: Sequence[str]) -> str:
    """Columns under other names."""
    return ", ".join(f"{quoted(name)} AS {quoted(other)}" for name, other in zip(names, to, strict=True))


def kind_of(dtype: pl.DataType) -> str:
    """Types that can be compared with each other have one kind."""
    if dtype.is_numeric():
        return "number"
    kinds: dict[type[pl.DataType], str] = {pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "timestamp"}
    return next((kind for each, kind in kinds.items() if isinstance(dtype, each)), "text")


def names_in(value: Any, *, parameter: str, default: Sequence[str] = ()) -> tuple[str, ...]:
    """A parameter that is a name or several. Raises SpecError."""
    if value is None or value in ("", []):
        return tuple(default)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):  # pyright: ignore[reportUnknownVariableType] - from JSON
        return tuple(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - from JSON
    raise SpecError(f"'{parameter}' is no list of column names.", hint="Write names, such as [order_id].")


def number_in(value: Any, *, parameter: str, default: float | None = None) -> float:
    """A parameter that is a number of at least 0. Raises SpecError."""
    value = default if value is None else value
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if isinstance(value, bool) or not 0 <= number < float("inf"):
        raise SpecError(f"'{parameter}' ({value}) is no number of at least 0.", hint="Write a number, such as 0.05.")
    return number


def text_in(spec: CheckSpec, parameter: str) -> str:
    """A parameter that is a name. Raises SpecError."""
    value = spec.params.get(parameter)
    if not isinstance(value, str) or not value:
        raise SpecError(f"'{parameter}' is missing.", hint=f"Give the check '{parameter}'.")
    return value


def refuse_unlike(own: Sequence[str], theirs: Sequence[str], dataset: str, relations: Relations) -> None:
    """Raise SpecError where columns of another dataset are not there, or cannot be compared with the batch's."""
    schema, other = relations.schema, relations.schemas[dataset]
    if len(own) != len(theirs):
        hint = f"Name as many columns of {dataset} as the check has, in the same order."
        raise SpecError(f"{len(own)} columns cannot be compared with {len(theirs)} of {dataset}.", hint=hint)
    for mine, their in zip(own, theirs, strict=True):
        type_in(other, their, dataset)
        here, there = kind_of(type_in(schema, mine)), kind_of(other[their])
        if here != there:
            message = f"{mine} is {KINDS[here]}, but {their} of {dataset} is {KINDS[there]}"
            raise SpecError(f"{message}.", hint="Give one of the columns the other's type.")


def type_in(schema: pl.Schema, name: str, dataset: str = "") -> pl.DataType:
    """A column's type. Raises SpecError where it is not there."""
    if name not in schema:
        place = f"The dataset {dataset}" if dataset else "The dataset"
        raise SpecError(f"{place} has no column '{name}'.", hint=f"Use one of: {', '.join(schema) or 'none'}.")
    return schema[name]
