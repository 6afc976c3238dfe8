"""A value must lie between two bounds, both included."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import Condition
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._conditions import as_check
from hestia_assets.rules._values import as_values

if TYPE_CHECKING:
    import pandera.polars as pa


class InRange:
    """Fails for each value below ``min`` or above ``max``; an empty field passes."""

    sentence: ClassVar[str] = "{columns} must be between {min} and {max}"
    parameters: ClassVar[Mapping[str, str]] = {
        "min": "The lowest allowed value.",
        "max": "The highest allowed value.",
    }
    required: ClassVar[frozenset[str]] = frozenset()
    example: ClassVar[Mapping[str, Any]] = {"min": 1, "max": 100}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        low, high = spec.params.get("min"), spec.params.get("max")
        bounds = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)
        return f"{spec.columns[0]} must be {' and '.join(bounds)}."

    def check(self, spec: CheckSpec) -> "pa.Check":
        """The pandera check for each of the spec's columns."""
        return as_check(self.condition(spec), spec)

    def condition(self, spec: CheckSpec) -> Condition:
        """Whether a value lies between the bounds."""
        low, high = spec.params.get("min"), spec.params.get("max")
        if low is None and high is None:
            raise SpecError(f"Check '{spec.name}' has no bound.", hint="Give 'min', 'max' or both.")

        def within(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            passed = pl.lit(value=True)
            if low is not None:
                passed &= column >= as_values([low], dtype, parameter="min").first()
            if high is not None:
                passed &= column <= as_values([high], dtype, parameter="max").first()
            return passed

        return within


RULE = InRange()
