"""A text must be a code of a country."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import one_of, refuse_other_than_text

CODES = ("alpha-2", "alpha-3")


class IsoCountry:
    """Fails for each text that is no code of a country of today in capitals; an empty field passes.

    Source: ISO 3166-1 as the library ``pycountry`` has it. Codes for private use (XK) are not part of it.
    """

    sentence: ClassVar[str] = "{columns} must be a country code"
    advice: ClassVar[str] = "Write the country's code in capitals, such as DE or DEU, not its name."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "code": Parameter("Two letters (DE) or three (DEU).", ParameterKind.CHOICE, choices=CODES, default="alpha-2")
    }
    example: ClassVar[Mapping[str, Any]] = {"code": "alpha-2"}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        such_as = "DEU" if one_of(spec, "code", CODES, default="alpha-2") == "alpha-3" else "DE"
        return f"{spec.columns[0]} is no country code such as {such_as}."

    def allowed(self, spec: CheckSpec) -> list[str]:
        """The values that a cell may have."""
        return _codes(one_of(spec, "code", CODES, default="alpha-2"))

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text is a country's code."""
        known = _codes(one_of(spec, "code", CODES, default="alpha-2"))

        def is_code(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            return column.is_in(known)

        return is_code


@cache
def _codes(code: str) -> list[str]:
    import pycountry

    return sorted(str(getattr(one, code.replace("-", "_"))) for one in pycountry.countries)


RULE = IsoCountry()
