"""The facts of an xlsb workbook: its binary records ([MS-XLSB]) that a plain reader passes over."""

import posixpath
import struct
from collections.abc import Iterator

from hestia_assets.formats._excel.biff import rk_number, special_value
from hestia_assets.formats._excel.container import damaged
from hestia_assets.formats._excel.facts import ERRORS, Kind, SheetFacts, Special, Styles, styles_from
from hestia_assets.formats._excel.ooxml import NO_STYLES, relations
from hestia_assets.formats._excel.parts import Parts

WORKBOOK, STYLES = "xl/workbook.bin", "xl/styles.bin"
SHEET, PROPERTIES, FORMAT, XF, CELL_XFS, END_CELL_XFS = 156, 153, 44, 47, 617, 618
ROW, COLUMNS, MERGED = 0, 60, 176
RK, ERROR, REAL, FORMULA_TEXT, FORMULA_NUMBER, FORMULA_ERROR = 2, 3, 5, 8, 9, 11
CERTAIN = (2, 4, 5, 9, 10)
"""Numbers and booleans; a text may be empty, an error is kept by itself."""
FORMULAS = (8, 9, 10, 11)
FILLED = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11)


class XlsbWorkbook:
    """An open xlsb: which part is which sheet, and the styles. Raises UnreadableFileError."""

    def __init__(self, parts: Parts) -> None:
        parts.measure()
        self._parts = parts
        self.date1904 = False
        self._paths: dict[str, str] = {}
        targets = relations(parts, WORKBOOK)
        for kind, body in _records(parts, WORKBOOK):
            if kind == PROPERTIES and body:
                self.date1904 = bool(body[0] & 1)
            elif kind == SHEET:
                relation, at = _text(body, 8)
                name, _ = _text(body, at)
                self._paths[name] = posixpath.normpath(targets.get(relation, ""))
        self._styles = _styles(parts, date1904=self.date1904) if STYLES in parts else NO_STYLES

    def facts(self, sheet: str, index: int) -> SheetFacts:  # noqa: ARG002 - only xls needs the number
        """One pass over the records of a sheet."""
        path = self._paths.get(sheet, "")
        if path not in self._parts:
            raise damaged(self._parts.file_name, f"the sheet '{sheet}' is missing")
        facts, row = SheetFacts(), 0
        for kind, body in _records(self._parts, path):
            try:
                row = _take(kind, body, row, facts, self._styles)
            except (struct.error, IndexError) as error:
                raise damaged(self._parts.file_name, "a record is too short") from error
        facts.check_size()
        return facts

    def formulas(self, sheet: str, index: int) -> set[tuple[int, int]]:  # noqa: ARG002 - only xls needs the number
        """Cells with a formula; ``facts`` has looked at the records before."""
        found: set[tuple[int, int]] = set()
        row = 0
        for kind, body in _records(self._parts, self._paths[sheet]):
            if kind == ROW:
                (row,) = struct.unpack_from("<I", body)
            elif kind in FORMULAS:
                found.add((row, struct.unpack_from("<I", body)[0]))
        return found


def _take(kind: int, body: bytes, row: int, facts: SheetFacts, styles: Styles) -> int:
    """Keep what a record tells; returns the row that cells belong to."""
    if kind == ROW:
        (row,) = struct.unpack_from("<I", body)
        if body[11] & 0x10:
            facts.hidden_rows.add(row)
    elif kind in FILLED:
        column, packed = struct.unpack_from("<II", body)
        facts.filled += 1
        facts.claim(row, column)
        facts.reach(row, column)
        if kind in CERTAIN:
            facts.hold(row, column)
        special_value(facts, row, column, packed & 0xFFFFFF, _value(kind, body), styles)
    elif kind == COLUMNS:
        first, last = struct.unpack_from("<II", body)
        if body[16] & 1:
            facts.hidden_columns.append((first, last))
    elif kind == MERGED:
        top, bottom, left, right = struct.unpack_from("<4I", body)
        facts.merged.append((top, left, bottom, right))
    return row


def _value(kind: int, body: bytes) -> float | Special | None:
    if kind in (ERROR, FORMULA_ERROR):
        return Special(Kind.ERROR, ERRORS.get(body[8], "#GETTING_DATA"))
    if kind == RK:
        return rk_number(struct.unpack_from("<I", body, 8)[0])
    if kind in (REAL, FORMULA_NUMBER):
        return struct.unpack_from("<d", body, 8)[0]
    if kind == FORMULA_TEXT and struct.unpack_from("<I", body, 8)[0] == 0:
        return Special(Kind.EMPTY_TEXT)
    return None


def _styles(parts: Parts, *, date1904: bool) -> Styles:
    formats: dict[int, str] = {}
    used: list[int] = []
    of_cells = False
    for kind, body in _records(parts, STYLES):
        if kind in (CELL_XFS, END_CELL_XFS):
            of_cells = kind == CELL_XFS
        elif kind == FORMAT and len(body) > 6:
            formats[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
        elif kind == XF and of_cells and len(body) >= 4:
            used.append(struct.unpack_from("<H", body, 2)[0])
    return styles_from(formats, used, date1904=date1904)


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A string with its length before it, and where the next thing begins."""
    if at + 4 > len(body):
        return "", at
    (length,) = struct.unpack_from("<I", body, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _records(parts: Parts, path: str) -> Iterator[tuple[int, bytes]]:
    """Type and body of each record; both numbers have seven bits per byte."""
    blocks = parts.blocks(path)
    data, at = b"", 0
    while True:
        header = _header(data, at)
        while header is None or header[2] + header[1] > len(data):
            block = next(blocks, b"")
            if not block:
                if len(data) > at:
                    raise damaged(parts.file_name, f"its part {path} ends within a record")
                return
            data, at = data[at:] + block, 0
            header = _header(data, at)
        kind, length, start = header
        yield kind, data[start : start + length]
        at = start + length


def _header(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Type, length, and where the body starts; None when the bytes do not reach."""
    if at + 2 > len(data):
        return None
    kind, at = (data[at], at + 1) if data[at] < 0x80 else (data[at] & 0x7F | (data[at + 1] & 0x7F) << 7, at + 2)
    length = 0
    for number in range(4):
        if at >= len(data):
            return None
        length |= (data[at] & 0x7F) << (7 * number)
        at += 1
        if data[at - 1] < 0x80:
            break
    return kind, length, at
