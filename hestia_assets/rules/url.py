"""A text must be a web address."""

import re
from collections.abc import Mapping
from functools import partial
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any, ClassVar
from urllib.parse import urlsplit

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._distinct import judged
from hestia_assets.rules._params import listed_texts, refuse_other_than_text, said

SCHEMES = ("https", "http")
SURELY = r"://(?:[a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,2}\.){1,4}[a-z]{2,20}(?:[/?#][!#$&'()*+,./0-9:;=?@A-Z_a-z~-]*)?$"
NEVER = re.compile(r'[\s"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})')
"""Signs that an address may hold only in the form ``%20`` (RFC 3986, 2.1)."""
LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")


class Url:
    """Fails for each text that is no absolute web address; an empty field passes.

    The host is a name with a dot in it, ``localhost`` or an IP address (RFC 3986; letters of any script, RFC 3987).
    Whether anything answers there is not asked.
    """

    sentence: ClassVar[str] = "{columns} must be a web address"
    advice: ClassVar[str] = "Write the whole address, with https:// and without blanks."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "schemes": Parameter("The allowed beginnings, without ://.", ParameterKind.LIST, default=list(SCHEMES))
    }
    example: ClassVar[Mapping[str, Any]] = {"schemes": ["https"]}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return f"{self.sentence} with {{schemes:or}}" if spec.params.get("schemes") else self.sentence

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        schemes = [f"{scheme}://" for scheme in _schemes(spec)]
        return f"{spec.columns[0]} is no web address with {said(schemes).replace(', ', ' or ')}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text is a web address."""
        schemes = _schemes(spec)
        surely = f"^(?:{'|'.join(map(re.escape, schemes))}){SURELY}"

        def address(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_than_text(spec, dtype)
            return judged(column, partial(is_address, schemes=schemes), surely=surely)

        return address


def _schemes(spec: CheckSpec) -> list[str]:
    if not spec.params.get("schemes"):
        return list(SCHEMES)
    return [scheme.strip().lower().removesuffix("://") for scheme in listed_texts(spec, "schemes")]


def is_address(text: str, *, schemes: list[str]) -> bool:
    """Whether a text is an absolute address with one of the schemes and a host."""
    if NEVER.search(text) or not text.isprintable():  # signs of no width are slips
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:  # brackets that do not close, a port that is no number or too large
        return False


def _is_host(host: str) -> bool:
    if ":" in host:
        return _is(IPv6Address, host)
    labels = host.removesuffix(".").split(".")
    if labels[-1].isdecimal():
        return _is(IPv4Address, host)
    return (len(labels) > 1 or host == "localhost") and all(LABEL.fullmatch(label) for label in labels)


def _is(kind: type[IPv4Address] | type[IPv6Address], host: str) -> bool:
    try:
        kind(host)
    except AddressValueError:
        return False
    return True


RULE = Url()
