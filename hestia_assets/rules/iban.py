"""A text must be an International Bank Account Number."""

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from string import ascii_uppercase
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

SIGNS = {"n": "0-9", "a": "A-Z", "c": "0-9A-Z"}
BORNE = str.maketrans("", "", " -.")
AS_NUMBERS = str.maketrans({letter: str(ord(letter) - 55) for letter in ascii_uppercase})
"""``A`` is 10, ``Z`` 35."""


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

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return f"{self.sentence} of {{country}}" if spec.params.get("country") else self.sentence

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
    """Whether a text has its country's form and right check digits: as the library says, in a fifth of its time."""
    bare = _bare(text)
    form = _form(bare[:2])
    if form is None or not form.fullmatch(bare) or only not in (None, bare[:2]):
        return False
    return int((bare[4:] + bare[:4]).translate(AS_NUMBERS)) % 97 == 1


def _bare(text: str) -> str:
    if text.isascii():
        return text.translate(BORNE).strip().upper()
    from stdnum import iban

    return iban.compact(text)  # knows other blanks and dashes


@lru_cache(maxsize=1000)
def _form(country: str) -> re.Pattern[str] | None:
    """``18!n`` of the registry as a pattern of a whole number: eighteen digits after country and check digits."""
    from stdnum import numdb

    if country not in COUNTRIES:
        return None
    structure = numdb.get("iban").info(country)[0][1]["bban"]
    parts = [f"[{SIGNS[kind]}]{{{length}}}" for length, kind in re.findall(r"(\d+)!([nac])", structure)]
    return re.compile(f"{country}[0-9]{{2}}{''.join(parts)}")


RULE = Iban()
