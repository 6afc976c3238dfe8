"""Every cell of a workbook with what it is: text as it was written, or something that a program made of it.

Whoever sent out texts and gets a workbook back must know which cells are texts no more. Rows are read one by one, so
that memory is bounded by the longest row and the texts that cells share; xls and xlsb are in ``older``.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from hestia_assets.formats._excel.container import damaged, kind_of
from hestia_assets.formats._excel.facts import Styles
from hestia_assets.formats._excel.found import CellKind, FoundCell, FoundRow
from hestia_assets.formats._excel.ods import CONTENT, attribute, cell_text, repeated
from hestia_assets.formats._excel.older import older_rows
from hestia_assets.formats._excel.ooxml import OoxmlWorkbook
from hestia_assets.formats._excel.parts import Parts
from hestia_assets.formats._excel.walk import address, elements, forget, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_COLUMNS = 16_384
MOST_SHARED = 256 * 1024 * 1024
"""Characters of texts that cells share, in one workbook."""

ESCAPED = re.compile(r"_x((?![dD][89a-fA-F])[0-9A-Fa-f]{4})_")


def rows_with_kinds(source: BinaryIO, *, file_name: str) -> Iterator[FoundRow]:
    """The rows of all sheets, in order. Raises UnreadableFileError, EmptyFileError."""
    kind = kind_of(source, file_name=file_name)
    source.seek(0)
    if kind in ("xls", "xlsb"):
        yield from older_rows(source, file_name=file_name)
        return
    with Parts(source, file_name) as parts:
        try:
            yield from _xlsx(parts) if kind == "xlsx" else _ods(parts)
        except ValueError as error:
            raise damaged(file_name, "a row or style in it has no number") from error


def _xlsx(parts: Parts) -> Iterator[FoundRow]:
    book = OoxmlWorkbook(parts)
    shared = _shared(parts, book.strings) if book.strings in parts else []
    for sheet, path in book.sheets.items():
        if path in parts:
            yield from _xlsx_rows(parts, path, sheet, book.styles, shared)


def _shared(parts: Parts, path: str) -> list[str]:
    texts: list[str] = []
    size = 0
    for event, name, element in elements(parts.blocks(path)):
        if event == "end" and name == "si":
            texts.append(_inline(element))
            size += len(texts[-1]) + 50
            if size > MOST_SHARED:
                raise parts.bomb(path, f"holds more than {MOST_SHARED >> 20} MB of text")
            forget(element)
    return texts


def _xlsx_rows(parts: Parts, path: str, sheet: str, styles: Styles, shared: list[str]) -> Iterator[FoundRow]:
    row = column = -1
    cells: dict[int, FoundCell] = {}
    for event, name, element in elements(parts.blocks(path)):
        if event == "start" and name == "row":
            row, column, cells = int(element.get("r", row + 2)) - 1, -1, {}
        elif event == "end" and name == "c":
            _, column = address(element.get("r"), row, column)
            found = _xlsx_cell(element, styles, shared)
            if found is not None and column < MOST_COLUMNS:
                cells[column] = found
        elif event == "end" and name == "row":
            if cells:
                yield FoundRow(sheet, row + 1, cells)
            forget(element)


def _xlsx_cell(element: "_Element", styles: Styles, shared: list[str]) -> FoundCell | None:
    children = {local_name(child.tag): child for child in element}
    value, kind = (children["v"].text or "") if "v" in children else "", element.get("t", "n")
    if "f" in children:
        return FoundCell(CellKind.FORMULA, "=" + (children["f"].text or "…"))
    if kind == "s":
        text = shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
        return FoundCell(CellKind.TEXT, text) if text else None
    if kind in ("inlineStr", "str"):
        text = _inline(children["is"]) if "is" in children else _unescaped(value)
        return FoundCell(CellKind.TEXT, text) if text else None
    if not value:
        return None
    if kind == "n":
        is_date = int(element.get("s", 0)) in styles.dates
        return FoundCell(CellKind.DATE if is_date else CellKind.NUMBER, value)
    named = {"b": CellKind.BOOLEAN, "e": CellKind.ERROR, "d": CellKind.DATE}
    return FoundCell(named.get(kind, CellKind.ERROR), value)


def _inline(element: "_Element") -> str:
    """The text of a string, without how it is pronounced."""
    nodes = [node for node in element.iter() if local_name(node.tag) == "t"]
    spoken = [node for node in nodes if local_name(getattr(node.getparent(), "tag", "")) == "rPh"]
    return _unescaped("".join(node.text or "" for node in nodes if node not in spoken))


def _unescaped(text: str) -> str:
    """Excel writes signs that XML cannot hold as ``_x000D_`` (ECMA-376 part 1, 22.9.2.19)."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _ods(parts: Parts) -> Iterator[FoundRow]:
    sheet, depth, row, column = "", 0, 0, 0
    cells: dict[int, FoundCell] = {}
    for event, name, element in elements(parts.blocks(CONTENT)):
        if name == "table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                sheet, row = attribute(element, "name"), 0
        elif depth != 1:
            continue
        elif event == "start" and name == "table-row":
            column, cells = 0, {}
        elif event == "end" and name in ("table-cell", "covered-table-cell"):
            times, found = repeated(element, "number-columns-repeated"), _ods_cell(element)
            if found is not None:
                cells.update(dict.fromkeys(range(column, min(column + times, MOST_COLUMNS)), found))
            column += times
        elif event == "end" and name == "table-row":
            times = repeated(element, "number-rows-repeated")
            for number in range(min(times, 2) if cells else 0):  # once more is enough to see that it is there twice
                yield FoundRow(sheet, row + number + 1, cells)
            row += times
            forget(element)


def _ods_cell(element: "_Element") -> FoundCell | None:
    kind, shown = attribute(element, "value-type"), cell_text(element)
    if formula := attribute(element, "formula"):
        return FoundCell(CellKind.FORMULA, formula.removeprefix("of:"))
    if kind in ("", "string"):
        text = attribute(element, "string-value") or shown
        return FoundCell(CellKind.TEXT, text) if text else None
    if kind == "date":
        return FoundCell(CellKind.DATE, attribute(element, "date-value") or shown)
    if kind == "boolean":
        return FoundCell(CellKind.BOOLEAN, shown)
    return FoundCell(CellKind.NUMBER, attribute(element, "value") or shown)
