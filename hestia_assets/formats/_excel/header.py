"""Where the header of a sheet is: below titles, above rows of other types, perhaps several rows under merged cells."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.layout import FOOTER_ROWS, fill_merged, footer_row

SAMPLE_ROWS = 300
MOST_TITLES = 50
MOST_HEADER = 5
NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?\s*%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")
TOTAL = re.compile(
    r"(grand |sub)?(total|totals|totale|totaux|totaal|sum|summe|suma|soma|somme|gesamt\w*|insgesamt|gesamtsumme"
    r"|zwischensumme|итого|всего|合计|合計|总计|總計)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something: its number from 0, its texts (merged ones repeated), which are words, which not."""

    number: int
    texts: tuple[str | None, ...]
    words: tuple[bool, ...]

    @property
    def filled(self) -> int:
        """Cells with a text; a title merged over the whole width counts once."""
        texts = [text for text in self.texts if text]
        return len(texts) if len(set(texts)) > 1 else min(len(texts), 1)

    @property
    def is_named(self) -> bool:
        """Whether it holds words only."""
        return all(word for word, text in zip(self.words, self.texts, strict=True) if text)


@dataclass(frozen=True, slots=True)
class Header:
    """Which rows name the columns, if any, and why."""

    titles: int
    lines: int
    has_header: bool
    first: int
    because: str


def sample_rows(grid: Grid) -> list[Row]:
    """The first rows that hold something."""
    stop = min(grid.height, 4 * SAMPLE_ROWS)
    frame, values = grid.frame(0, stop), grid.values(0, stop)
    cells = {number: list(row) for number, row in enumerate(frame.iter_rows())}
    merged = [found for found in grid.merged if found[0] < MOST_TITLES + MOST_HEADER]
    fill_merged(cells, merged, grid.left)
    rows = [_row(number, cells[number], values[number]) for number in range(stop)]
    return [row for row in rows if any(text and text.strip() for text in row.texts)][:SAMPLE_ROWS]


def _row(number: int, texts: Sequence[str | None], values: Sequence[Any]) -> Row:
    clean = tuple(text if text and text.strip() else None for text in texts)
    return Row(number, clean, tuple(map(_is_word, clean, values)))


def _is_word(text: str | None, value: Any) -> bool:
    if not text or isinstance(value, bool | float | int | dt.date | dt.time | dt.timedelta):
        return False
    return not NUMBER.fullmatch(text.strip()) and not text.startswith("=")


def find_header(grid: Grid, rows: Sequence[Row]) -> Header:
    """The header among the first rows; ``rows`` is not empty."""
    index = _first_of_table(rows)
    above = rows[index - 1] if index else None
    if above and above.number == rows[index].number - 1 and rows[index].is_named and _groups(grid, above):
        index -= 1
    lines = _header_lines(grid, rows, index)
    names = _stacked(rows[index : index + lines])
    has_header, because = _is_header(names, rows[index + lines - 1], rows[index + lines :])
    if not has_header:
        lines = 1
    if lines > 1:
        because = f"Cells merged in row {rows[index].number + 1} stand above the names in the rows below them."
    return Header(index, lines, has_header, rows[index].number, because)


def typical_width(rows: Sequence[Row]) -> float:
    """How many cells of a row hold something, usually."""
    wide = [row.filled for row in rows if row.filled > 1]
    return median(wide) if len(wide) * 3 >= len(rows) else 1


