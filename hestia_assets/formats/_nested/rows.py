"""Nested records → rows of text under a recipe's columns; what the recipe does not know sets the record aside."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from hestia_assets.core.specs import Recipe
from hestia_assets.formats._json.alike import Slots
from hestia_assets.formats._json.template import Outline, Template
from hestia_assets.formats._json.values import Number, scalar_text
from hestia_assets.formats._nested.gathered import Cells, Gathered, cell_text
from hestia_assets.formats._nested.paths import ITSELF, PARENT, PARENT_FIELD, Segments, joined, names_of, segments_of


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

    def slots(self, template: Template) -> Slots | None:
        """Where the values of a template's records go; None where such records take more care."""
        found: Slots = {}
        plain = self._number < 0 and not self._parent_fields
        return found if plain and self._find(self._root, template.outline, (), found) else None

    def _find(self, place: Field, outline: Outline, path: tuple[str, ...], found: Slots) -> bool:
        for key, inner in outline.children.items():
            below = place.children.get(key)
            if below is None or (below.left_out and (below.slot >= 0 or inner.children)):
                return False
            if (inner.has_text or inner.has_literal) and not below.left_out:
                if below.slot < 0:
                    return False
                found[(*path, key)] = below.slot
            if inner.children and not (self._flat and self._find(below, inner, (*path, key), found)):
                return False
        return True

    def add_to(
        self, gathered: Gathered, record: Any, *, place: tuple[int, int, int], original: Any, number: int, parent: Any
    ) -> None:
        """One record as a row, or as a reject where the recipe has no place for a value."""
        try:
            cells = self.cells(record, number=number, parent=parent)
        except UnknownKeyError as error:
            gathered.strangers += not self.knows(record)
            text, value = cell_text(original), cell_text(error.value)
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
            row[self._itself] = None if record is None else cell_text(record)
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
            row[place.slot] = cell_text(value)


def _has_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)
