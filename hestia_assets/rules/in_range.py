"""A value must lie between two bounds, both included."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._values import as_values


class InRange:
    """Fails for each value below ``min`` or above ``max``; an empty field passes."""

    sentence: ClassVar[str] = "{columns} must be between {min} and {max}"
    advice: ClassVar[str] = "Correct the value, or widen the bounds if it is right."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "min": Parameter("The lowest allowed value."),
        "max": Parameter("The highest allowed value."),
    }
    example: ClassVar[Mapping[str, Any]] = {"min": 1, "max": 100}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        low, high = (spec.params.get(name) is not None for name in ("min", "max"))
        if low and high:
            return self.sentence
        return "{columns} must be at most {max}" if high else "{columns} must be at least {min}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        low, high = spec.params.get("min"), spec.params.get("max")
        bounds = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)
        return f"{spec.columns[0]} must be {' and '.join(bounds)}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a value lies between the bounds."""
        low, high = spec.params.get("min"), spec.params.get("max")
        if low is None and high is None:
            raise SpecError(f"Check '{spec.name}' has no bound.", hint="Give 'min', 'max' or both.")

        def within(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            passed = pl.lit(value=True)
            lowest = None if low is None else as_values([low], dtype, parameter="min")
            highest = None if high is None else as_values([high], dtype, parameter="max")
            if lowest is not None and highest is not None and (lowest > highest).any():
                raise SpecError(f"No value lies between {low} and {high}.", hint="Give the smaller as 'min'.")
            if lowest is not None:
                passed &= column >= lowest.first()
            if highest is not None:
                passed &= column <= highest.first()
            return passed

        return within


RULE = InRange()
