"""The records of one table in an XML document, as they go by: cells, places, source text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from hestia_assets.formats._nested.paths import ITSELF, joined
from hestia_assets.formats._xml.fault import XmlFaultError
from hestia_assets.formats._xml.names import Scopes, is_declaration, plain_name
from hestia_assets.formats._xml.parse import Jump, Parser
from hestia_assets.formats._xml.runs import Run, Runs
from hestia_assets.formats._xml.template import Step
from hestia_assets.formats._xml.wanted import INSIDE, OUTSIDE, RECORD, Node, Wanted

TAG = re.compile(r"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
RECORD_LIMIT = 64 * 1024 * 1024


@dataclass
class Record:
    """A record of the table, or one that such records stand in: what is known of it."""

    number: int
    line: int
    start: int
    cells: list[str | None]
    values: dict[str, str] = field(default_factory=dict)
    parent: "Record | None" = None
    records: list["Record"] = field(default_factory=list)
    end: int = 0
    last_line: int = 0
    problem: tuple[str, str, str] | None = None
    """Rule, path, value."""


@dataclass(frozen=True)
class Alike:
    """Many records that were taken at once: where their block begins in the document, the line of the first."""

    run: Run
    block: int
    line: int
    slots: dict[int, dict[Step, int]]
    """By template, where the texts of its elements go."""


@dataclass(frozen=True, slots=True)
class Source:
    """A stretch of the document's bytes, the first of which is number ``start``."""

    data: bytes
    start: int
    encoding: str

    def text(self, start: int, end: int) -> str:
        """What stands between two byte offsets; nothing where it was too much to keep."""
        first = start - self.start
        return self.data[first : end - self.start].decode(self.encoding, "replace") if first >= 0 else ""

    def record(self, start: int, end: int) -> str:
        """The source of a record, its last tag with it."""
        return self.text(start, self.behind(start, end))

    def behind(self, start: int, end: int) -> int:
        """The byte behind a record; expat ends there already where its only tag is ``<r/>``, else before ``</r>``."""
        source = self.text(start, end)
        tag = TAG.match(source) if source.endswith("/>") else None
        if tag is not None and tag.end() == len(source):
            return end
        mark = ">".encode(self.encoding)
        return self.data.find(mark, max(0, end - self.start)) + len(mark) + self.start


