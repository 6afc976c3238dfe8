"""Rules about values and rows, as one would write them in plain Python, one value at a time."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address
from operator import eq, ge, gt, le, lt, ne
from typing import Any
from urllib.parse import urlsplit

from judging import ARRIVED

Naive = Callable[..., bool]
"""Whether the values of a row pass; it is asked about rows without nulls only, unless the rule is about nulls."""
COMPARE = {"<": lt, "<=": le, "==": eq, "!=": ne, ">=": ge, ">": gt}


def blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and all(map(shows_nothing, value)))


def shows_nothing(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in {"Zs", "Zl", "Zp", "Cc", "Cf"}


def as_date(text: str, pattern: str) -> bool:
    """Python's own strptime, which is lenient too: only what it would print itself counts."""
    try:
        read = datetime.strptime(text, pattern)  # noqa: DTZ007 - texts without a zone
        return read.year >= 1000 and read.strftime(pattern) == text
    except ValueError:
        return False


def as_type(text: str, kind: str) -> bool:
    bare = text.strip("\t\n\x0b\x0c\r \x85\u00a0\u2003")
    match kind:
        case "integer":
            return (
                re.fullmatch("-?[0-9]+", bare) is not None and str(int(bare)) == bare and -(2**63) <= int(bare) < 2**63
            )
        case "decimal":
            plain = re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*)?|-?\.[0-9]+", bare)
            return plain is not None and sum(sign.isdigit() for sign in bare) <= 38
        case "float":
            plain = re.fullmatch(r"-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?", bare)
            finite = plain is not None and abs(float(bare)) != float("inf")
            return finite and not re.fullmatch("[0-9]+[eE][0-9]+", bare)
        case "boolean":
            return bare.lower() in {"true", "false"}
        case "date":
            return as_date(bare, "%Y-%m-%d")
        case _:
            return as_date(bare, "%Y-%m-%d %H:%M:%S")


def few_digits(value: Any, before: int, after: int) -> bool:
    if isinstance(value, str):
        found = re.fullmatch(r"-?([0-9]*)(?:\.([0-9]*))?", value)
        digits = [found[1], found[2] or ""] if found else ["", ""]
        return any(digits) and len(digits[0]) <= before and len(digits[1]) <= after
    whole = abs(Decimal(value))
    return whole < 10**before and whole * 10**after == int(whole * 10**after)


def come(value: date) -> bool:
    arrived = ARRIVED.at.replace(tzinfo=None)
    return value <= (arrived if isinstance(value, datetime) else arrived.date())


def compare(sign: str, first: Any, second: Any) -> bool:
    if isinstance(first, float) or isinstance(second, float):
        first, second = float(first), float(second)
    if isinstance(first, datetime) != isinstance(second, datetime):
        first, second = day_of(first), day_of(second)
    return COMPARE[sign](first, second)


def day_of(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def adds_up(parts: list[Any], total: Any, tolerance: str) -> bool:
    return abs(sum(map(Decimal, parts), Decimal(0)) - Decimal(total)) <= Decimal(tolerance)


def web_address(text: str) -> bool:
    if any(sign.isspace() or not sign.isprintable() or sign in '"<>\\^`{|}' for sign in text):
        return False
    if re.search("%(?![0-9a-fA-F]{2})", text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.port != 0 and is_host(host)


def is_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    if ":" in host or labels[-1].isdecimal():
        try:
            return bool(ip_address(host))
        except ValueError:
            return False
    named = len(labels) > 1 or host == "localhost"
    return named and all(0 < len(one) < 64 and one.strip("-") == one and word(one) for one in labels)


def word(label: str) -> bool:
    return all(sign in "-_" or sign.isalnum() for sign in label)


def in_days(days: int) -> date:
    return ARRIVED.at.date() + timedelta(days=days)


def iban(text: str) -> bool:
    """ISO 13616: four signs to the end, letters as numbers, the rest of 97 is one; lengths of three countries."""
    bare = re.sub(r"[ .\u00a0-]", "", text).strip().upper()
    if not re.fullmatch("DE[0-9]{20}|GB[0-9]{2}[A-Z]{4}[0-9]{14}|NO[0-9]{13}", bare):
        return False
    return int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


def german_vat(text: str) -> bool:
    """ISO 7064, MOD 11,10, over nine digits."""
    bare = re.sub(r"[ \u00a0./,-]", "", text).upper().strip().removeprefix("DE")
    if not re.fullmatch("[1-9][0-9]{8}", bare):
        return False
    rest = 10
    for digit in map(int, bare[:8]):
        rest = ((rest + digit) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(bare[8])


def german_phone(text: str) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return not re.search(r"[^0-9+() \u00a0./-]|.\+", text) and is_valid_number(parse(text, "DE"))
    except NumberParseException:
        return False


def mail_address(text: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        return bool(validate_email(text, check_deliverability=False, strict=True))
    except EmailNotValidError:
        return False


def postal(country: str, code: str, patterns: Mapping[str, str], without: tuple[str, ...]) -> bool:
    pattern = patterns.get(country.upper()) if country.isascii() else None
    if pattern is None:
        return country.upper() in without and country.isascii()
    return re.fullmatch(pattern, code, re.IGNORECASE | re.ASCII) is not None
