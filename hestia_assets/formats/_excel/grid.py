"""The cells of one sheet as text: values as they are stored, with what a plain reader hides laid over them."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._excel.facts import MOST_COLUMNS, Kind, Range, SheetFacts, number_text
from hestia_assets.formats._excel.options import ExcelOptions

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Column = list[str | None]
LATE_1904 = dt.timedelta(days=1462)
"""The days between the two calendars of Excel."""


@dataclass
class Grid:
    """A sheet under the options of a recipe; rows count from 0, columns from the first that holds a value."""

    sheet: "CalamineSheet"
    facts: SheetFacts
    options: ExcelOptions
    data_start: int = field(default=0)
    """Rows above are titles and header: they do not decide whether a column holds times."""

    def __post_init__(self) -> None:
        start, end = self.sheet.start, self.sheet.end
        special_columns = [column for row in self.facts.cells.values() for column in row]
        lefts = [start[1]] if start else []
        self.left = min([*lefts, *special_columns], default=0)
        self.values_left = start[1] if start else self.left
        rights = [end[1] + 1] if end else []
        self.width = max([*rights, *(column + 1 for column in special_columns)], default=self.left) - self.left
        self.height = max([end[0] + 1 if end else 0, *(row + 1 for row in self.facts.cells)])
        if self.left + self.width > MOST_COLUMNS:
            hint = "Open it in Excel to see whether it is whole, and send it again."
            raise UnreadableFileError("The sheet is damaged: it has cells where no sheet has columns.", hint=hint)

        self.merged = self._clipped()

    def _clipped(self) -> list[Range]:
        """Merged ranges, cut to the cells that hold something; those beyond them are gone."""
        bottom, right = self.height - 1, self.left + self.width - 1
        cut = [(a, b, min(c, bottom), min(d, right)) for a, b, c, d in dict.fromkeys(self.facts.merged)]
        found = [(a, b, c, d) for a, b, c, d in cut if a <= c and self.left <= b <= d and (a, b) != (c, d)]
        if sum((c - a + 1) * (d - b + 1) for a, b, c, d in found) > 2 * self.height * self.width:
            hint = "Open it in Excel to see whether it is whole, and send it again."
            raise UnreadableFileError("The sheet is damaged: its merged cells overlap.", hint=hint)
        return found

    @cached_property
    def kept(self) -> list[int]:
        """Columns that are read: all, or those that are not hidden."""
        hidden = self.facts.hidden_columns if self.options.hidden_columns == "skip" else []
        return [i for i in range(self.width) if not any(a <= i + self.left <= b for a, b in hidden)]

    chunk_rows: ClassVar[int] = 50_000
    """Rows of a stretch where nothing else bounds it."""

    @property
    def ends(self) -> int:
        """Behind the last row that holds something, as the pass over the file's own records counted it."""
        return self.facts.height or self.height

    def counted(self, first: int, height: int) -> int:
        """How many rows the file itself has in a stretch; the last stretch answers for all that follow."""
        last = self.ends if first + height >= self.height else first + height
        return max(0, last - first)

    def is_skipped(self, row: int) -> bool:
        """Whether the options leave this row out."""
        return self.options.hidden_rows == "skip" and row in self.facts.hidden_rows

    def values(self, first: int, stop: int) -> list[list[Any]]:
        """Rows as calamine gives them, widened to the grid; missing rows are empty."""
        pad = [""] * (self.values_left - self.left)
        rows = [[*pad, *row] for row in islice(self.every_row(), first, stop)]
        for row in rows:
            row.extend([""] * (self.width - len(row)))
        return rows + [[""] * self.width for _ in range(stop - first - len(rows))]

    def chunks(self, first: int, size: int) -> Iterator[tuple[int, pl.DataFrame]]:
        """Row number and text of stretches of at most ``size`` rows from ``first`` on; one pass over the values.

        Columns are ``c0``, ``c1`` …; an empty cell is null. Merged cells are not filled yet.
        """
        rows = self.every_row()
        next(islice(rows, first, first), None)
        while first < self.height:
            count = min(size, self.height - first)
            yield first, self._frame(first, list(islice(rows, count)), count)
            first += count

    def frame(self, first: int, stop: int) -> pl.DataFrame:
        """A stretch of rows as text, merged cells filled where the options say so."""
        stop = min(stop, self.height)
        frame = self._frame(first, list(islice(self.every_row(), first, stop)), max(0, stop - first))
        return self.filled(first, frame)

    def filled_rows(self, first: int) -> Iterator[tuple[int, list[Any]]]:
        """Rows from ``first`` on in which calamine has a value."""
        empty: list[Any] = []
        for number, row in enumerate(islice(self.every_row(), first, None), start=first):
            empty = empty or [""] * len(row)
            if row != empty:
                yield number, row

    def every_row(self) -> Iterator[list[Any]]:
        """All rows as calamine gives them, from the first of the sheet, from column ``values_left``.

        Raises:
            UnreadableFileError: a cell holds a duration that no calendar can.
        """
        number = 0
        try:
            for row in self.sheet.iter_rows() if self.sheet.start else ():
                number += 1
                yield row
        except BaseException as error:  # a panic of Rust is no Exception
            if not isinstance(error, OverflowError) and type(error).__name__ != "PanicException":
                raise
            hint = "Correct the cell in Excel: it is shown as #####; then send the file again."
            raise UnreadableFileError(f"Row {number + 1} holds a date or time out of range.", hint=hint) from error

    def _frame(self, first: int, rows: Sequence[list[Any]], count: int) -> pl.DataFrame:
        columns: list[Column | None] = [None] * self.width
        empty = [""] * len(rows[0]) if rows else []
        if any(row != empty for row in rows):
            for number, values in enumerate(zip(*rows, strict=True), start=self.values_left - self.left):
                texts = self._texts(number, values)
                columns[number] = texts and texts + _nothing(count - len(texts))
        self._lay_over(first, count, columns)
        nothing = pl.repeat(None, count, dtype=pl.String, eager=True)
        named = [
            nothing.alias(f"c{i}") if texts is None else pl.Series(f"c{i}", texts, pl.String)
            for i, texts in enumerate(columns)
        ]
        return pl.DataFrame(named)

    def _texts(self, column: int, values: Sequence[Any]) -> Column | None:
        """The texts of a column; None where all cells are empty."""
        kinds = set(map(type, values))
        if kinds == {str} and not any(values):
            return None
        if kinds <= {str}:
            return [value or None for value in values]
        if kinds == {float} and all(map(float.is_integer, values)) and -1e15 < min(values) <= max(values) < 1e15:
            return list(map(str, map(int, values)))
        if self.options.dates == "1900" and kinds & {dt.date, dt.datetime}:
            values = [value - LATE_1904 if isinstance(value, dt.date) else value for value in values]
        written = {**TEXT, **HOURS} if self.options.times == "hours" else TEXT
        if dt.date in kinds and column in self.clocked:
            written = {**written, dt.date: lambda value: f"{value} 00:00:00"}
        return [written[type(value)](value) for value in values]

    @cached_property
    def clocked(self) -> set[int]:
        """Columns in which a date has a time of day: there, midnight is written out."""
        pad, found = self.values_left - self.left, set[int]()
        for _, row in self.filled_rows(self.data_start):
            found.update(i for i, value in enumerate(row, start=pad) if type(value) is dt.datetime)
        return found

    def _lay_over(self, first: int, count: int, columns: list[Column | None]) -> None:
        if not self.facts.cells:
            return
        rows = range(first, first + count) if count < len(self.facts.cells) else self.facts.cells
        for row in rows:
            for number, special in self.facts.cells.get(row, {}).items() if first <= row < first + count else ():
                texts = columns[number - self.left]
                if texts is None:
                    columns[number - self.left] = texts = _nothing(count)
                texts[row - first] = self.options.text_of(special)

    def filled(self, first: int, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the value of merged cells in every cell of theirs, where the options say so."""
        if self.options.merged != "fill":
            return frame
        changed: dict[int, Column] = {}
        for (top, left, bottom, right), text in self._anchors.items():
            for number in range(max(left - self.left, 0), min(right - self.left + 1, self.width)):
                for at in range(max(top - first, 0), min(bottom + 1 - first, frame.height)):
                    texts = changed.setdefault(number, frame[f"c{number}"].to_list())
                    texts[at] = text if texts[at] is None else texts[at]
        return frame.with_columns(pl.Series(f"c{number}", texts, pl.String) for number, texts in changed.items())

    @cached_property
    def _anchors(self) -> dict[Range, str]:
        """The text in the first cell of each merged range that has one, all found in one pass."""
        wanted: dict[int, list[Range]] = {}
        for merged in self.merged:
            wanted.setdefault(merged[0], []).append(merged)
        found: dict[Range, str] = {}
        for first, frame in self.chunks(0, self.chunk_rows) if wanted else ():
            for merged in (one for row in range(first, first + frame.height) for one in wanted.get(row, ())):
                number = merged[1] - self.left
                if 0 <= number < self.width and (text := frame.item(merged[0] - first, number)) is not None:
                    found[merged] = text
        return found

    def unresolved(self, row: int) -> list[tuple[int, Kind]]:
        """Cells of a row that the options set aside, among the columns that are read."""
        cells = self.facts.cells.get(row, {})
        found = [(column - self.left, cell.kind) for column, cell in cells.items() if self.options.sets_aside(cell)]
        return sorted((column, kind) for column, kind in found if column in set(self.kept)) if found else []


def _nothing(count: int) -> Column:
    return [None] * count


def _duration(value: dt.timedelta) -> str:
    """Hours may be more than 24, as Excel's ``[h]:mm`` shows them."""
    seconds, rest = divmod(abs(value), dt.timedelta(seconds=1))
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    sign = "-" if value < dt.timedelta() else ""
    return f"{sign}{text}.{rest.microseconds:06}" if rest else f"{sign}{text}"


def _hours(value: dt.time | dt.timedelta) -> str:
    if isinstance(value, dt.time):
        value = dt.timedelta(0, value.second, value.microsecond, 0, value.minute, value.hour)
    return number_text(value / dt.timedelta(hours=1))


TEXT: dict[type, Callable[[Any], str | None]] = {
    str: lambda value: value or None,
    float: number_text,
    int: str,
    bool: lambda value: "true" if value else "false",
    dt.date: dt.date.isoformat,
    dt.datetime: lambda value: value.isoformat(" "),
    dt.time: dt.time.isoformat,
    dt.timedelta: _duration,
}
"""How a value of each type is written."""
HOURS: dict[type, Callable[[Any], str | None]] = {dt.time: _hours, dt.timedelta: _hours}
"""Times as hours with decimals."""
