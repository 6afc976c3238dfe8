"""Where a table begins, asked where the sheet does not say it: titles that may be rows, forms that look like tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from hestia_assets.core.results import Choice, Question
from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.header import Header, Row

SHOWN = 3
FORM_ROWS = 30
"""A form has no more rows."""


def which_header(grid: Grid, header: Header, rows: Sequence[Row]) -> tuple[Question, ...]:
    """Whether the row that was taken for the header is one, and whether what stands above it is left out."""
    if not header.has_header or not rows:
        return ()
    if is_form(rows, header):
        return (_question(grid, "The sheet looks like a form. Does it hold a table?", header, rows),)
    return (_question(grid, "Where does the table begin?", header, rows),) if header.titles else ()


def is_form(rows: Sequence[Row], header: Header) -> bool:
    """Whether the rows are labels with a value beside each: two columns, and most labels end with a colon."""
    inside = rows[header.titles :]
    if len(rows) > FORM_ROWS or any(row.filled > 2 for row in inside):
        return False
    labels = [next(text for text in row.texts if text) for row in inside if row.filled]
    return sum(label.rstrip().endswith((":", "\uff1a")) for label in labels) * 2 > len(labels)


def _question(grid: Grid, text: str, header: Header, rows: Sequence[Row]) -> Question:
    named = f"Row {header.first + 1} names the columns"
    above = "What stands above it is left out, as a title." if header.titles else header.because
    first = rows[0].number
    table: Mapping[str, Any] = {"preamble_lines": header.titles, "has_header": True, "header_lines": header.lines}
    all_rows: Mapping[str, Any] = {"preamble_lines": 0, "has_header": False, "header_lines": 1}
    choices = (
        Choice(named, above, table, (), _sample(grid, header.first)),
        Choice("Every row is data", "Columns get numbers for names.", all_rows, (), _sample(grid, first)),
    )
    return Question("header", text, choices)


def _sample(grid: Grid, first: int) -> tuple[tuple[str, ...], ...]:
    frame = grid.frame(first, first + SHOWN)
    return tuple(tuple(cell or "" for cell in row) for row in frame.iter_rows())
