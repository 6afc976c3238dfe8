"""A text must be an International Bank Account Number."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._distinct import judged
from hestia_assets.rules._params import country, refuse_other_than_text

_CODES = (
    "AD AE AL AT AZ BA BE BG BH BI BR BY CH CR CY CZ DE DJ DK DO EE EG ES FI FK FO FR GB GE GI GL GR GT HN HR HU IE IL"
    " IQ IS IT JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MN MR MT MU NI NL NO OM PK PL PS PT QA RO RS RU SA SC SD SE SI"
    " SK SM SO ST SV TL TN TR UA VA VG XK YE"
)
COUNTRIES = tuple(_CODES.split())
"""Those of SWIFT's IBAN registry, as python-stdnum has it."""


class Iban:
    """Fails for each text that is no IBAN: length and form of its country, check digits; an empty field passes.

    Blanks, dashes and dots between the groups are borne, and so are small letters. Source: ISO 13616 and SWIFT's IBAN
    registry as ``python-stdnum`` reads them. Lists of banks and the check digits of accounts are not asked.
    """

    sentence: ClassVar[str] = "{columns} must be an IBAN"
    advice: ClassVar[str] = "Compare the number with the bank's; one wrong or swapped digit makes it invalid."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "country": Parameter("The only country that is allowed, as ISO code.", ParameterKind.CHOICE, choices=COUNTRIES)
    }
    example: ClassVar[Mapping[str, Any]] = {"country": "DE"}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        only = f" of {spec.params['country']}" if spec.params.get("country") else ""
        return f"{spec.columns[0]} is no valid IBAN{only}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text is an IBAN."""
        only = country(spec, "country", COUNTRIES)

        def account(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            return judged(column, partial(is_iban, only=only))

        return account


def is_iban(text: str, *, only: str | None) -> bool:
    """Whether the library takes a text, and its country is the one that is allowed."""
    from stdnum import iban

    number = iban.compact(text)
    return number.isascii() and iban.is_valid(number, check_country=False) and only in (None, number[:2])


RULE = Iban()
