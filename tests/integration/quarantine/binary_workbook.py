"""A small xlsb ([MS-XLSB]), written record by record: no program at hand writes one."""

import struct
import zipfile
from collections.abc import Sequence
from io import BytesIO

PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="xl/workbook.bin" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument"/></Relationships>',
    "xl/_rels/workbook.bin.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.bin" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/worksheet"/><Relationship Id="rId2" Target="styles.bin" Type="http://schemas.openxmlformats.'
    'org/officeDocument/2006/relationships/styles"/></Relationships>',
}
DAY_STYLE = 1


class Day(float):
    """A number that is shown as a day."""


class Result(str):
    """The text that a formula gave."""

    __slots__ = ()


class Error(int):
    """An error cell, by its code."""


Cell = str | float | bool | None


def binary_workbook(rows: Sequence[Sequence[Cell]]) -> BytesIO:
    """One sheet, called S."""
    names = _wide("rId1") + _wide("S")
    book = _record(131) + _record(143) + _record(156, struct.pack("<II", 0, 1) + names) + _record(144) + _record(132)
    width = max(map(len, rows))
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, width - 1)) + _record(145)
    for number, row in enumerate(rows):
        sheet += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        sheet += b"".join(_cell(column, value) for column, value in enumerate(row) if value is not None)
    sheet += _record(146) + _record(130)
    formats = b"".join(_record(47, struct.pack("<HH12x", 0, code)) for code in (0, 14))
    styles = _record(278) + _record(617, struct.pack("<I", 2)) + formats + _record(618) + _record(279)
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, text in PARTS.items():
            made.writestr(name, text)
        for name, data in (("workbook", book), ("worksheets/sheet1", sheet), ("styles", styles)):
            made.writestr(f"xl/{name}.bin", data)
    return target


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(body)
    while size >= 0x80:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return head + length + bytes([size]) + body


def _wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def _cell(column: int, value: Cell) -> bytes:
    at = struct.pack("<II", column, DAY_STYLE if isinstance(value, Day) else 0)
    if isinstance(value, Result):
        return _record(8, at + _wide(value) + struct.pack("<HII", 0, 0, 0))
    if isinstance(value, str):
        return _record(6, at + _wide(value))
    if isinstance(value, bool):
        return _record(4, at + bytes([value]))
    if isinstance(value, Error):
        return _record(3, at + bytes([value]))
    return _record(5, at + struct.pack("<d", value or 0.0))
