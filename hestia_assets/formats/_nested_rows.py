"""Nested records → rows of text under a recipe's columns; what the recipe does not know sets the record aside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import polars as pl

from hestia_assets.core.errors import HeaderMismatchError
from hestia_assets.core.results import LineAccount, Position, Reject, TextChunk
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._json_values import Number, json_text, scalar_text
from hestia_assets.formats._nested_paths import ITSELF, PARENT, PARENT_FIELD, Segments, joined, names_of, segments_of

POSITION_TYPES = {"_row": pl.Int64, "_line": pl.Int64, "_lines": pl.Int32}
MESSAGES = {
    "duplicate_key": "The key '{}' stands twice in one object: which value is right?",
    "unknown_key": "The recipe knows no column '{}'. Take over the file's columns, or leave this one out.",
    "repeated_element": "The element '{}' stands twice in this record; the recipe has one column for it.",
    "not_text": "The record holds bytes that are no text, or half of a character.",
}
TURNED = 512
Cells = list[str | None]


class UnknownKeyError(Exception):
    """A record has a value that the recipe has no place for."""

    def __init__(self, names: tuple[str, ...], value: Any) -> None:
        super().__init__(names)
        self.value = value
        self.path = reduce(joined, names, "") or ITSELF


class Field:
    """What becomes of one path: a column's place, fields inside it, a table of its own, or nothing by choice."""

    __slots__ = ("children", "is_table", "left_out", "slot")

    def __init__(self) -> None:
        self.slot = -1
        self.children: dict[str, Field] = {}
        self.is_table = self.left_out = False

    def at(self, names: Sequence[str]) -> "Field":
        """The field at the end of a path, made where it is missing."""
        found = self
        for name in names:
            found = found.children.setdefault(name, Field())
        return found


class RowMaker:
    """Makes rows of one table.

    Args:
        recipe: its columns and what is left out.
        segments: where the table's records are.
        flat: objects are columns; otherwise they are JSON text.
        lists: the paths of the file's tables, or None where nobody looked.
    """

    def __init__(self, recipe: Recipe, segments: Segments, *, flat: bool, lists: Sequence[str] | None) -> None:
        self._root, self._width, self._flat = Field(), len(recipe.columns), flat
        self._strict = lists is not None and flat
        self._itself = self._number = -1
        self._parent_fields: list[tuple[int, tuple[str, ...]]] = []
        for slot, column in enumerate(recipe.columns):
            self._place(column.source, slot)
        for text in recipe.ignored:
            self._root.at(names_of(text)).left_out = True
        for path in lists or ():
            found = segments_of(path)
            if found and found[:-1] == segments:
                self._root.at(found[-1]).is_table = True

    def add_to(
        self, gathered: "Gathered", record: Any, *, place: tuple[int, int, int], original: Any, number: int, parent: Any
    ) -> None:
        """One record as a row, or as a reject where the recipe has no place for a value."""
        try:
            cells = self.cells(record, number=number, parent=parent)
        except UnknownKeyError as error:
            gathered.strangers += not self.knows(record)
            text, value = _text(original), _text(error.value)
            gathered.reject("unknown_key", place, text=text, key=error.path, value=value)
        else:
            gathered.add(cells, place=place, original=original)

    def _place(self, source: str, slot: int) -> None:
        if source == ITSELF:
            self._itself = slot
        elif source == PARENT:
            self._number = slot
        elif source.startswith(PARENT_FIELD):
            self._parent_fields.append((slot, names_of(source.removeprefix(PARENT_FIELD))))
        else:
            self._root.at(names_of(source)).slot = slot

    def knows(self, record: Any) -> bool:
        """Whether the record has any field of the recipe."""
        return not isinstance(record, dict) or not record or any(key in self._root.children for key in record)

    def cells(self, record: Any, *, number: int, parent: Any) -> Cells:
        """One row. Raises UnknownKeyError."""
        row: Cells = [None] * self._width
        if type(record) is dict and record:
            self._fill(row, self._root, record, ())
        elif self._itself >= 0:
            row[self._itself] = None if record is None else _text(record)
        elif record is not None and record != {}:
            raise UnknownKeyError((), record)
        if self._number >= 0:
            row[self._number] = str(number)
        for slot, names in self._parent_fields:
            found = parent
            for name in names:
                found = found.get(name) if isinstance(found, dict) else None
            row[slot] = None if found is None or isinstance(found, (dict, list)) else scalar_text(found)
        return row

    def _fill(self, row: Cells, place: Field, record: dict[str, Any], prefix: tuple[str, ...]) -> None:
        children = place.children
        for key, value in record.items():
            kind = type(value)
            inner = children.get(key)
            if inner is not None and inner.slot >= 0 and (kind is str or kind is Number):
                row[inner.slot] = value
            elif value is not None:
                self._fill_other(row, inner, value, (*prefix, key))

    def _fill_other(self, row: Cells, place: Field | None, value: Any, path: tuple[str, ...]) -> None:
        is_container = isinstance(value, (dict, list))
        if is_container and not value and (place is None or place.slot < 0):
            return  # nothing in it, and no column to say so
        if place is None:
            raise UnknownKeyError(path, value)
        if place.left_out or (place.is_table and isinstance(value, list)):
            return
        if self._flat and isinstance(value, dict) and value:
            self._fill(row, place, value, path)
        elif place.slot < 0 or (self._strict and _has_objects(value)):
            raise UnknownKeyError(path, value)
        else:
            row[place.slot] = _text(value)


def _text(value: Any) -> str:
    return json_text(value) if isinstance(value, (dict, list)) else scalar_text(value)


def _has_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


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
        return TextChunk(frame, self.rejects, full, start, end, self._original())

    def _original(self) -> Callable[[Sequence[int]], list[str]]:
        originals = self.originals
        return lambda indices: [readable_text(_text(originals[index])) for index in indices]

    def _frame(self, recipe: Recipe) -> pl.DataFrame:
        self._turn()
        names = [column.name for column in recipe.columns]
        try:
            return self._built(names)
        except UnicodeEncodeError:
            self._set_aside_half_characters()
            return self._built(names)

    def _built(self, names: Sequence[str]) -> pl.DataFrame:
        columns = [pl.Series(name, cells, pl.String) for name, cells in zip(names, self.columns, strict=True)]
        kinds = zip(POSITION_TYPES.items(), (self.rows, self.lines, self.units), strict=True)
        return pl.DataFrame(columns + [pl.Series(name, cells, kind) for (name, kind), cells in kinds])

    def _set_aside_half_characters(self) -> None:
        """Text that cannot be written as UTF-8: bytes that were no text, or one half of a surrogate pair."""
        bad = {i for column in self.columns for i, cell in enumerate(column) if cell is not None and not _is_text(cell)}
        for index in sorted(bad):
            place = (self.rows[index], self.lines[index], self.units[index])
            self.reject("not_text", place, text=_text(self.originals[index]))
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
