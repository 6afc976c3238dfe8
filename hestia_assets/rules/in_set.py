"""A value must be one of a list."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._values import as_values

FEW = 12
"""So many texts are compared one after the other faster than they are looked up."""


class InSet:
    """Fails for each value that is not in the list; an empty field passes (use not_null for that)."""

    sentence: ClassVar[str] = "{columns} must be one of {values}"
    advice: ClassVar[str] = "Write one of the allowed values, or add this one to the list."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "values": Parameter("The allowed values.", ParameterKind.LIST, required=True)
    }
    example: ClassVar[Mapping[str, Any]] = {"values": ["EUR", "USD"]}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        values = spec.params.get("values")
        alone = isinstance(values, list | tuple) and len(values) == 1  # pyright: ignore[reportUnknownArgumentType] - of any values
        return "{columns} must be {values}" if alone else self.sentence

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        values = [str(value) for value in _values(spec)]
        more = f" … ({len(values)} in all)" if len(values) > 10 else ""
        return f"{spec.columns[0]} must be one of {', '.join(values[:10])}{more}."

    def allowed(self, spec: CheckSpec) -> list[str]:
        """The values that a cell may have."""
        return [str(value) for value in _values(spec)]

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a value is in the list."""
        values = _values(spec)

        def allowed(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            known = as_values(values, dtype, parameter="values")
            if dtype == pl.String and len(values) <= FEW:
                return reduce(or_, [column == value for value in known])
            return column.is_in(known.implode())

        return allowed


def _values(spec: CheckSpec) -> list[Any]:
    values = spec.params.get("values")
    some = [value for value in values if value is not None] if isinstance(values, list | tuple) else []
    if not some:
        raise SpecError(f"Check '{spec.name}' has no values.", hint="Give 'values' as a list, such as [EUR, USD].")
    return some


RULE = InSet()
