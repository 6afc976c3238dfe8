"""A text must be a code of a currency."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import refuse_other_than_text


class IsoCurrency:
    """Fails for each text that is no currency's code of three capitals; an empty field passes.

    Source: ISO 4217 as the library ``pycountry`` has it: codes in use, without those of former currencies (DEM).
    """

    sentence: ClassVar[str] = "{columns} must be a currency code"
    advice: ClassVar[str] = "Write the currency's code in capitals, such as EUR, not its sign or name."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{spec.columns[0]} is no currency code such as EUR."

    def allowed(self, spec: CheckSpec) -> list[str]:
        """The values that a cell may have."""
        return _codes()

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text is a currency's code."""
        known = _codes()

        def is_code(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            return column.is_in(known)

        return is_code


@cache
def _codes() -> list[str]:
    import pycountry

    return sorted(str(one.alpha_3) for one in pycountry.currencies)


RULE = IsoCurrency()
