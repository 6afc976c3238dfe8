"""A text must be an e-mail address."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._distinct import judged
from hestia_assets.rules._params import refuse_other_than_text

SURELY = (
    r"^[A-Za-z0-9_+-]{1,20}(?:\.[A-Za-z0-9_+-]{1,20}){0,2}"
    r"@(?:[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20})?\.){1,3}(?:[A-Za-z]{2}|com|net|org|info|gov|edu)$"
)
"""What most addresses look like: shorter than any limit, and nothing in them that the library asks about."""


class Email:
    """Fails for each text that is no e-mail address as mail servers take it; an empty field passes.

    One address and nothing else: no name before it, no blanks around it. Letters of any script are allowed. Domains
    that never get mail (``.test``, ``localhost``) fail; whether one exists is not asked, for that needs the network.
    Source: RFC 5321, 6531 and 6761 as the library ``email-validator`` reads them.
    """

    sentence: ClassVar[str] = "{columns} must be an e-mail address"
    advice: ClassVar[str] = "Write one address such as ada@example.com, without blanks, commas or a name."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{spec.columns[0]} is no e-mail address."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text is an e-mail address."""

        def address(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            return judged(column, is_address, surely=SURELY)

        return address


def is_address(text: str) -> bool:
    """Whether the library takes a text, without asking the network."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return False
    return True


RULE = Email()
