"""A text must be written like a postal code of its country."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import ONE_COLUMN, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import country, refuse_other_than_text
from hestia_assets.rules._postal import PATTERNS, SHAPES, WITHOUT

COUNTRIES = tuple(sorted(PATTERNS))


class PostalCode:
    """Fails for each text that must be written like a postal code of one country, or of the country beside it.

    Small letters and a missing blank are borne. An empty field passes, and so does a row without a country and one of a
    country that has no postal codes. A country that is no ISO code of two letters, or not known here, fails: nobody can
    say that its code is right. Where the patterns come from: ``_postal.py``.
    """

    sentence: ClassVar[str] = "{columns} must be a postal code of {country}"
    advice: ClassVar[str] = "Look for a missing leading zero, and for the country in the wrong form (DE, not Germany)."
    columns: ClassVar[range] = ONE_COLUMN
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "country": Parameter("The country of all rows, as ISO code.", ParameterKind.CHOICE, choices=COUNTRIES),
        "country_column": Parameter("The column with each row's country, such as DE.", ParameterKind.COLUMN),
    }
    example: ClassVar[Mapping[str, Any]] = {"country": "DE"}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        where = "the country in {country_column}" if spec.params.get("country_column") else "{country}"
        return f"{{columns}} must be a postal code of {where}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        column = spec.params.get("country_column")
        where = f"the country in {column}" if column else str(spec.params.get("country"))
        return f"{spec.columns[0]} must be written like a postal code of {where}."

    def passes(self, spec: CheckSpec, schema: pl.Schema, occasion: Occasion) -> pl.Expr:
        """Whether each row's code is written like those of its country."""
        refuse_other_than_text(spec, schema[spec.columns[0]])
        code, one, column = pl.col(spec.columns[0]), country(spec, "country", COUNTRIES), _country_column(spec, schema)
        if (one is None) == (column is None):
            raise SpecError(f"Check '{spec.name}' needs one country.", hint="Give 'country' or 'country_column'.")
        if one is not None:
            return code.str.contains(_whole(PATTERNS[one]))
        return pl.concat_str(pl.col(str(column)), code, separator="|").str.contains(_by_country())


def _country_column(spec: CheckSpec, schema: pl.Schema) -> str | None:
    name = spec.params.get("country_column")
    if name in (None, ""):
        return None
    if name not in schema:
        raise SpecError(f"There is no column '{name}'.", hint=f"Give one of: {', '.join(schema)}.")
    refuse_other_than_text(spec, schema[name])
    return str(name)


def _whole(pattern: str) -> str:
    return rf"^(?i-u:{pattern})$"


def _by_country() -> str:
    """One pattern for country and code with ``|`` between them."""
    known = [rf"(?:{'|'.join(countries.split())})\|(?:{PATTERNS[countries[:2]]})" for countries in SHAPES.values()]
    return rf"{_whole('|'.join(known))}|^(?i-u:{'|'.join(WITHOUT)})\|"


RULE = PostalCode()
