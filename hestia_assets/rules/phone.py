"""A text must be a phone number."""

import re
from collections.abc import Mapping
from functools import cache, partial, reduce
from operator import or_
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._distinct import judged
from hestia_assets.rules._params import country, refuse_other_than_text, switch

WRITTEN = re.compile(r"\+?[0-9 \u00a0\u202f()./\u2010-\u2013-]+")
KINDS = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
         "voicemail")  # fmt: skip


class Phone:
    """Fails for each text that is no phone number that can be dialled; an empty field passes.

    Without ``region`` a number must begin with + and the country's code; with it numbers of that country may be
    written as one dials them there. Blanks, brackets, dots, slashes and dashes are borne, letters are not. The lengths
    and ranges in use are those of the library ``phonenumbers`` (libphonenumber); whether anybody answers is not asked.
    """

    sentence: ClassVar[str] = "{columns} must be a phone number"
    advice: ClassVar[str] = "Write one number with + and the country's code, such as +49 30 901820."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "region": Parameter("The country (ISO code, such as DE) of numbers without +.", ParameterKind.TEXT),
        "only_region": Parameter("Whether numbers of other countries fail.", ParameterKind.SWITCH, default=False),
    }
    example: ClassVar[Mapping[str, Any]] = {"region": "DE"}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return f"{self.sentence} of {{region}}" if switch(spec, "only_region") else self.sentence

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        where = f" of {spec.params.get('region')}" if switch(spec, "only_region") else ""
        return f"{spec.columns[0]} is no phone number{where} in use."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text is a phone number."""
        region, only = _region(spec), switch(spec, "only_region")
        if only and region is None:
            raise SpecError(f"Check '{spec.name}' names no region.", hint="Give 'region', such as DE.")

        sure = partial(surely, region=region if only else None)

        def dialled(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            return judged(column, partial(is_number, region=region, only=only), surely=sure)

        return dialled


def _region(spec: CheckSpec) -> str | None:
    if spec.params.get("region") in (None, ""):
        return None
    from phonenumbers import SUPPORTED_REGIONS

    return country(spec, "region", sorted(SUPPORTED_REGIONS))


def is_number(text: str, *, region: str | None, only: bool) -> bool:
    """Whether the library takes a text that holds nothing but a number."""
    import phonenumbers

    if not WRITTEN.fullmatch(text):
        return False
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) and (not only or phonenumbers.region_code_for_number(number) == region)


def surely(values: pl.Series, *, region: str | None) -> pl.Series:
    """Which texts are numbers beyond doubt, of one region or of any: its code, then digits that are in use there.

    Taken from the library's own ranges. Countries that share a code, and digits that could be a prefix for dialling
    within the country, are left to the library.
    """
    starts = values.str.slice(0, 4).drop_nulls().unique().to_list()
    sure = pl.zeros(len(values), pl.Boolean, eager=True)
    for code, ranges in _ranges(region).items():
        if any(start.startswith(f"+{code}") for start in starts):
            at = values.str.starts_with(f"+{code}").arg_true()
            sure = sure.scatter(at.filter(_in_use(values[at], code, *ranges)), values=True)
    return sure


@cache
def _ranges(only: str | None) -> dict[str, tuple[str, str, list[tuple[str, list[int]]]]]:
    """By code what its numbers look like, the prefix for dialling within the country, and its ranges with lengths."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    known: dict[str, tuple[str, str, list[tuple[str, list[int]]]]] = {}
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        found = PhoneMetadata.metadata_for_region(regions[0]) if only in (None, regions[0]) else None
        general = found and found.general_desc and found.general_desc.national_number_pattern
        if found and general and len(regions) == 1:
            kinds = [getattr(found, kind) for kind in KINDS]
            ranges = [(one.national_number_pattern, list(one.possible_length)) for one in kinds if one is not None]
            prefix = found.national_prefix_for_parsing or "0"
            known[str(code)] = (general, prefix, [one for one in ranges if all(one)])
    return known


def _in_use(values: pl.Series, code: str, general: str, prefix: str, ranges: list[tuple[str, list[int]]]) -> pl.Series:
    plain = values.str.contains(rf"^\+{code}[ -]?[1-9][0-9]*(?:[ /-][0-9]+)*$")
    digits = values.str.replace_all("[^0-9]", "").str.slice(len(code))
    length = digits.str.len_bytes()
    used = [digits.str.contains(f"^(?:{pattern})$") & length.is_in(lengths) for pattern, lengths in ranges]
    known = digits.str.contains(f"^(?:{general})$") & ~digits.str.contains(f"^(?:{prefix})")
    return plain & known & reduce(or_, used, pl.zeros(len(values), pl.Boolean, eager=True))


RULE = Phone()
