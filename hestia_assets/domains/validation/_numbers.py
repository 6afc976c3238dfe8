"""Numbers as candidates: which signs can stand in them, and where two ways to read them are possible."""

import polars as pl

from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.validation.types import ALIKE, PLAIN_SIGNS

NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT)
MOST_DECIMALS = 9
LOOKS_LIKE_ONE = r"^-?\d[\d.,' \u00a0\u202f\u2019]*$|^-?[.,]\d+$"
WITH_EXPONENT = r"^-?\d*[.,]?\d+[eE][+-]?\d+$"
PROVES_SIGNS = r"[.,]\d{1,2}$|[.,]\d{4,}$|^-?0?[.,]|[.,]\d{3}[.,]"
"""``1,23``, ``0.125``, ``1.234,5``: no other reading of the signs fits; ``1,234`` proves nothing."""

MANY_GROUPED = 10
GROUPINGS = (",", ".", " ", "'")
SHOWN_SIGNS = {".": "a decimal point", ",": "a decimal comma"}


def number_candidates(values: pl.Series, column: Column) -> list[Column]:
    """Number types worth trying, the plainest first."""
    head = values.head(200)
    found: list[Column] = []
    if head.str.contains(LOOKS_LIKE_ONE).any():
        found = [candidate for signs in _sign_pairs(values) for candidate in _of_signs(values, column, signs)]
    if head.str.contains(r"[eE]").any() and values.str.contains(WITH_EXPONENT).any():
        found += [_candidate(column, ColumnType.FLOAT, (sign, "")) for sign in (".", ",")]
    return found


def _sign_pairs(values: pl.Series) -> list[tuple[str, str]]:
    """Decimal and thousands signs that the values can have, by the marks that occur in them."""
    marks = {mark for mark in GROUPINGS if values.str.contains(f"\\d[{ALIKE.get(mark, mark)}]\\d|^-?[{mark}]\\d").any()}
    pairs = [PLAIN_SIGNS]
    for decimal in (".", ","):
        pairs += [(decimal, "")] if decimal in marks else []
        pairs += [(decimal, mark) for mark in GROUPINGS if mark in marks and mark != decimal]
    return list(dict.fromkeys(pairs))


def _of_signs(values: pl.Series, column: Column, signs: tuple[str, str]) -> list[Column]:
    point = "\\." if signs[0] == "." else signs[0]
    decimals = int(values.str.extract(rf"{point}(\d+)$").str.len_chars().max() or 0)  # pyright: ignore[reportArgumentType] - a count
    whole = _candidate(column, ColumnType.INTEGER, signs)
    if decimals > MOST_DECIMALS:
        return [whole, _candidate(column, ColumnType.FLOAT, signs)]
    scale = max(2, min(decimals, MOST_DECIMALS))
    return [whole, _candidate(column, ColumnType.DECIMAL, signs).model_copy(update={"scale": scale})]


def _candidate(column: Column, kind: ColumnType, signs: tuple[str, str]) -> Column:
    decimal, thousands = signs
    return column.model_copy(update={"type": kind, "decimal_sign": decimal, "thousands_sign": thousands})


def signs_of(column: Column) -> tuple[str, str]:
    """Decimal and thousands sign."""
    return column.decimal_sign, column.thousands_sign


def implausible(values: pl.Series, best: Column, rival: Column) -> bool:
    """Whether ``1.234`` can be no thousands, because the column has ``5678`` or the other way ``0.5`` as well.

    Nor can ``1,234`` be a fraction where ten such numbers stand beside others, all of those below 1,000.
    """
    if (best.decimal_sign, best.thousands_sign) == (".", ",") and signs_of(rival) == (",", ""):
        grouped = values.str.contains(",")
        return int(grouped.sum()) >= MANY_GROUPED and bool((values.filter(~grouped).str.len_chars() > 0).any())
    return signs_of(best) == PLAIN_SIGNS and bool(rival.thousands_sign) and bool(values.str.contains(r"^-?\d{4}").any())


def one_of_each(readings: list[Column]) -> list[Column]:
    """Of readings with the same signs the first: a whole number rather than one with places."""
    signs = [(reading.type not in NUMBERS and reading.format, *signs_of(reading)) for reading in readings]
    return [reading for number, reading in enumerate(readings) if signs[number] not in signs[:number]]


def shown_signs(column: Column) -> str:
    """The signs in words: ``a decimal comma, '.' between thousands``."""
    thousands = column.thousands_sign
    return SHOWN_SIGNS[column.decimal_sign] + (f", {thousands!r} between thousands" if thousands else "")
