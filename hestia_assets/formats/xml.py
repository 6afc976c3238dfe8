"""XML documents (XML 1.0): an element that repeats is a record; elements and attributes in it are columns."""

import re
from collections.abc import Iterator
from typing import BinaryIO, ClassVar

import polars as pl
from pydantic import Field

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import (
    START,
    Inspection,
    LineAccount,
    Position,
    Reason,
    TableInFile,
    TextChunk,
)
from hestia_assets.core.specs import Column, Recipe, Spec, parse
from hestia_assets.formats._nested.gathered import Gathered, Ready
from hestia_assets.formats._xml.encoding import encoding_of
from hestia_assets.formats._xml.fault import INVALID, XmlFaultError
from hestia_assets.formats._xml.records import Alike, Collector, Record, jump_to
from hestia_assets.formats._xml.runs import Run
from hestia_assets.formats._xml.shape import Seen, XmlTable, best, look_into
from hestia_assets.formats._xml.wanted import Wanted

HTML = re.compile(rb"\s*+((?><!--.*?-->)\s*+)*+<(!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)
SHOWN = 64 * 1024
"""Bytes that are kept of the broken rest of a document."""


class XmlOptions(Spec):
    """Which element of an XML document is read as a record."""

    record_element: str = Field(
        default="", title="Records", description="The path of the element, such as /orders/order"
    )
    tables: tuple[str, ...] = Field(
        default=(), title="Tables", description="The paths of all elements that are records, of this table or another."
    )
    prefixes: dict[str, str] = Field(
        default_factory=dict, title="Prefixes", description="By namespace, where two use the same name in one place."
    )
    wide_names: bool = Field(
        default=False, title="Names in any letters", description="Names use letters that XML allows since 2008; slower."
    )


class XmlFormat:
    """Reads one table of an XML document, record by record; entities from elsewhere and bombs are refused."""

    suffixes: ClassVar[tuple[str, ...]] = (".xml", ".gpx", ".kml", ".rss")
    unit: ClassVar[str] = "record"
    options: ClassVar[type[Spec]] = XmlOptions

    def claim(self, head: bytes, *, file_name: str) -> Claim:
        """Sure where the first sign is ``<``; that it may be a web page is said by ``inspect``."""
        text = head.decode(encoding_of(head), "replace").removeprefix("\ufeff").lstrip()
        if text[:1] == "<":
            return Claim.SURE
        return Claim.NAMED if file_name.lower().endswith(self.suffixes) else Claim.NO

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Read the whole document: which elements repeat, and the columns of the best table.

        Raises:
            EmptyFileError: no bytes.
            UnreadableFileError: a web page; no XML, with line and column; or unsafe.
        """
        seen = _seen(source, file_name=file_name)
        chosen = best(seen.tables)
        options = {
            "record_element": chosen.path,
            "tables": [table.path for table in seen.tables],
            "prefixes": dict(seen.prefixes),
            **({"wide_names": True} if seen.wide else {}),
        }
        recipe = Recipe(format="xml", encoding=seen.encoding, options=options, columns=chosen.columns())
        others = f"; the file has {len(seen.tables):,} tables in all" if len(seen.tables) > 1 else ""
        reasons = (
            Reason("encoding", seen.encoding, "The document says so, or says nothing and is UTF-8."),
            Reason("records", chosen.path, f"{chosen.rows:,} records with {len(chosen.sources):,} columns{others}."),
        )
        listed = [TableInFile(n, {"options": {"record_element": t.path}}, t.rows) for n, t in _named(seen.tables)]
        return Inspection(recipe, reasons, tables=tuple(listed))

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns of the table that the options name.

        Raises:
            HeaderMismatchError: no such element repeats in the file.
            UnreadableFileError: no XML, with line and column; or unsafe.
        """
        path = parse(XmlOptions, recipe.options).record_element
        for table in _seen(source, file_name="The file").tables:
            if table.path == path:
                return table.columns()
        raise HeaderMismatchError(missing=[path], added=[])

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield the records of one table under ``recipe`` from ``start``.

        Yields:
            Chunks of about ``recipe.chunk_bytes``. Where the document breaks off, the rest is one reject.

        Raises:
            HeaderMismatchError: no record has any of the recipe's columns.
            UnreadableFileError: no XML from the first record on; or unsafe.
        """
        return _Reading(source, recipe, start).chunks()


def _seen(source: BinaryIO, *, file_name: str) -> Seen:
    source.seek(0)
    head = source.read(64 * 1024)
    if not head.strip():
        raise EmptyFileError(file_name)
    if HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        hint = "Save the table that you see in the browser as CSV or Excel, and import that file."
        raise UnreadableFileError(f"{file_name} is a web page (HTML), not a table.", hint=hint)
    try:
        return look_into(source)
    except XmlFaultError as fault:
        found = _seen_in_any_letters(source) if INVALID in fault.reason else None
        if found is None:
            raise fault.refusal() from fault
        return found


def _seen_in_any_letters(source: BinaryIO) -> Seen | None:
    """The document where its names alone were the fault: then reading it with more care finds none."""
    try:
        return look_into(source, wide=True)
    except XmlFaultError:
        return None


def _named(tables: tuple[XmlTable, ...]) -> Iterator[tuple[str, XmlTable]]:
    """Tables with a name for people: the element's own, with those above it where it is not the only one."""
    taken: set[str] = set()
    for table in tables:
        steps = table.path.split("/")[1:]
        candidates = [".".join(steps[-count:]) for count in range(1, len(steps) + 1)]
        name = next((candidate for candidate in candidates if candidate not in taken), table.path)
        taken.add(name)
        yield name, table


class _Reading:
    """One pass over a document: what was gathered so far, and where the chunk began."""

    def __init__(self, source: BinaryIO, recipe: Recipe, start: Position) -> None:
        options = parse(XmlOptions, recipe.options)
        path = options.record_element
        around = [table for table in options.tables if path.startswith(f"{table}/") and table.count("/") > 1]
        chain = [*sorted(around, key=len), path]
        self._wanted = Wanted(recipe, chain, options.tables, options.prefixes, wide=options.wide_names)
        jump = None if start == START else jump_to(source, self._wanted, start.offset, start.line)
        self._collector = Collector(source, self._wanted, jump, may_skip=jump is not None or start == START)
        self._names = [column.name for column in recipe.columns]
        self._recipe, self._first, self._start = recipe, start, start
        self._gathered, self._total = Gathered(self._wanted.width), 0
        self._last: Record | None = None
        self._row, self._end = start.row if jump else 1, start

    def chunks(self) -> Iterator[TextChunk]:
        """All chunks from the start; the last one, perhaps empty, tells how the document ends."""
        begun = self._first == START
        blocks = self._collector.blocks()
        try:
            for _ in blocks:
                yield from self._drain()
        except XmlFaultError as fault:
            yield from self._drain()
            self._broken(fault)
        if self._total or (begun and self._start == START):
            yield self._cut()

    def _drain(self) -> Iterator[TextChunk]:
        collector = self._collector
        done, collector.done = collector.done, []
        for outer in done:
            if isinstance(outer, Alike):
                yield from self._take_many(outer)
                continue
            self._take(outer)
            if outer.end - self._start.offset >= self._recipe.chunk_bytes and self._total:
                yield self._cut()
        if collector.kept > self._recipe.chunk_bytes + SHOWN * 1024:
            collector.forget(collector.parser.offset)

    def _take_many(self, alike: Alike) -> Iterator[TextChunk]:
        run = alike.run
        while len(run):
            part = run.until(self._start.offset + self._recipe.chunk_bytes - alike.block)
            self._rows(alike, part)
            if alike.block + int(run.pieces.ends[part.last - 1]) - self._start.offset >= self._recipe.chunk_bytes:
                yield self._cut()
            run = Run(run.pieces, part.last, run.last)

    def _rows(self, alike: Alike, part: Run) -> None:
        pieces, sources = part.pieces, part.sources()
        lines = pieces.breaks[part.first : part.last] - pieces.breaks[alike.run.first] + alike.line
        for template, at, cells in part.parts():
            slots = alike.slots[id(template)]
            found = {slot: cells[step] for step, slot in slots.items()}
            empty = pl.Series([], dtype=pl.String).extend_constant(None, len(at))
            frame = pl.DataFrame([found.get(slot, empty).alias(name) for slot, name in enumerate(self._names)])
            ready = Ready.of(frame, rows=at + self._row, lines=lines[at], texts=sources.gather(at))
            self._gathered.ready.append(ready)
        self._row, self._total = self._row + len(part), self._total + len(part)
        start, end = (alike.block + int(places[part.last - 1]) for places in (pieces.starts, pieces.ends))
        within = pieces.texts[part.last - 1].count("\n")
        self._last = Record(0, 0, start, [], end=end)
        self._end = Position(end, int(lines[-1]) + within, self._row)

    def _take(self, outer: Record) -> None:
        found = outer.records if len(self._wanted.chain) > 1 else [outer]
        if outer.start < self._first.offset:
            self._row += len(found)
            return
        for record in found:
            self._one(record)
        self._total += len(found)
        self._end, self._last = Position(outer.end, outer.last_line, self._row), outer

    def _one(self, record: Record) -> None:
        place = (self._row, record.line, 1)
        self._row += 1
        if record.problem is None:
            self._gathered.add(self._completed(record), place=place, original=(record.start, record.end))
            return
        rule, path, value = record.problem
        known = any(cell is not None for cell in record.cells)
        self._gathered.strangers += not known
        text = self._collector.source.record(record.start, record.end)
        self._gathered.reject(rule, place, text=text, key=path, value=value)

    def _completed(self, record: Record) -> list[str | None]:
        """The cells, with those that name the record around it."""
        wanted, parent = self._wanted, record.parent
        if parent is not None:
            if wanted.number >= 0:
                record.cells[wanted.number] = str(parent.number)
            for source, slot in wanted.parent_fields.items():
                record.cells[slot] = parent.values.get(source)
        return record.cells

    def _broken(self, fault: XmlFaultError) -> None:
        problem = fault.refusal()
        if self._row == 1:
            raise problem
        begun = self._collector.unfinished
        start = begun.start if begun else self._end.offset
        text = self._collector.source.text(start, start + SHOWN)
        shown = f" Its first {SHOWN:,} bytes are kept." if len(text) >= SHOWN else ""
        place = (self._row, begun.line if begun else fault.line, 1)
        message = f"{problem.message} What follows cannot be read.{shown}"
        self._gathered.reject("not_xml", place, text=text, message=message)
        self._row, self._total = self._row + 1, self._total + 1
        self._end, self._last = Position(self._collector.parser.offset, fault.line, self._row), None

    def _cut(self) -> TextChunk:
        source = self._collector.source
        if self._last is not None:  # found only now, where it is needed
            behind = source.behind(self._last.start, self._last.end)
            lines = source.text(self._end.offset, behind).count("\n")
            self._end, self._last = Position(behind, self._end.line + lines, self._row), None
        account = LineAccount(total=self._total)
        self._gathered.source_of = lambda span: source.record(*span)
        chunk = self._gathered.chunk(self._recipe, account, self._start, self._end)
        self._start, self._total, self._gathered = self._end, 0, Gathered(self._wanted.width)
        self._collector.forget(self._end.offset)
        return chunk


FORMAT = XmlFormat()
