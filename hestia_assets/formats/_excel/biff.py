"""The facts of an xls workbook: its BIFF5 or BIFF8 records ([MS-XLS]) that a plain reader passes over."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._excel.container import SAVE_AS, damaged, protected
from hestia_assets.formats._excel.facts import (
    ERRORS,
    Kind,
    SheetFacts,
    Special,
    Styles,
    as_shown,
    no_day,
    number_text,
    styles_from,
)
from hestia_assets.formats._excel.ole import OleFile

BOF, EOF, DATE_MODE, FILE_PASS, SHEET, FORMAT, XF = 0x809, 0x0A, 0x22, 0x2F, 0x85, 0x41E, 0xE0
ROW, COLUMNS, MERGED = 0x208, 0x7D, 0xE5
DIMENSIONS = 0x200
MOST_ROWS, MOST_COLUMNS = 65_536, 256
TEXTS = (0xFD, 0x204, 0xD6)
FORMULA, BOOL_OR_ERROR, NUMBER, RK, MANY_RK = 0x06, 0x205, 0x203, 0x27E, 0xBD
BIFF8 = 0x600
OTHERS = {
    "worddocument": "a Word document",
    "powerpoint document": "a PowerPoint presentation",
    "__properties_version1.0": "an Outlook message",
}


class BiffWorkbook:
    """An open xls: its sheets and styles. Raises UnreadableFileError."""

    def __init__(self, source: BinaryIO, file_name: str) -> None:
        self._file_name = file_name
        self._data = _workbook_stream(OleFile(source, file_name), file_name)
        self.date1904 = False
        self._starts: list[int] = []
        self._styles = self._read_globals()
        self._facts = [self._pass(start) for start in self._starts]  # before calamine: it reads all sheets at once

    def facts(self, sheet: str, index: int) -> SheetFacts:  # noqa: ARG002 - names may differ by code page
        """What was found in a sheet."""
        return self._facts[index] if index < len(self._facts) else SheetFacts()

    def formulas(self, sheet: str, index: int) -> set[tuple[int, int]]:  # noqa: ARG002 - as above
        """Cells with a formula."""
        records = _records(self._data, self._starts[index], self._file_name) if index < len(self._starts) else ()
        return {struct.unpack_from("<HH", body) for kind, body, depth in records if kind == FORMULA and depth == 1}

    def _pass(self, start: int) -> SheetFacts:
        facts = SheetFacts()
        for kind, body, depth in _records(self._data, start, self._file_name):
            try:
                self._check_place(kind, body)
                if depth == 1:  # deeper ones are of charts
                    _take(kind, body, facts, self._styles)
            except struct.error as error:
                raise damaged(self._file_name, "a record is too short") from error
        return facts

    def _check_place(self, kind: int, body: bytes) -> None:
        """Raises UnreadableFileError where a record would make a reader ask for memory without end."""
        column = 0
        if kind == DIMENSIONS:
            top, bottom, left, right = struct.unpack_from("<4H" if len(body) < 12 else "<IIHH", body)
            column = 0 if top <= bottom <= MOST_ROWS and left <= right <= MOST_COLUMNS else MOST_COLUMNS
        elif kind in (*TEXTS, FORMULA, BOOL_OR_ERROR, NUMBER, RK):
            (column,) = struct.unpack_from("<H", body, 2)
        elif kind == MANY_RK:
            (column,) = struct.unpack_from("<H", body, len(body) - 2)
        if column >= MOST_COLUMNS:
            raise damaged(self._file_name, "it has cells where an xls sheet has no columns or rows")

    def _read_globals(self) -> Styles:
        formats: dict[int, str] = {}
        used: list[int] = []
        wide = _is_biff8(self._data)
        for kind, body, _ in _records(self._data, 0, self._file_name):
            if kind == FILE_PASS:
                raise protected(self._file_name)
            if kind == DATE_MODE and body:
                self.date1904 = body[0] == 1
            elif kind == SHEET and len(body) >= 4:
                self._starts.append(struct.unpack_from("<I", body)[0])
            elif kind == FORMAT and len(body) > 4:
                formats[struct.unpack_from("<H", body)[0]] = _format_code(body, wide=wide)
            elif kind == XF and len(body) >= 4:
                used.append(struct.unpack_from("<H", body, 2)[0])
        return styles_from(formats, used, date1904=self.date1904)


def refuse_excel_95(source: BinaryIO, file_name: str) -> None:
    """Raise UnreadableFileError for a workbook of a kind that loses the signs of other languages from its texts."""
    if not _is_biff8(_workbook_stream(OleFile(source, file_name), file_name)):
        hint = "Save it as Excel workbook (.xlsx) or OpenDocument (.ods), and hand that in."
        raise UnreadableFileError(f"{file_name} is a workbook of Excel 95 or older.", hint=hint)


def _is_biff8(data: bytes) -> bool:
    return len(data) > 8 and struct.unpack_from("<H", data, 4)[0] == BIFF8


def _workbook_stream(ole: OleFile, file_name: str) -> bytes:
    for name in ("workbook", "book"):
        if name in ole.entries:
            return ole.stream(ole.entries[name])
    if "encryptedpackage" in ole.entries:
        raise protected(file_name)
    for name, what in OTHERS.items():
        if name in ole.entries:
            raise UnreadableFileError(f"{file_name} is {what}, not a workbook.", hint=SAVE_AS)
    raise damaged(file_name, "it holds no workbook")


def _records(data: bytes, start: int, file_name: str) -> Iterator[tuple[int, bytes, int]]:
    """The records of one substream and how deep each is in it."""
    depth, at = 0, start
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        if kind == BOF:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 0:
            raise damaged(file_name, "a sheet does not start where it should")
        else:
            yield kind, data[at + 4 : at + 4 + length], depth
        at += 4 + length
    raise damaged(file_name, "it ends in the middle of a sheet")


def _format_code(body: bytes, *, wide: bool) -> str:
    if not wide:
        return body[3 : 3 + body[2]].decode("latin-1")
    length, flags = struct.unpack_from("<HB", body, 2)
    if flags & 1:
        return body[5 : 5 + 2 * length].decode("utf-16-le", "replace")
    return body[5 : 5 + length].decode("latin-1")


def _take(kind: int, body: bytes, facts: SheetFacts, styles: Styles) -> None:
    if kind == ROW:
        (flags,) = struct.unpack_from("<H", body, 12)
        if flags & 0x20:
            facts.hidden_rows.add(struct.unpack_from("<H", body)[0])
    elif kind == COLUMNS:
        first, last, _, _, flags = struct.unpack_from("<5H", body)
        if flags & 1:
            facts.hidden_columns.append((first, min(last, 255)))
    elif kind == MERGED:
        (count,) = struct.unpack_from("<H", body)
        for number in range(min(count, (len(body) - 2) // 8)):
            top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * number)
            facts.merged.append((top, left, bottom, right))
    elif kind in TEXTS:
        row, column = struct.unpack_from("<HH", body)
        facts.claim(row, column)
        facts.reach(row, column)
    elif kind in (FORMULA, BOOL_OR_ERROR, NUMBER, RK, MANY_RK):
        for row, column, style, value in _cells(kind, body):
            facts.claim(row, column)
            facts.reach(row, column)
            if isinstance(value, str):
                continue
            if not isinstance(value, Special):
                facts.hold(row, column)
            special_value(facts, row, column, style, value, styles)


def _cells(kind: int, body: bytes) -> Iterator[tuple[int, int, int, float | Special | str | None]]:
    """Row, column, style and value; a text for a text that follows in a record of its own, None for a boolean."""
    row, column, style = struct.unpack_from("<3H", body)
    if kind == NUMBER:
        yield row, column, style, struct.unpack_from("<d", body, 6)[0]
    elif kind == RK:
        yield row, column, style, rk_number(struct.unpack_from("<I", body, 6)[0])
    elif kind == MANY_RK:
        for number in range((len(body) - 6) // 6):
            style, packed = struct.unpack_from("<HI", body, 4 + 6 * number)
            yield row, column + number, style, rk_number(packed)
    elif kind == BOOL_OR_ERROR:
        yield row, column, style, _error(body[6]) if body[7] else None
    elif body[12:14] != b"\xff\xff":
        yield row, column, style, struct.unpack_from("<d", body, 6)[0]
    else:
        results = {1: None, 2: _error(body[8]), 3: Special(Kind.EMPTY_TEXT)}
        yield row, column, style, results.get(body[6], "text")


def _error(code: int) -> Special:
    return Special(Kind.ERROR, ERRORS.get(code, "#GETTING_DATA"))


def rk_number(packed: int) -> float:
    """A number in four bytes ([MS-XLS] 2.5.217): 30 bits of an integer or of a float, perhaps times 100."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        (value,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return value / 100 if packed & 1 else value


def special_value(
    facts: SheetFacts, row: int, column: int, style: int, value: float | Special | None, styles: Styles
) -> None:
    """Keep a cell that a plain reader would lose."""
    if isinstance(value, Special):
        facts.add(row, column, value)
    elif value is not None and style in styles.zeros:
        if shown := as_shown(styles.zeros[style], number_text(value)):
            facts.add(row, column, Special(Kind.SHOWN, shown, number_text(value)))
    elif value is not None and style in styles.percent:
        facts.percent += 1
    elif value is not None and value < 0 and style in styles.dates:
        facts.add(row, column, Special(Kind.EXACT, number_text(value)))
    elif value is not None and style in styles.days and (day := no_day(value)):
        facts.add(row, column, Special(Kind.NO_DAY, day, number_text(value)))
