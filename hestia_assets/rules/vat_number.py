"""A text must be a VAT number."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._distinct import judged
from hestia_assets.rules._params import country, refuse_other_than_text

EU = "EU"
LONGEST = 64
"""Numbers have 16 signs at most, blanks and dashes aside; check digits of thousands of signs cannot be reckoned."""
_CODES = (
    "EU AD AL AR AT AU AZ BE BG BR BY CA CH CL CN CO CR CY CZ DE DK DO DZ EC EE EG ES FI FO FR GB GH GN GR GT HR HU ID"
    " IE IL IN IS IT JP KE KR LT LU LV MA MC ME MK MT MX MZ NL NO NZ PE PL PT PY RO RS RU SE SG SI SK SM SN SV TH TN TR"
    " TW UY VE VN"
)
COUNTRIES = tuple(_CODES.split())
"""Any of the EU first, then the countries of which python-stdnum knows how their VAT or tax numbers are built."""


class VatNumber:
    """Fails for each text that is no VAT number of the country; an empty field passes.

    Without a country any of the EU is allowed (and XI, Northern Ireland), and the number must begin with its letters.
    With one they may be left out. Blanks and dashes are borne. Form and check digits are those of the library
    ``python-stdnum``; whether a number is registered is not asked, for that needs the network.
    """

    sentence: ClassVar[str] = "{columns} must be a VAT number"
    advice: ClassVar[str] = "Compare the number with the company's invoice; write the country's letters before it."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "country": Parameter("The country, as ISO code; EU: any of them.", ParameterKind.CHOICE, choices=COUNTRIES,
                             default=EU)
    }  # fmt: skip
    example: ClassVar[Mapping[str, Any]] = {"country": "EU"}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        given = spec.params.get("country") or EU
        return f"{self.sentence} of {'a country of the EU' if given == EU else '{country}'}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        given = spec.params.get("country") or EU
        return f"{spec.columns[0]} is no VAT number of {'a country of the EU' if given == EU else given}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text is a VAT number."""
        where = country(spec, "country", COUNTRIES, default=EU) or EU

        def number(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            return judged(column, partial(is_vat, where=where))

        return number


def is_vat(text: str, *, where: str) -> bool:
    """Whether the library takes a text as a number of a country, or of any of the EU."""
    from stdnum.eu import vat
    from stdnum.util import get_cc_module

    module = vat if where == EU else get_cc_module(where, "vat")
    assert module is not None, "COUNTRIES are those that the library knows"
    return len(text) <= LONGEST and bool(module.is_valid(text))


RULE = VatNumber()
