"""A text must have so many characters."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import refuse_other_than_text, whole_number


class Length:
    """Fails for each text with fewer characters than ``min`` or more than ``max``; an empty field passes.

    Blanks count. Characters are Unicode's code points: ``ä`` is one, and two where it is written as a and dots.
    """

    sentence: ClassVar[str] = "{columns} must have between {min} and {max} characters"
    advice: ClassVar[str] = "Shorten or complete the text; look for blanks at its ends."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "min": Parameter("The smallest number of characters.", ParameterKind.INTEGER),
        "max": Parameter("The largest number of characters.", ParameterKind.INTEGER),
    }
    example: ClassVar[Mapping[str, Any]] = {"min": 2, "max": 40}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        low, high = _bounds(spec)
        if low is not None and high is not None:
            return "{columns} must have exactly {min} characters" if low == high else self.sentence
        bound = "at least {min}" if high is None else "at most {max}"
        return f"{{columns}} must have {bound} characters"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        low, high = _bounds(spec)
        if low == high:
            return f"{spec.columns[0]} must have exactly {low} characters."
        bounds = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)
        return f"{spec.columns[0]} must have {' and '.join(bounds)} characters."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text is long enough, and not too long."""
        low, high = _bounds(spec)

        def fitting(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            length = column.str.len_chars()
            passed = length >= (low or 0)
            return passed if high is None else passed & (length <= high)

        return fitting


def _bounds(spec: CheckSpec) -> tuple[int | None, int | None]:
    low, high = whole_number(spec, "min"), whole_number(spec, "max")
    if low is None and high is None:
        raise SpecError(f"Check '{spec.name}' has no bound.", hint="Give 'min', 'max' or both.")
    if low is not None and high is not None and low > high:
        raise SpecError(f"Check '{spec.name}' asks for {low} to {high} characters.", hint="Give the smaller as 'min'.")
    return low, high


RULE = Length()