def _first_of_table(rows: Sequence[Row]) -> int:
    """Index of the first row that is about as full as the table; of several such, the first made of words."""
    width = typical_width(rows)
    need = max(2, -(-6 * width // 10)) if width > 1 else 1
    full = [index for index, row in enumerate(rows[:MOST_TITLES]) if row.filled >= need]
    if not full:
        return 0
    first = full[0]
    if width < 2 or (
        rows[first].is_named and (rows[first].filled >= width or _contrasts(rows[first], rows[first + 1 :]))
    ):
        return first
    named = [index for index in full if rows[index].is_named and index - first <= 10 and rows[index].filled >= width]
    return next((index for index in named if _contrasts(rows[index], rows[index + 1 :])), first)


def _groups(grid: Grid, row: Row) -> bool:
    """Whether the row holds a cell merged over some, but not nearly all, of the columns."""
    width = sum(text is not None for text in row.texts)
    spans = [right - left + 1 for top, left, _, right in grid.merged if top == row.number and right > left]
    return bool(spans) and (len(spans) > 1 or spans[0] < width)


def _header_lines(grid: Grid, rows: Sequence[Row], index: int) -> int:
    """How many rows together name the columns."""
    lines = 1
    while lines < MOST_HEADER and index + lines < len(rows):
        row, below = rows[index + lines - 1], rows[index + lines]
        first = rows[index].number
        reaches = any(
            first <= top <= row.number and row.number < bottom < first + MOST_HEADER and (top, left) != (bottom, right)
            for top, left, bottom, right in grid.merged
        )
        if below.number != row.number + 1 or not below.is_named or not (reaches or _groups(grid, row)):
            break
        lines += 1
    return lines


def _stacked(rows: Sequence[Row]) -> list[str]:
    columns = zip(*(row.texts for row in rows), strict=True)
    return [" ".join(dict.fromkeys(text for text in column if text)) for column in columns]


def _columns_of(others: Sequence[Row], width: int) -> list[list[bool]]:
    """For each column, which of its values are words."""
    return [[row.words[i] for row in others if row.texts[i]] for i in range(width)]


def _contrasts(row: Row, others: Sequence[Row]) -> bool:
    columns = _columns_of(others, len(row.words))
    return any(word and _numeric(column) for word, column in zip(row.words, columns, strict=True))


def _numeric(words: Sequence[bool]) -> bool:
    return bool(words) and sum(words) * 10 <= len(words)


def _is_header(names: Sequence[str], row: Row, others: Sequence[Row]) -> tuple[bool, str]:
    if not others:
        return True, "The sheet has one row only; it is taken as the header."
    columns = _columns_of(others, len(names))
    pairs = [(row.words[i], _numeric(columns[i])) for i, name in enumerate(names) if name]
    if _years([name for name, word in zip(names, row.words, strict=True) if name and not word]):
        return True, "Its cells are years in a row above the columns."
    if any(word and number for word, number in pairs) and sum(word for word, _ in pairs) * 2 >= len(pairs):
        return True, "Its cells are words above columns of numbers or dates."
    if not any(word for word, _ in pairs) or any(not word and number for word, number in pairs):
        return False, "The first row looks like the rows below it, so the columns get numbers for names."
    filled = [name for name in names if name]
    if len(set(filled)) < len(filled) or any(
        name in {other.texts[i] for other in others} for i, name in enumerate(names) if name
    ):
        return False, "A value of the first row appears again, so it is taken as data."
    return True, "Its cells are all different and none of them appears below."


def _years(texts: Sequence[str]) -> bool:
    years = [int(text) for text in texts if re.fullmatch(r"(19|20)\d\d", text.strip())]
    return len(years) == len(texts) >= 2 and all(b - a == 1 for a, b in pairwise(years))


def find_footer(grid: Grid, data_start: int, width: float) -> str:
    """The text that marks totals or remarks below the table; empty where there are none."""
    first = max(data_start + 1, grid.height - FOOTER_ROWS)
    rows = [_row(first + i, cells, cells) for i, cells in enumerate(grid.frame(first, grid.height).iter_rows())]
    start = remark = len(rows)
    for index in range(len(rows) - 1, -1, -1):
        text = next(filter(None, rows[index].texts), None)
        if text is None:
            start = min(start, remark)  # a remark counts as one only below a gap, or below totals
        elif TOTAL.match(text.strip()) and rows[index].filled <= width:
            start = index
        elif rows[index].filled == 1 and width >= 3 and rows[index].is_named:
            remark = index
        else:
            break
    marker = next(filter(None, rows[start].texts), "").strip()[:60] if start < len(rows) else ""
    found = footer_row(grid, marker, data_start, range(grid.width)) if marker else grid.height
    return marker if start < len(rows) and found == rows[start].number else ""
