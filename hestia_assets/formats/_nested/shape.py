"""Which fields nested records have, collected over a whole file, and the tables and columns that follow.

Rules: an object inside a record gives columns (``address.city``); a list that holds an object anywhere in the file is
a table of its own, whose rows know the number of the record they stand in; any other list is JSON text in a cell.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.specs import Column
from hestia_assets.formats._columns import column_name, text_columns
from hestia_assets.formats._nested.paths import ITSELF, PARENT, PARENT_FIELD, Segments, joined, table_path

MOST_FIELDS = 50_000
MOST_COLUMNS = 2_000
MOST_PATHS = 200_000
"""Different paths in a whole file; more are refused at once, so that memory stays bounded."""
HINT = "Check that this is the file you meant; its names may be values."
ID_NAMES = ("id", "_id", "@id", "uuid", "key", "code", "number", "no")


class Paths:
    """Counts the different paths of a file."""

    def __init__(self) -> None:
        self._count = 0

    def add(self) -> None:
        """One more. Raises UnreadableFileError when they are too many."""
        self._count += 1
        if self._count > MOST_PATHS:
            raise UnreadableFileError(f"The file has more than {MOST_PATHS:,} different fields.", hint=HINT)


class Shape:
    """What was seen at one path: values, fields of objects, elements of lists."""

    __slots__ = ("_paths", "children", "elements", "items", "plain", "scalar")

    def __init__(self, paths: "Paths | None" = None) -> None:
        self._paths = paths or Paths()
        self.children: dict[str, Shape] = {}
        self.items: Shape | None = None
        self.elements = 0
        self.scalar = self.plain = False

    def add(self, value: Any) -> None:
        """Take a value into account."""
        kind = type(value)
        if kind is dict:
            children = self.children
            for key, item in value.items():
                child = children.get(key)
                if child is None:
                    child = self.child(key)
                if type(item) is dict or type(item) is list or item is None:
                    child.add(item)
                else:
                    child.scalar = True
        elif kind is list:
            for item in value:
                self.add_element(item)
        elif value is not None:
            self.scalar = True

    def add_element(self, value: Any) -> None:
        """Take an element of a list into account."""
        self.elements += 1
        if type(value) is dict:
            if self.items is None:
                self.items = Shape(self._paths)
            self.items.add(value)
        else:
            self.plain = True

    def child(self, key: str) -> "Shape":
        """What was seen in a field."""
        found = self.children.get(key)
        if found is None:
            self._paths.add()
            found = self.children[key] = Shape(self._paths)
        return found

    @property
    def has_value(self) -> bool:
        """Whether cells are needed for it: values, plain lists, or nothing but null and empty containers."""
        return self.scalar or (self.plain and self.items is None) or not (self.children or self.items)


@dataclass(frozen=True)
class NestedTable:
    """A table of a file: where its records are, how many there are, the sources of its columns."""

    segments: Segments
    sources: tuple[str, ...]
    rows: int
    score: int
    parent_name: str = ""
    inner: tuple["NestedTable", ...] = field(default=())

    @property
    def path(self) -> str:
        """As it stands in a recipe."""
        return table_path(self.segments)

    def columns(self) -> tuple[Column, ...]:
        """The columns, all text."""
        return named_columns(self.sources, parent_name=self.parent_name)


def named_columns(sources: Sequence[str], *, parent_name: str) -> tuple[Column, ...]:
    """Columns for paths inside records, all text; null is null and the empty text a value."""
    shown = [_without_numerals(_shown(source, parent_name)) for source in sources]
    named = text_columns(shown, null_words=())
    return tuple(column.model_copy(update={"source": source}) for column, source in zip(named, sources, strict=True))


def _shown(source: str, parent_name: str) -> str:
    """The words from which a column gets its name."""
    if source == PARENT:
        return f"{parent_name}_number"
    if source.startswith(PARENT_FIELD):
        return f"{parent_name}_{source.removeprefix(PARENT_FIELD).lstrip('@')}"
    return "value" if source == ITSELF else source


def _without_numerals(text: str) -> str:
    """A name holds letters and digits; the numerals of old scripts are neither, though Python takes them for such."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join("_" if unicodedata.category(sign) == "No" else sign for sign in plain)


def tables_of(shape: Shape, *, rows: int, single: bool, nested: str) -> tuple[NestedTable, ...]:
    """The table of the records and all tables inside it, parents first.

    ``shape`` is of the records, ``single``: the one record is the document, so that its lists need no parent key.
    """
    maker = _TableMaker(nested)
    table = maker.table(shape, (), rows=rows, keys=(), parent_name="")
    keys = () if single else (PARENT, *_ids(shape))
    return (table, *maker.inner(shape, (), keys=keys, parent_name="record"))


@dataclass(frozen=True)
class _TableMaker:
    nested: str

    def table(
        self, shape: Shape, segments: Segments, *, rows: int, keys: tuple[str, ...], parent_name: str
    ) -> NestedTable:
        own = tuple(self._sources(shape, ""))
        tables = bool(_lists(shape, ()))
        if shape.scalar or shape.plain or not (own or (tables and self.nested == "columns")):
            own = (*own, ITSELF)
        if len(own) > MOST_FIELDS:
            raise UnreadableFileError(f"The records have {len(own):,} different fields.", hint=HINT)
        return NestedTable(segments, (*keys, *own), rows, rows * len(own) if rows > 1 else 0, parent_name)

    def inner(
        self, shape: Shape, segments: Segments, *, keys: tuple[str, ...], parent_name: str
    ) -> Iterator[NestedTable]:
        """The tables in the lists of a table's records."""
        if self.nested == "json":
            return
        for names, found in _lists(shape, ()):
            items = found.items
            assert items is not None, "a list that is a table holds objects"
            items.plain = found.plain
            path = (*segments, names)
            yield self.table(items, path, rows=found.elements, keys=keys, parent_name=parent_name)
            name = column_name(names[-1], len(path))
            yield from self.inner(items, path, keys=(PARENT, *_ids(items)), parent_name=name)

    def _sources(self, shape: Shape, prefix: str) -> Iterator[str]:
        for name, child in shape.children.items():
            path = joined(prefix, name)
            if child.has_value or self.nested == "json":
                yield path
            if self.nested == "columns":
                yield from self._sources(child, path)


def _lists(shape: Shape, names: tuple[str, ...]) -> list[tuple[tuple[str, ...], Shape]]:
    """The lists of objects in a record, down through its objects."""
    found: list[tuple[tuple[str, ...], Shape]] = []
    for name, child in shape.children.items():
        below = (*names, name)
        found += [(below, child)] if child.items is not None else []
        found += _lists(child, below)
    return found


def _ids(shape: Shape) -> tuple[str, ...]:
    """Fields by which people know a record: they go along into its child tables."""
    fields = ((name, child) for name, child in shape.children.items() if name.lower() in ID_NAMES)
    return tuple(f"{PARENT_FIELD}{joined('', name)}" for name, child in fields if child.scalar)


def best(tables: tuple[NestedTable, ...]) -> NestedTable:
    """The table most worth having: repeated records, most values; the records themselves where nothing repeats."""
    outer = [table for table in tables if not table.segments]
    if outer and outer[0].rows > 1:
        return outer[0]
    return max(tables, key=lambda table: (table.score, -len(table.segments)))