class Collector:
    """Reads a document and collects the records of one table; those of one outermost record come together."""

    def __init__(self, source: BinaryIO, wanted: Wanted, jump: Jump | None = None, *, may_skip: bool = False) -> None:
        self.parser = Parser(source, start=self._start, end=self._end, jump=jump, ahead=self, wide=wanted.wide)
        self.done: list[Record | Alike] = []
        self._runs, self._tag = Runs(cells=True), ""
        self._may_skip = may_skip and len(wanted.chain) == 1
        self._wanted = wanted
        self._scopes = Scopes()
        self._stack = [Node("", "", OUTSIDE, -1)]
        self._records: list[Record] = []
        self._numbers = [0] * len(wanted.chain)
        self._last = len(wanted.chain) - 1
        self._characters = 0
        self._text, self._text_start = b"", jump.offset if jump else 0

    def blocks(self) -> Iterator[None]:
        """Read on, block by block; ``done`` fills. Raises XmlFaultError."""
        try:
            for block in self.parser.blocks():
                self._text += block
                yield
        except XmlFaultError:
            self._text += self.parser.present
            raise

    def runs(self, block: bytes) -> list[Run]:
        """What may be records of the table, once the first of them was met."""
        return self._runs.of(block, self._tag) if self._tag else []

    def take(self, run: Run) -> bool:
        """Whether the run's records are records here."""
        node = self._stack[-1]
        path = self._wanted.chain[0]
        if self._records or node.kind != OUTSIDE or f"{node.path}/" != path[: len(node.path) + 1]:
            return False
        scope = self._scopes.now
        inner = self._wanted.node(node, self._wanted.plain(scope, self._tag, default=True))
        if inner.path != path:
            return False
        slots = {id(form): self._wanted.slots(form.form, scope, inner) for form, _, _ in run.parts()}
        known = {form: found for form, found in slots.items() if found is not None}
        if len(known) < len(slots):
            return False
        self._numbers[0] += len(run)
        self.done.append(Alike(run, self.parser.offset - run.start, self.parser.line, known))
        return True

    @property
    def source(self) -> "Source":
        """The source text that is kept."""
        return Source(self._text, self._text_start, self.parser.text_encoding)

    def forget(self, offset: int) -> None:
        """The source text before an offset is not needed any more."""
        self._text = self._text[max(0, offset - self._text_start) :]
        self._text_start = max(self._text_start, offset)

    @property
    def kept(self) -> int:
        """Bytes of source text that are held."""
        return len(self._text)

    @property
    def unfinished(self) -> Record | None:
        """The outermost record that has begun and not ended."""
        return self._records[0] if self._records else None

    def _start(self, raw: str, attributes: Mapping[str, str]) -> None:
        stack, scopes = self._stack, self._scopes
        if attributes:
            scopes.enter(attributes, len(stack))
        scope = scopes.now
        name = scope.elements.get(raw)
        if name is None:
            expanded = scope.expanded(raw, default=True)
            name = scope.elements[raw] = plain_name(expanded, self._wanted.prefixes)
        node = stack[-1].children.get(name)
        if node is None:
            node = stack[-1].children[name] = self._wanted.node(stack[-1], name)
        stack.append(node)
        if node.kind == RECORD:
            if self._may_skip:
                self._tag = raw
            self._begin(node.level)
        if attributes and node.kind in (INSIDE, RECORD):
            for attribute, value in attributes.items():
                self._attribute(node, attribute, value)

    def _begin(self, level: int) -> None:
        parser = self.parser
        self._numbers[level] += 1
        parent = self._records[-1] if self._records else None
        cells: list[str | None] = [None] * self._wanted.width if level == self._last else []
        record = Record(self._numbers[level], parser.line, parser.offset, cells, parent=parent)
        if level == self._last and self._records:
            self._records[0].records.append(record)
        self._records.append(record)

    def _attribute(self, node: Node, raw: str, value: str) -> None:
        scope = self._scopes.now
        name = scope.attributes.get(raw)
        if name is None:
            plain = (
                ""
                if is_declaration(raw)
                else f"@{plain_name(scope.expanded(raw, default=False), self._wanted.prefixes)}"
            )
            name = scope.attributes[raw] = plain
        if name:
            inner = node.children.get(name)
            if inner is None:
                inner = node.children[name] = Node("", joined(node.source, name), INSIDE, node.level)
            self._value(inner, inner.source, value)

    def _end(self, text: str | None) -> None:
        node = self._stack.pop()
        self._scopes.leave(len(self._stack))
        if text is not None and node.kind in (INSIDE, RECORD):
            self._value(node, node.source or ITSELF, text)
        if node.kind == RECORD:
            self._finish()

    def _value(self, node: Node, source: str, text: str) -> None:
        record = self._records[-1]
        self._characters += len(text)
        if self._characters > RECORD_LIMIT:
            raise self.parser.fault(f"one record is larger than {RECORD_LIMIT // 1024 // 1024} MiB")
        if node.level != self._last:
            if source in self._wanted.parent_fields:
                record.values[source] = text
            return
        if node.slot is None:
            node.slot = self._wanted.slots_by_source.get(source, -1)
        if node.slot < 0:
            if text.strip() and source not in self._wanted.ignored and record.problem is None:
                record.problem = ("unknown_key", source, text)
        elif record.cells[node.slot] is not None:
            record.problem = record.problem or ("repeated_element", source, text)
        else:
            record.cells[node.slot] = text

    def _finish(self) -> None:
        record = self._records.pop()
        record.end, record.last_line = self.parser.offset, self.parser.line
        if not self._records:
            self._characters = 0
            self.done.append(record)


def jump_to(source: BinaryIO, wanted: Wanted, offset: int, line: int) -> Jump | None:
    """How to begin in the middle: behind the tags around the first record. None where that cannot be."""
    if wanted.wide or len(wanted.chain) > 1 or wanted.chain[0].count("/") < 2:
        return None
    look = Collector(source, wanted)
    for _ in look.blocks():
        first = look.done[0] if look.done else look.unfinished
        if isinstance(first, Record):
            plain = look.parser.encoding in ("utf-8", "ascii", "cp1252") or look.parser.encoding.startswith("iso8859")
            return Jump(first.start, offset, line) if plain and first.start < offset else None
    return None
