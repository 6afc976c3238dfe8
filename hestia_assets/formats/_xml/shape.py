"""Which elements repeat in a document, and the tables and columns that follow.

Rules: an element that stands twice in the same element anywhere in the file is a record of its own table; any other
is a column of the record it stands in (``address.city``), and so are attributes (``@id``, ``address.@type``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.specs import Column
from hestia_assets.formats._columns import column_name
from hestia_assets.formats._nested.paths import ITSELF, PARENT, PARENT_FIELD, joined
from hestia_assets.formats._nested.shape import ID_NAMES, MOST_FIELDS, named_columns
from hestia_assets.formats._xml.names import Expanded, Scope, Scopes, is_declaration, plain_name
from hestia_assets.formats._xml.parse import Parser
from hestia_assets.formats._xml.runs import Run, Runs
from hestia_assets.formats._xml.template import Form


class Element:
    """What was seen of an element at one path."""

    __slots__ = ("attributes", "by_name", "children", "last", "repeats", "rows", "scope", "seen", "text")

    def __init__(self) -> None:
        self.scope: Scope | None = None
        self.by_name: dict[str, Element] = {}
        self.seen: set[str] = set()
        self.children: dict[Expanded, Element] = {}
        self.attributes: dict[Expanded, None] = {}
        self.rows, self.last = 0, -1
        self.repeats = self.text = False


@dataclass(frozen=True)
class XmlTable:
    """A table of a document: the path of its element, how many there are, the sources of its columns."""

    path: str
    sources: tuple[str, ...]
    rows: int
    parent_name: str

    @property
    def score(self) -> int:
        """How many values it may hold, if it is more than one record."""
        return self.rows * len(self.sources) if self.rows > 1 else 0

    def columns(self) -> tuple[Column, ...]:
        """The columns, all text."""
        return named_columns(self.sources, parent_name=self.parent_name)


@dataclass(frozen=True)
class Seen:
    """A whole document: its tables, and the prefixes of namespaces whose names clash."""

    tables: tuple[XmlTable, ...]
    prefixes: Mapping[str, str]
    encoding: str
    wide: bool = False
    """Its names are in letters that need more care."""


class _Look:
    """Handlers that collect what there is."""

    def __init__(self, source: BinaryIO, *, wide: bool) -> None:
        self.document = Element()
        self.parser = Parser(source, start=self._start, end=self._end, ahead=self, wide=wide)
        self._runs, self._tag = Runs(cells=False), ""
        self._scopes = Scopes()
        self._stack = [(self.document, 0)]
        self._serial = self._fields = 0

    def runs(self, block: bytes) -> list[Run]:
        """What may be records of the outermost element that repeats."""
        elements = [element for element, _ in self._stack]
        pairs = [*pairwise(elements), *((elements[-1], child) for child in elements[-1].children.values())]
        container, record = next((pair for pair in pairs if pair[1].repeats), (None, None))
        if container is not None:
            self._tag = next((raw for raw, found in container.by_name.items() if found is record), self._tag)
        return self._runs.of(block, self._tag) if self._tag else []

    def take(self, run: Run) -> bool:
        """Whether the run brings nothing new but rows."""
        container, serial = self._stack[-1]
        scope = self._scopes.now
        record = container.children.get(scope.expanded(self._tag, default=True))
        parts = [(template.form, len(indices)) for template, indices, _ in run.parts()]
        if record is None or not all(_is_known(record, form, scope) for form, _ in parts):
            return False
        record.repeats, record.last = True, serial
        for form, rows in parts:
            _count_rows(record, form, scope, rows)
        return True

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        stack = self._stack
        if attributes:
            self._scopes.enter(attributes, len(stack))
        parent, serial = stack[-1]
        if parent.scope is not self._scopes.now:
            parent.scope = self._scopes.now
            parent.by_name.clear()
        element = parent.by_name.get(name) or self._child(parent, name)
        if element.last == serial:
            element.repeats = True
        element.last = serial
        element.rows += 1
        self._serial += 1
        stack.append((element, self._serial))
        if attributes and not element.seen.issuperset(attributes):
            self._see(element, attributes)

    def _child(self, parent: Element, name: str) -> Element:
        key = self._scopes.now.expanded(name, default=True)
        if key not in parent.children:
            self._count()
        element = parent.by_name[name] = parent.children.setdefault(key, Element())
        return element

    def _see(self, element: Element, attributes: Mapping[str, str]) -> None:
        for attribute in attributes:
            expanded = self._scopes.now.expanded(attribute, default=False)
            if expanded not in element.attributes and not is_declaration(attribute):
                element.attributes[expanded] = None
                self._count()
        if not any(":" in name for name in attributes):  # a prefix may mean another namespace next time
            element.seen.update(attributes)

    def _end(self, text: str | None) -> None:
        element, _ = self._stack.pop()
        self._scopes.leave(len(self._stack))
        if text is not None:
            element.text = True

    def _count(self) -> None:
        self._fields += 1
        if self._fields > MOST_FIELDS:
            hint = "Check that this is the file you meant; its names may be values."
            raise UnreadableFileError(f"The file has more than {MOST_FIELDS:,} different elements.", hint=hint)


def _is_known(element: Element, form: Form, scope: Scope) -> bool:
    """Whether all that a form has was met before."""
    if not form.children and (form.has_text or not form.attributes) and not element.text:
        return False
    if any(scope.expanded(name, default=False) not in element.attributes for name in form.attributes):
        return False
    inner = [(element.children.get(scope.expanded(child.name, default=True)), child) for child in form.children]
    return all(found is not None and _is_known(found, child, scope) for found, child in inner)


def _count_rows(element: Element, form: Form, scope: Scope, rows: int) -> None:
    element.rows += rows
    for child in form.children:
        _count_rows(element.children[scope.expanded(child.name, default=True)], child, scope, rows)


def look_into(source: BinaryIO, *, wide: bool = False) -> Seen:
    """Read a document to its end; ``wide``: names may be in any letters. Raises XmlFaultError, UnreadableFileError."""
    look = _Look(source, wide=wide)
    for _ in look.parser.blocks():
        pass
    prefixes = _prefixes(look.document)
    ((name, root),) = look.document.children.items()
    maker = _Maker(prefixes)
    tables = list(maker.tables(root, f"/{plain_name(name, prefixes)}", keys=(), parent_name=""))
    filled = [table for table in tables if any(not source.startswith(PARENT) for source in table.sources)]
    empty = XmlTable(tables[0].path, (ITSELF,), 1, "")
    return Seen(tuple(filled or [empty]), prefixes, look.parser.encoding, wide)


@dataclass(frozen=True)
class _Maker:
    prefixes: Mapping[str, str]

    def tables(self, element: Element, path: str, *, keys: tuple[str, ...], parent_name: str) -> Iterator[XmlTable]:
        """The table of an element and those inside it."""
        yield XmlTable(path, (*keys, *self._sources(element, "")), element.rows, parent_name)
        is_root = path.count("/") == 1
        ids = tuple(f"{PARENT_FIELD}{name}" for name in self._ids(element))
        inner_keys = () if is_root else (PARENT, *ids)
        name = column_name(path.rpartition("/")[2].rpartition(":")[2], 1)
        for inner, inner_path in self._repeating(element, path):
            yield from self.tables(inner, inner_path, keys=inner_keys, parent_name=name)

    def _repeating(self, element: Element, path: str) -> Iterator[tuple[Element, str]]:
        for name, child in element.children.items():
            below = f"{path}/{plain_name(name, self.prefixes)}"
            if child.repeats:
                yield child, below
            else:
                yield from self._repeating(child, below)

    def _sources(self, element: Element, prefix: str) -> Iterator[str]:
        for attribute in element.attributes:
            yield joined(prefix, f"@{plain_name(attribute, self.prefixes)}")
        if element.text:
            yield prefix or ITSELF
        for name, child in element.children.items():
            if not child.repeats:
                yield from self._sources(child, joined(prefix, plain_name(name, self.prefixes)))

    def _ids(self, element: Element) -> Iterator[str]:
        for attribute in element.attributes:
            if f"@{attribute.local.lower()}" in ID_NAMES or attribute.local.lower() in ID_NAMES:
                yield joined("", f"@{plain_name(attribute, self.prefixes)}")
        for name, child in element.children.items():
            if name.local.lower() in ID_NAMES and child.text and not child.repeats:
                yield joined("", plain_name(name, self.prefixes))


def _prefixes(document: Element) -> dict[str, str]:
    """Namespaces that need a prefix: another one uses the same local name in the same place."""
    found: dict[str, str] = {}
    waiting = [document]
    while waiting:
        element = waiting.pop()
        for names in (list(element.children), list(element.attributes)):
            _clashes(names, found)
        waiting += element.children.values()
    return found


def _clashes(names: Sequence[Expanded], found: dict[str, str]) -> None:
    first: dict[str, Expanded] = {}
    for name in names:
        owner = first.setdefault(name.local, name)
        later = name if name.uri else owner  # names without a namespace stay as they are
        if owner.uri != name.uri and later.uri not in found:
            wanted = later.prefix or f"ns{len(found) + 1}"
            found[later.uri] = wanted if wanted not in found.values() else f"{wanted}{len(found) + 1}"


def best(tables: Sequence[XmlTable]) -> XmlTable:
    """The table most worth having: repeated records with most values."""
    return max(tables, key=lambda table: (table.score, -table.path.count("/")))
