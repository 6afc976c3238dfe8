"""Every cell of an xls or xlsb with what it is: calamine gives the values, the file's own records say what is none.

A formula and its result, an error and an empty cell are alike to a plain reader; the records tell them apart, and which
places hold something that it gave nothing for.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Any, BinaryIO

from hestia_assets.formats._excel.biff import refuse_excel_95
from hestia_assets.formats._excel.book import Book
from hestia_assets.formats._excel.container import damaged, kind_of
from hestia_assets.formats._excel.facts import Kind, SheetFacts, number_text
from hestia_assets.formats._excel.found import CellKind, FoundCell, FoundRow
from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.options import ExcelOptions

DAYS = (dt.date, dt.time, dt.timedelta)
UNREAD = "(something that cannot be read)"


def older_rows(source: BinaryIO, *, file_name: str) -> Iterator[FoundRow]:
    """The rows of all sheets, in order. Raises UnreadableFileError."""
    if kind_of(source, file_name=file_name) == "xls":
        refuse_excel_95(source, file_name)
    with Book(source, file_name=file_name) as book:
        for name in (sheet.name for sheet in book.sheets):
            sheet, facts = book.sheet(name)
            if facts.twice:
                raise damaged(file_name, f"{facts.twice} twice")
            formulas = book.formulas(name)
            grid = Grid(sheet, facts, ExcelOptions())
            pad = [""] * (grid.values_left - grid.left)
            for number, values in enumerate(grid.every_row()):
                whole = [*pad, *values, *[""] * (grid.width - len(pad) - len(values))]
                if cells := _cells(number, whole, grid.left, facts, formulas):
                    yield FoundRow(name, number + 1, cells)


def _cells(
    row: int, values: Sequence[Any], left: int, facts: SheetFacts, formulas: Collection[tuple[int, int]]
) -> dict[int, FoundCell]:
    cells: dict[int, FoundCell] = {}
    for column, value in enumerate(values, start=left):
        special = facts.cells.get(row, {}).get(column)
        if (row, column) in formulas:
            result = special.text if special else _text(value)
            cells[column] = FoundCell(CellKind.FORMULA, f"with the result {result or 'of no value'}")
        elif special is not None and special.kind is Kind.ERROR:
            cells[column] = FoundCell(CellKind.ERROR, special.text)
        elif value != "":
            cells[column] = FoundCell(_kind(value), _text(value))
        elif facts.is_claimed(row, column) and special is None:
            cells[column] = FoundCell(CellKind.ERROR, UNREAD)
    return cells


def _kind(value: object) -> CellKind:
    if isinstance(value, str):
        return CellKind.TEXT
    if isinstance(value, bool):
        return CellKind.BOOLEAN
    return CellKind.DATE if isinstance(value, DAYS) else CellKind.NUMBER


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return number_text(float(value)) if isinstance(value, float | int) else str(value)
