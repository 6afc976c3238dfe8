"""A value must not be one of a list."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import said
from hestia_assets.rules._values import as_values


class NotInSet:
    """Fails for each value that is in the list, such as ``test`` or 9999; an empty field passes."""

    sentence: ClassVar[str] = "{columns} must not be {values}"
    advice: ClassVar[str] = "Replace the value by the right one, or leave the field empty."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "values": Parameter("The values that are not allowed.", ParameterKind.LIST, required=True)
    }
    example: ClassVar[Mapping[str, Any]] = {"values": ["test", "unknown"]}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return "{columns} must not be {values:or}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{spec.columns[0]} must not be {said(_values(spec)).replace(', ', ' or ')}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a value is not in the list."""
        values = _values(spec)

        def other(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            return ~column.is_in(as_values(values, dtype, parameter="values").implode())

        return other


def _values(spec: CheckSpec) -> list[Any]:
    values = spec.params.get("values")
    if not isinstance(values, list | tuple) or not values or None in values:
        raise SpecError(f"Check '{spec.name}' has no values.", hint="Give 'values' as a list, such as [test, unknown].")
    return list(values)


RULE = NotInSet()
