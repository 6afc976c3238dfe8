"""JSON documents (RFC 8259): a list of records, or an object with lists of records in it, at any depth."""

from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from hestia_assets.core.ports import Claim
from hestia_assets.core.results import START, Inspection, LineAccount, Position, TextChunk
from hestia_assets.core.specs import Column, Recipe, Spec, parse
from hestia_assets.formats._json.alike import Templates
from hestia_assets.formats._json.claim import Layout, layout
from hestia_assets.formats._json.inspect import NestedOptions, columns_of, inspected, look_into, refusal
from hestia_assets.formats._json.records import Document, Outer
from hestia_assets.formats._json.runs import Run, Runs
from hestia_assets.formats._json.values import FaultError
from hestia_assets.formats._nested.gathered import Gathered, Ready
from hestia_assets.formats._nested.paths import segments_of
from hestia_assets.formats._nested.rows import RowMaker

SHOWN = 64 * 1024
"""Characters that are kept of the broken rest of a document."""
CLAIMS = {Layout.DOCUMENT: Claim.SURE, Layout.EITHER: Claim.NAMED, Layout.LINES: Claim.NO}


class JsonFormat:
    """Reads one table of a JSON document, record by record; numbers stay as they are written."""

    suffixes: ClassVar[tuple[str, ...]] = (".json", ".geojson")
    unit: ClassVar[str] = "record"
    options: ClassVar[type[Spec]] = NestedOptions

    def claim(self, head: bytes, *, file_name: str) -> Claim:
        """Sure where it begins as a list or object does; a scalar only by its name."""
        named = Claim.NAMED if file_name.lower().endswith(self.suffixes) else Claim.NO
        return CLAIMS.get(layout(head, file_name=file_name), named)

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Read the whole document: its tables, the columns of the best one.

        Raises:
            EmptyFileError: nothing but space.
            UnreadableFileError: it is no JSON, with line and column.
        """
        return inspected(source, look_into, format_name="json", file_name=file_name)

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns of the table that the options name.

        Raises:
            HeaderMismatchError: there is no such table in the file.
            UnreadableFileError: it is no JSON, with line and column.
        """
        return columns_of(source, recipe, look_into)

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield the records of one table under ``recipe`` from ``start``.

        Yields:
            Chunks of about ``recipe.chunk_bytes``. Where the document breaks off, the rest is one reject.

        Raises:
            HeaderMismatchError: no record has any of the recipe's columns.
            UnreadableFileError: it is no JSON from the first record on.
        """
        return _Reading(source, recipe, start).chunks()


class _Reading:
    """One pass over a document: what was gathered so far, and where the chunk began."""

    def __init__(self, source: BinaryIO, recipe: Recipe, start: Position) -> None:
        options = parse(NestedOptions, recipe.options)
        segments = segments_of(options.record_path)
        self._recipe, self._first = recipe, start
        self._maker = RowMaker(recipe, segments, flat=options.flat, lists=options.lists)
        self._names = [column.name for column in recipe.columns]
        runs = Runs(Templates(self._maker.slots), self._names)
        self._document = Document(source, recipe.encoding, segments, options.lists or (), runs)
        self._start, self._total = start, 0
        self._gathered = Gathered(len(self._recipe.columns))
        self._row = start.row if self._document.jumps(start) else 1

    def chunks(self) -> Iterator[TextChunk]:
        """All chunks from the start; the last one, perhaps empty, tells how the document ends."""
        fault: FaultError | None = None
        begun = self._first == START
        outers = self._document.outers(self._first)
        while True:
            self._document.stop = self._start.offset + self._recipe.chunk_bytes
            try:
                outer = next(outers, None)
            except (FaultError, RecursionError) as error:
                fault = error if isinstance(error, FaultError) else self._document.cursor.fault("nested too deeply")
                break
            if outer is None:
                break
            self._take(outer)
            if self._document.cursor.offset - self._start.offset >= self._recipe.chunk_bytes and self._total:
                yield self._cut()
        if fault is not None:
            self._broken(fault)
        if self._total or (begun and self._start == START):
            yield self._cut()

    def _take_run(self, run: Run) -> None:
        texts, lines = run.texts(), run.lines()
        for cells, at in run.frames():
            ready = Ready.of(cells, rows=at + self._row, lines=lines[at], texts=texts.gather(at))
            self._gathered.ready.append(ready)
        self._row, self._total = self._row + len(run), self._total + len(run)

    def _take(self, outer: Outer | Run) -> None:
        if isinstance(outer, Run):
            self._take_run(outer)
            return
        found = list(self._document.nesting.records(outer.value))
        before = self._document.cursor.offset <= self._first.offset and self._first != START
        if before:  # a child table cannot be entered in the middle: what was read before is passed by
            self._row += 1 if outer.repeated else len(found)
            return
        if outer.repeated is not None:
            place = (self._row, outer.line, 1)
            self._gathered.reject("duplicate_key", place, text=outer.original, key=outer.repeated)
            self._row, self._total = self._row + 1, self._total + 1
            return
        is_whole = not self._document.nesting.segments
        for record in found:
            place = (self._row, outer.line, 1)
            original = outer.text if is_whole and outer.text is not None else record.value
            self._maker.add_to(
                self._gathered, record.value, place=place, original=original, number=record.number, parent=record.parent
            )
            self._row += 1
        self._total += len(found)

    def _broken(self, fault: FaultError) -> None:
        cursor = self._document.cursor
        line = cursor.line()
        problem = refusal(cursor, fault)
        if self._row == 1:
            raise problem
        rest = cursor.rest(SHOWN)
        shown = f" Its first {SHOWN:,} characters are kept." if len(rest) == SHOWN else ""
        message = f"{problem.message} What follows cannot be read.{shown}"
        self._gathered.reject("not_json", (self._row, line, 1), text=rest, message=message)
        self._row, self._total = self._row + 1, self._total + 1

    def _cut(self) -> TextChunk:
        cursor = self._document.cursor
        end = Position(cursor.offset, cursor.line(), self._row)
        chunk = self._gathered.chunk(self._recipe, LineAccount(total=self._total), self._start, end)
        self._start, self._total, self._gathered = end, 0, Gathered(len(self._recipe.columns))
        return chunk


FORMAT = JsonFormat()
