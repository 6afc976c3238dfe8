"""Where a table lies in its sheet under a recipe: which rows are titles, header and footer, what the columns are."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.errors import EmptyFileError
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._columns import numbered
from hestia_assets.formats._excel.facts import Range
from hestia_assets.formats._excel.grid import Grid

LOOK_ROWS = 500
FOOTER_ROWS = 50
"""A footer begins at most so many rows before the end of the sheet."""


@dataclass(frozen=True)
class Layout:
    """A sheet's rows by their place, and its columns: number in the grid and header text of each."""

    preamble: frozenset[int]
    header: tuple[int, ...]
    data_start: int
    footer_start: int
    columns: tuple[tuple[int, str], ...]


def layout_of(grid: Grid, recipe: Recipe) -> Layout:
    """Find titles, header and footer. Raises EmptyFileError when there is no header."""
    wanted = recipe.header_lines if recipe.has_header else 0
    filled = _filled_rows(grid, recipe.preamble_lines + wanted)
    preamble, header = filled[: recipe.preamble_lines], filled[recipe.preamble_lines :]
    if len(header) < wanted:
        raise EmptyFileError("The sheet")
    start = max(filled, default=-1) + 1
    grid.data_start = start
    columns = _columns(grid, recipe, header, start)
    footer = footer_row(grid, recipe.footer, start, [number for number, _ in columns])
    return Layout(frozenset(preamble), tuple(header), start, footer, columns)


def _filled_rows(grid: Grid, count: int) -> list[int]:
    """The first rows that hold something and are not left out."""
    found: list[int] = []
    for first, frame in grid.chunks(0, LOOK_ROWS) if count else ():
        blank = blank_rows(frame, grid.kept)
        found += [first + i for i, empty in enumerate(blank) if not empty and not grid.is_skipped(first + i)]
        if len(found) >= count:
            break
    return found[:count]


def blank_rows(frame: pl.DataFrame, columns: Sequence[int]) -> pl.Series:
    """Whether each row holds nothing but blanks in these columns."""
    used = [f"c{number}" for number in columns if frame[f"c{number}"].null_count() < frame.height]
    if not used:
        return pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
    empty = [pl.col(name).is_null() | (pl.col(name).str.strip_chars() == "") for name in used]
    return frame.select(pl.all_horizontal(empty).alias("blank")).to_series()


def _columns(grid: Grid, recipe: Recipe, header: Sequence[int], start: int) -> tuple[tuple[int, str], ...]:
    """Columns of the table; one without a header text belongs to it when it holds something, or is asked for."""
    names = numbered(grid.width)
    if not header:
        return tuple((number, names[number]) for number in grid.kept)
    texts = header_texts(grid, header)
    unnamed = {number for number in grid.kept if not texts[number]}
    wanted = {column.source for column in recipe.columns}
    used = _used(grid, start, unnamed) if unnamed else unnamed
    used |= {number for number in unnamed if names[number] in wanted}
    kept = [number for number in grid.kept if number not in unnamed or number in used]
    return tuple((number, texts[number] or names[number]) for number in kept)


def header_texts(grid: Grid, rows: Sequence[int]) -> list[str]:
    """The name of each column: its header cells from above, merged ones repeated, each text once."""
    cells = {row: list(grid.frame(row, row + 1).row(0)) for row in rows}
    fill_merged(cells, grid.merged, grid.left)
    stacked = [[cells[row][i] for row in rows] for i in range(grid.width)]
    return [" ".join(dict.fromkeys(text for text in texts if text and text.strip())) for texts in stacked]


def fill_merged(cells: dict[int, list[str | None]], merged: Sequence[Range], left: int) -> None:
    """Repeat the value of merged cells within these rows."""
    for top, first, bottom, last in merged:
        if top in cells and 0 <= first - left < len(cells[top]):
            for row in filter(cells.__contains__, range(top, min(bottom, top + FOOTER_ROWS) + 1)):
                for column in range(first - left, min(last - left + 1, len(cells[row]))):
                    cells[row][column] = cells[row][column] or cells[top][first - left]


def _used(grid: Grid, start: int, columns: set[int]) -> set[int]:
    """Those of the columns that hold something below the header."""
    cells = (number for row, values in grid.facts.cells.items() if row >= start for number in values)
    found = {number - grid.left for number in cells} & columns
    places = {number: number + grid.left - grid.values_left for number in columns - found}
    for _, row in grid.filled_rows(start):
        seen = [number for number, at in places.items() if 0 <= at < len(row) and row[at] != ""]
        for number in seen:
            del places[number]
        if not places:
            break
    return columns - set(places)


def footer_row(grid: Grid, marker: str, start: int, columns: Sequence[int]) -> int:
    """The first row of the footer, or the height of the sheet."""
    if not marker:
        return grid.height
    first = max(start, grid.height - FOOTER_ROWS)
    frame = grid.frame(first, grid.height).select([f"c{number}" for number in columns])
    for number, cells in enumerate(frame.iter_rows()):
        text = next((cell for cell in cells if cell and cell.strip()), "")
        if text.strip().startswith(marker.strip()) and not grid.is_skipped(first + number):
            return first + number
    return grid.height
