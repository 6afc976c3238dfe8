"""Workbooks: xlsx, xlsm, xlsb, xls and ods. One sheet is one table; values become text as the sheet means them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, ClassVar

import numpy as np
import polars as pl

from hestia_assets.core.ports import Claim
from hestia_assets.core.results import START, Inspection, LineAccount, Note, Position, Question, Reject, TextChunk
from hestia_assets.core.specs import Column, Recipe, Spec
from hestia_assets.formats._columns import LEFT_OUT, matched, text_columns
from hestia_assets.formats._excel.book import Book
from hestia_assets.formats._excel.container import SUFFIXES, claim_for
from hestia_assets.formats._excel.facts import Kind, place
from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.inspect import about_sheet, inspect_excel
from hestia_assets.formats._excel.layout import Layout, blank_rows, layout_of
from hestia_assets.formats._excel.options import ExcelOptions
from hestia_assets.formats._excel.sheet import grid_for

CELL_BYTES = 32
"""A cell takes about so much memory while its chunk is made."""
PLACES = ("loaded", "preamble", "header", "footer", "skipped", "blank", "quarantined")
RULES = {Kind.UNCACHED: "formula_without_value", Kind.ERROR: "error_cell"}
SAID = {
    Kind.UNCACHED: "The formula in {place} was saved without its result; open the workbook in Excel and save it again.",
    Kind.ERROR: "The cell {place} holds the error {value}.",
}


class ExcelFormat:
    """Reads one sheet of a workbook. Its accounts count sheet rows; ``Position.offset`` is a row from 0."""

    suffixes: ClassVar[tuple[str, ...]] = SUFFIXES
    unit: ClassVar[str] = "row"
    options: ClassVar[type[Spec]] = ExcelOptions

    def claim(self, head: bytes, *, file_name: str) -> Claim:
        """How sure it is that a file with these first 64 KiB is a workbook, or is one by its name only."""
        return claim_for(head, file_name=file_name)

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Guess sheet, titles, header and footer, and tell what the workbook hides.

        Raises:
            EmptyFileError: no sheet holds a value.
            UnreadableFileError: protected, damaged, made to hurt, or no workbook.
        """
        return inspect_excel(source, file_name=file_name)

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns, all text, when a person chose how to read.

        Raises:
            EmptyFileError: there is no header.
            UnreadableFileError: see ``inspect``.
            SpecError: the recipe's options are wrong.
        """
        with Book(source) as book:
            grid = grid_for(book, recipe)
            return text_columns([text for _, text in layout_of(grid, recipe).columns])

    def about(self, source: BinaryIO, recipe: Recipe) -> tuple[tuple[Note, ...], tuple[Question, ...]]:
        """What the recipe's sheet hides, and what only a person can decide about it.

        Raises:
            UnreadableFileError: see ``inspect``.
            SpecError: the recipe's options are wrong.
        """
        return about_sheet(source, recipe)

    def as_it_is(self, table: str) -> Mapping[str, Any]:
        """Changes to a recipe for a sheet as it stands: every row, titles and totals too, no header, none set aside."""
        keep = {"errors": "text", "uncached": "empty", "hidden_rows": "keep", "hidden_columns": "keep"}
        options = {"sheet": table, **keep}
        return {"preamble_lines": 0, "has_header": False, "header_lines": 1, "footer": "", "options": options}

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield text rows under ``recipe`` from ``start``; ``_line`` is the row's number in Excel.

        Yields:
            Chunks of about ``recipe.chunk_bytes``; rows with a cell that has no value of its own are in ``rejects``.

        Raises:
            HeaderMismatchError: the header names other columns than the recipe.
            EmptyFileError: there is no header.
            UnreadableFileError: see ``inspect``.
            SpecError: the recipe's options are wrong.
        """
        with Book(source) as book:
            grid = grid_for(book, recipe)
            layout = layout_of(grid, recipe)
            names = matched([text for _, text in layout.columns], recipe)
            rows = max(1, recipe.chunk_bytes // (CELL_BYTES * max(1, grid.width)))
            row, done = start.row, False
            for first, frame in grid.chunks(start.offset, rows):
                chunk = _chunk(grid, layout, frame, names, recipe, Position(first, first + 1, row))
                row, done = chunk.end.row, True
                yield chunk
            if not done:
                yield _nothing(recipe, start)


def _chunk(
    grid: Grid, layout: Layout, frame: pl.DataFrame, names: Sequence[str], recipe: Recipe, start: Position
) -> TextChunk:
    first, height = start.offset, frame.height
    kinds = _kinds(grid, layout, frame, first)
    frame = grid.filled(first, frame)
    used = {number: name for (number, _), name in zip(layout.columns, names, strict=True)}
    aside = _aside(grid, kinds, used, first)
    kinds[sorted(aside)] = PLACES.index("quarantined")
    record = np.isin(kinds, (PLACES.index("loaded"), PLACES.index("quarantined")))
    numbers = start.row + np.cumsum(record) - 1
    loaded = np.flatnonzero(kinds == PLACES.index("loaded"))
    counts = {name: int((kinds == code).sum()) for code, name in enumerate(PLACES)}
    total = grid.counted(first, height) + int((kinds[max(0, grid.ends - first) :] == PLACES.index("blank")).sum())
    rejects = [_reject(grid, frame, at, cells, used, first, int(numbers[at])) for at, cells in sorted(aside.items())]

    def original(indices: Sequence[int]) -> list[str]:
        return [_row_text(frame, int(loaded[i])) for i in indices]

    def as_it_is(count: int) -> list[tuple[int, str]]:
        return [(first + at + 1, _row_text(frame, at)) for at in range(min(count, height))]

    return TextChunk(
        frame=_rows(frame, loaded, used, recipe, numbers[loaded], loaded + first + 1),
        rejects=rejects,
        account=LineAccount(total=total, **counts),
        start=start,
        end=Position(first + height, first + height + 1, start.row + int(record.sum())),
        original=original,
        as_it_is=as_it_is,
    )


def _kinds(grid: Grid, layout: Layout, frame: pl.DataFrame, first: int) -> np.ndarray:
    """The place of each row, as an index into PLACES."""
    kinds = np.zeros(frame.height, np.int8)
    kinds[blank_rows(frame, grid.kept).to_numpy()] = PLACES.index("blank")
    hidden = grid.facts.hidden_rows if grid.options.hidden_rows == "skip" else ()
    for at in (row - first for row in hidden if first <= row < first + frame.height):
        kinds[at] = PLACES.index("skipped")
    kinds[max(0, layout.footer_start - first) :] = PLACES.index("footer")
    for rows, name in ((layout.preamble, "preamble"), (layout.header, "header")):
        for row in rows:
            if first <= row < first + frame.height:
                kinds[row - first] = PLACES.index(name)
    return kinds


def _aside(grid: Grid, kinds: np.ndarray, used: Mapping[int, str], first: int) -> dict[int, list[tuple[int, Kind]]]:
    """Rows with cells that the options set aside, in columns that are not left out."""
    found: dict[int, list[tuple[int, Kind]]] = {}
    for row in grid.facts.cells:
        if first <= row < first + len(kinds) and kinds[row - first] in (0, PLACES.index("blank")):
            cells = [cell for cell in grid.unresolved(row) if not used.get(cell[0], LEFT_OUT).startswith(LEFT_OUT)]
            if cells:
                found[row - first] = cells
    return found


def _reject(
    grid: Grid,
    frame: pl.DataFrame,
    at: int,
    cells: Sequence[tuple[int, Kind]],
    used: Mapping[int, str],
    first: int,
    number: int,
) -> Reject:
    column, kind = cells[0]
    value = frame.item(at, column)
    message = SAID[kind].format(place=place(first + at, column + grid.left), value=value)
    more = f" So do {len(cells) - 1} more of its cells." if len(cells) > 1 else ""
    return Reject(
        row=number,
        line=first + at + 1,
        lines=1,
        rule=RULES[kind],
        message=message + more,
        text=_row_text(frame, at),
        column=used[column],
        value=value,
    )


def _row_text(frame: pl.DataFrame, at: int) -> str:
    return "\t".join(cell or "" for cell in frame.row(at))


def _rows(
    frame: pl.DataFrame,
    loaded: np.ndarray,
    used: Mapping[int, str],
    recipe: Recipe,
    numbers: np.ndarray,
    lines: np.ndarray,
) -> pl.DataFrame:
    taken = frame if len(loaded) == frame.height else frame[loaded]
    by_name = {name: number for number, name in used.items()}
    columns = [
        taken[f"c{by_name[column.name]}"].alias(column.name)
        if column.name in by_name
        else pl.Series(column.name, [None] * len(loaded), pl.String)
        for column in recipe.columns
    ]
    places = [
        pl.Series("_row", numbers, pl.Int64),
        pl.Series("_line", lines, pl.Int64),
        pl.Series("_lines", np.ones(len(loaded), np.int32), pl.Int32),
    ]
    return pl.DataFrame([*columns, *places])


def _nothing(recipe: Recipe, at: Position) -> TextChunk:
    """The only chunk of a sheet without rows."""
    text = {column.name: pl.String for column in recipe.columns}
    frame = pl.DataFrame(schema={**text, "_row": pl.Int64, "_line": pl.Int64, "_lines": pl.Int32})
    return TextChunk(frame, [], LineAccount(), at, at, lambda _: [])


FORMAT = ExcelFormat()
