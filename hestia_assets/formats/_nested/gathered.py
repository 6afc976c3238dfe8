"""Rows and rejects of one chunk, gathered from records that were read one by one or many at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from hestia_assets.core.errors import HeaderMismatchError
from hestia_assets.core.results import LineAccount, Position, Reject, TextChunk
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._json.alike import Indices
from hestia_assets.formats._json.values import json_text, scalar_text

POSITION_TYPES = {"_row": pl.Int64, "_line": pl.Int64, "_lines": pl.Int32}
MESSAGES = {
    "duplicate_key": "The key '{}' stands twice in one object: which value is right?",
    "unknown_key": "The recipe knows no column '{}'. Take over the file's columns, or leave this one out.",
    "repeated_element": "The element '{}' stands twice in this record; the recipe has one column for it.",
    "not_text": "The record holds bytes that are no text, or half of a character.",
}
TURNED = 512
Cells = list[str | None]


@dataclass(frozen=True, slots=True)
class Ready:
    """Rows that were made many at a time: a frame with places, and their source."""

    frame: pl.DataFrame
    texts: pl.Series

    @classmethod
    def of(cls, cells: pl.DataFrame, *, rows: Indices, lines: Indices, texts: pl.Series) -> "Ready":
        """Cells with their places; each row is one unit of the account."""
        units = np.ones(cells.height, np.int64)
        places = zip(POSITION_TYPES.items(), (rows, lines, units), strict=True)
        return cls(cells.with_columns(pl.Series(name, values).cast(kind) for (name, kind), values in places), texts)


@dataclass
class Gathered:
    """Rows and rejects of one chunk, as they come. ``original`` of a row is text, or a value to be written as JSON."""

    width: int
    columns: list[list[str | None]] = field(init=False)
    rows: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    originals: list[Any] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    strangers: int = 0
    ready: list[Ready] = field(default_factory=list)
    source_of: "Callable[[Any], str]" = field(default_factory=lambda: cell_text)
    _rows: list[Cells] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = [[] for _ in range(self.width)]

    def add(self, cells: Cells, *, place: tuple[int, int, int], original: Any) -> None:
        """A row at its place: record number, line, units of the account."""
        self._rows.append(cells)
        if len(self._rows) == TURNED:
            self._turn()
        self.rows.append(place[0])
        self.lines.append(place[1])
        self.units.append(place[2])
        self.originals.append(original)

    def _turn(self) -> None:
        """Rows into columns, soon: many small lists would keep the garbage collector busy."""
        for column, cells in zip(self.columns, zip(*self._rows, strict=True), strict=False):
            column.extend(cells)
        self._rows.clear()

    def reject(
        self,
        rule: str,
        place: tuple[int, int, int],
        *,
        text: str,
        message: str = "",
        key: str | None = None,
        value: str | None = None,
    ) -> None:
        """A record that is no row."""
        told = message or MESSAGES[rule].format(key)
        shown = None if value is None else readable_text(value)
        self.rejects.append(Reject(*place, rule, told, readable_text(text), key, shown))

    def chunk(self, recipe: Recipe, account: LineAccount, start: Position, end: Position) -> TextChunk:
        """What was gathered; ``account`` knows the total and what is neither row nor reject.

        Raises:
            HeaderMismatchError: no record at the start of the file has any of the columns.
        """
        frame = self._frame(recipe)
        if self.strangers and self.strangers == len(self.rejects) and frame.is_empty() and start == Position():
            missing = [column.source for column in recipe.columns]
            raise HeaderMismatchError(missing=missing, added=sorted({str(reject.column) for reject in self.rejects}))
        loaded = int(frame["_lines"].sum())
        set_aside = sum(reject.lines for reject in self.rejects)
        full = account + LineAccount(loaded=loaded, quarantined=set_aside)
        return TextChunk(frame.drop("_at", strict=False), self.rejects, full, start, end, self._original(frame))

    def _original(self, frame: pl.DataFrame) -> Callable[[Sequence[int]], list[str]]:
        originals, source_of = self.originals, self.source_of
        if not self.ready:
            return lambda indices: [readable_text(source_of(originals[index])) for index in indices]
        at, texts = frame["_at"], pl.concat([ready.texts for ready in self.ready])

        def text(index: int) -> str:
            spot = at[index] - len(originals)
            return readable_text(source_of(originals[spot])) if spot < 0 else texts[spot]

        return lambda indices: [text(index) for index in indices]

    def _frame(self, recipe: Recipe) -> pl.DataFrame:
        self._turn()
        names = [column.name for column in recipe.columns]
        try:
            frame = self._built(names)
        except UnicodeEncodeError:
            self._set_aside_half_characters()
            frame = self._built(names)
        if not self.ready:
            return frame
        frames = [frame, *(ready.frame for ready in self.ready)]
        return pl.concat([one for one in frames if one.height] or [frame]).with_row_index("_at").sort("_row")

    def _built(self, names: Sequence[str]) -> pl.DataFrame:
        columns = [pl.Series(name, cells, pl.String) for name, cells in zip(names, self.columns, strict=True)]
        kinds = zip(POSITION_TYPES.items(), (self.rows, self.lines, self.units), strict=True)
        return pl.DataFrame(columns + [pl.Series(name, cells, kind) for (name, kind), cells in kinds])

    def _set_aside_half_characters(self) -> None:
        """Text that cannot be written as UTF-8: bytes that were no text, or one half of a surrogate pair."""
        bad = {i for column in self.columns for i, cell in enumerate(column) if cell is not None and not _is_text(cell)}
        for index in sorted(bad):
            place = (self.rows[index], self.lines[index], self.units[index])
            self.reject("not_text", place, text=cell_text(self.originals[index]))
        self.rejects.sort(key=lambda reject: reject.row)
        kept = [index for index in range(len(self.originals)) if index not in bad]
        self.columns = [[column[index] for index in kept] for column in self.columns]
        self.rows, self.lines, self.units = (
            [values[index] for index in kept] for values in (self.rows, self.lines, self.units)
        )
        self.originals = [self.originals[index] for index in kept]


def _is_text(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def readable_text(text: str) -> str:
    """Text for a person; bytes that are no text and halves of characters are shown escaped."""
    if _is_text(text):
        return text
    raw = "".join(sign if _is_text(sign) or "\udc80" <= sign <= "\udcff" else f"\\u{ord(sign):04x}" for sign in text)
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def cell_text(value: Any) -> str:
    """A value as a cell shows it: lists and objects as JSON text."""
    return json_text(value) if isinstance(value, (dict, list)) else scalar_text(value)
