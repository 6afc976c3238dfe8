"""How values of a column are written, shown and taken as an example: ``31.12.2024``, ``1.234,50``, ``ja|nein``."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Column, ColumnType

MOMENT = datetime(2024, 12, 31, 8, 30, 0, tzinfo=UTC)
"""No two of its parts look alike, so an example says which is which."""
_PARTS = {"2024": "%Y", "December": "%B", "Dec": "%b", "Tuesday": "%A", "Tue": "%a", "31": "%d", "12": "%m",
          "24": "%y", "08": "%H", "30": "%M", "00": "%S", "AM": "%p"}  # fmt: skip
_PART = re.compile("|".join(_PARTS))
_NUMBER = re.compile(
    r"^(?:\d{1,3}(?:(?P<thousands>[., '\u2019\u00a0\u202f])\d{3})+|\d+)(?:(?P<sign>[.,])(?P<places>\d+))?$"
)
_DAYS = {ColumnType.DATE: "%Y-%m-%d", ColumnType.TIMESTAMP: "%Y-%m-%d %H:%M:%S"}
_NUMBERS = {ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT}
_ALIKE = {"\u2019": "'"}


def written_as(column: Column) -> str:
    """An example of the column's values; nothing for text.

    Example:
        >>> written_as(Column(source="a", name="a", type=ColumnType.DECIMAL, decimal_sign=",", thousands_sign="."))
        '1.234,50'
    """
    if column.type in _DAYS:
        return _example(column.format or _DAYS[column.type])
    if column.type is ColumnType.BOOLEAN:
        return column.format or "true|false"
    if column.type not in _NUMBERS:
        return ""
    whole = f"1{column.thousands_sign}234"
    places = {ColumnType.INTEGER: 0, ColumnType.FLOAT: 1}.get(column.type, column.scale)
    return f"{whole}{column.decimal_sign}5{'0' * (places - 1)}" if places else whole


def _example(pattern: str) -> str:
    """The moment in this pattern; the pattern itself where the example would say something else."""
    shown = MOMENT.strftime(pattern.replace(".%f", "").replace("%.f", ""))
    return shown if _pattern(shown) == pattern else pattern


def read_written(old: Column, kind: ColumnType, text: str) -> Mapping[str, Any]:
    """What an example that a person wrote says about a column: changes of its fields.

    Args:
        old: the column before.
        kind: the type that the person chose.
        text: the example, or a pattern with % for dates.

    Raises:
        SpecError: it says not how values of this type are written.
    """
    text = text.strip()
    if text == written_as(old) or not text or kind is ColumnType.TEXT:
        return {} if kind is old.type else {"format": None}
    if kind in _DAYS:
        return {"format": text if "%" in text else _day(old.name, text)}
    if kind is ColumnType.BOOLEAN:
        return {"format": text}
    return {"format": None, **_number(old, kind, text)}


def _day(name: str, text: str) -> str:
    pattern = _pattern(text)
    if re.search(r"\d", re.sub("%.", "", pattern)) or "%" not in pattern:
        raise SpecError(
            f"'{text}' does not say how the dates of {name} are written.",
            hint="Write 31 December 2024 the way the file does, such as 31.12.2024, or with signs, such as %d.%m.%Y.",
        )
    return pattern


def _pattern(text: str) -> str:
    pattern = _PART.sub(lambda part: _PARTS[part[0]], text)
    return pattern.replace("%H", "%I") if "%p" in pattern else pattern


def _number(old: Column, kind: ColumnType, text: str) -> Mapping[str, Any]:
    found = _NUMBER.match(text)
    if found is None:
        raise SpecError(
            f"'{text}' does not say how the numbers of {old.name} are written.",
            hint="Write it like 1234.50 or 1.234,50.",
        )
    thousands, sign, places = found["thousands"] or "", found["sign"], len(found["places"] or "")
    if kind is ColumnType.INTEGER:
        return {"thousands_sign": _ALIKE.get(thousands, thousands)}
    if sign is None and thousands in (".", ","):  # 1.234 as a number with places has three of them
        thousands, sign, places = "", thousands, 3
    if sign is not None and sign == thousands:
        raise SpecError(f"In '{text}' one sign means two things.", hint="Write it like 1234.50 or 1.234,50.")
    scale = {"scale": places} if kind is ColumnType.DECIMAL else {}
    return {"thousands_sign": _ALIKE.get(thousands, thousands), "decimal_sign": sign or old.decimal_sign} | scale
