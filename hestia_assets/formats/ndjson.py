"""Newline-delimited JSON (jsonlines.org): one object per line. A line that is none costs only itself."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, ClassVar

import numpy as np

from hestia_assets.core.errors import EmptyFileError, UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import START, Inspection, LineAccount, Position, TextChunk
from hestia_assets.core.specs import Column, Recipe, Spec, parse
from hestia_assets.formats._json.alike import SAMPLE, Indices, Templates
from hestia_assets.formats._json.claim import LINES_SUFFIXES, Layout, layout
from hestia_assets.formats._json.inspect import Look, NestedOptions, columns_of, inspected
from hestia_assets.formats._json.lines import SPACE, Lines
from hestia_assets.formats._json.records import Nesting
from hestia_assets.formats._json.values import RECORD_LIMIT, ExactDecoder, FaultError
from hestia_assets.formats._nested.gathered import Gathered, Ready
from hestia_assets.formats._nested.paths import segments_of
from hestia_assets.formats._nested.rows import RowMaker
from hestia_assets.formats._nested.shape import Shape, tables_of
from hestia_assets.formats._text.source import blocks

LOOK_BYTES = 8 * 1024 * 1024
CLAIMS = {Layout.LINES: Claim.SURE, Layout.EITHER: Claim.NAMED}


class NdjsonFormat:
    """Reads one table of JSON lines; numbers stay as they are written."""

    suffixes: ClassVar[tuple[str, ...]] = LINES_SUFFIXES
    unit: ClassVar[str] = "line"
    options: ClassVar[type[Spec]] = NestedOptions

    def claim(self, head: bytes, *, file_name: str) -> Claim:
        """Sure where a line is a whole object and another line follows it."""
        named = Claim.NAMED if file_name.lower().endswith(self.suffixes) else Claim.NO
        return CLAIMS.get(layout(head, file_name=file_name), named)

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Read the whole file, so that a key of the last line has its column.

        Raises:
            EmptyFileError: nothing but blank lines.
            UnreadableFileError: no line is an object.
        """
        return inspected(source, _look_into, format_name="ndjson", file_name=file_name)

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns of the table that the options name.

        Raises:
            HeaderMismatchError: there is no such table in the file.
            UnreadableFileError: no line is an object.
        """
        return columns_of(source, recipe, _look_into)

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield the records of one table under ``recipe`` from ``start``.

        A line with several records of a child table counts with the first of them; one without any is skipped.

        Raises:
            HeaderMismatchError: no line at the start has any of the recipe's columns.
            UnreadableFileError: a line is larger than a record may be.
        """
        options = parse(NestedOptions, recipe.options)
        segments = segments_of(options.record_path)
        maker = RowMaker(recipe, segments, flat=options.flat, lists=options.lists)
        lines = _Lines(maker, [column.name for column in recipe.columns], Nesting(segments), start)
        if start != START and segments:
            lines.nesting = _counted(source, recipe, segments, start)
        position = start
        for data in _stretches(source, recipe.encoding, offset=start.offset, size=recipe.chunk_bytes):
            lines.gathered = Gathered(len(recipe.columns))
            account = lines.take(data)
            end = Position(position.offset + len(data), lines.line, lines.row)
            yield lines.gathered.chunk(recipe, account, position, end)
            position = end


def _stretches(source: BinaryIO, encoding: str, *, offset: int, size: int) -> Iterator[bytes]:
    """Whole lines, about ``size`` bytes of them at a time."""
    held: list[bytes] = []
    length, wanted = 0, size
    for block, final in blocks(source, encoding, offset=offset, size=max(size // 4, 1024)):
        held.append(block)
        length += len(block)
        if length < wanted and not final:
            continue
        data = b"".join(held)
        if final and length > RECORD_LIMIT and max(map(len, data.split(b"\n"))) > RECORD_LIMIT:
            raise _too_long()
        cut = len(data) if final else data.rfind(b"\n") + 1
        if cut:
            yield data[:cut]
        held, length = [data[cut:]], len(data) - cut
        wanted = max(size, 2 * length)  # a long line is joined again and again, but no more than twice in all
        if length > RECORD_LIMIT:
            raise _too_long()


def _too_long() -> UnreadableFileError:
    limit = f"{RECORD_LIMIT // 1024 // 1024} MiB"
    return UnreadableFileError(f"A line is longer than {limit}.", hint="Check that each record has its own line.")


class _Lines:
    """Decodes lines, many alike at a time and the others one after another; keeps count of lines and records."""

    def __init__(self, maker: RowMaker, names: Sequence[str], nesting: Nesting, start: Position) -> None:
        self.nesting, self.gathered = nesting, Gathered(len(names))
        self.line, self.row = start.line, start.row
        self._maker, self._names, self._decoder = maker, names, ExactDecoder()
        self._templates = Templates(maker.slots)

    def take(self, data: bytes) -> LineAccount:
        """The lines of a stretch into rows and rejects; the account of what is neither."""
        lines = Lines.of(data)
        line, row, skipped = self.line, self.row, 0
        left = lines.filled if self.nesting.segments else self._alike(lines)
        rows = row + np.searchsorted(lines.filled, left)
        for index, text, number in zip(left.tolist(), lines.texts(left), rows.tolist(), strict=True):
            self.line = line + index
            self.row = self.row if self.nesting.segments else number
            skipped += not self._record(text)
        if not self.nesting.segments:
            self.row = row + len(lines.filled)
        self.line = line + lines.count
        total = data.count(b"\n") + (not data.endswith(b"\n"))
        return LineAccount(total=total, blank=lines.count - len(lines.filled), skipped=skipped)

    def _alike(self, lines: Lines) -> Indices:
        """Make the rows of lines that match a template; the other lines."""
        left, since = lines.filled, 0
        while True:
            for alike in self._templates.alike(lines.series, left, escapes=lines.escapes, since=since):
                left = np.setdiff1d(left, alike.indices, assume_unique=True)
                rows = self.row + np.searchsorted(lines.filled, alike.indices)
                texts = lines.series.gather(alike.indices)
                cells = alike.frame(self._names)
                ready = Ready.of(cells, rows=rows, lines=self.line + alike.indices, texts=texts)
                self.gathered.ready.append(ready)
            since = len(self._templates)
            if len(left) <= SAMPLE or not self._templates.may_learn:
                return left
            self._templates.learn(_samples(self._decoder, lines.texts(left[:SAMPLE])))

    def _record(self, text: str) -> bool:
        """Whether the line has a record of the table, good or bad."""
        place = (self.row, self.line, 1)
        value, rule, message, key = _decoded(self._decoder, text)
        if rule:
            self.nesting.numbers[0] += 1
            self.gathered.reject(rule, place, text=text, message=message, key=key)
            self.row += 1
            return True
        units = 1
        for record in self.nesting.records(value):
            original = record.value if self.nesting.segments else text
            place = (self.row, self.line, units)
            self._maker.add_to(
                self.gathered, record.value, place=place, original=original, number=record.number, parent=record.parent
            )
            self.row, units = self.row + 1, 0
        return units == 0


def _samples(decoder: ExactDecoder, texts: Sequence[str]) -> list[tuple[str, Any]]:
    """The sound ones among some lines, with their objects."""
    found = ((text, _decoded(decoder, text)) for text in texts)
    return [(text, value) for text, (value, rule, _, _) in found if not rule]


def _decoded(decoder: ExactDecoder, text: str) -> tuple[Any, str, str, str | None]:
    """The object of a line; or the rule, message and key that set the line aside."""
    first = len(text) - len(text.lstrip(SPACE))
    try:
        found = decoder.decode(text, first, final=True)
    except FaultError as fault:
        return None, "not_json", f"The line is no JSON: column {fault.at + 1:,}: {fault.reason}.", None
    if text[found.end :].strip(SPACE):
        return None, "not_json", f"The line goes on behind its object, at column {found.end + 1:,}.", None
    if not isinstance(found.value, dict):
        return None, "not_json", "The line is JSON, but no object.", None
    if found.repeated is not None:
        return found.value, "duplicate_key", "", found.repeated
    return found.value, "", "", None


def _look_into(source: BinaryIO, encoding: str, *, file_name: str) -> Look:
    """Collect the fields of all lines. Raises EmptyFileError, UnreadableFileError."""
    look = _LookInto()
    for data in _stretches(source, encoding, offset=0, size=LOOK_BYTES):
        look.take(Lines.of(data))
    if not look.lines:
        raise EmptyFileError(file_name)
    if not look.objects:
        hint = "Check that this is the file you meant: each line should be a JSON object."
        raise UnreadableFileError(f"No line of the file is a JSON object. {look.problem}", hint=hint)
    return lambda nested: tables_of(look.shape, rows=look.objects, single=False, nested=nested)


class _LookInto:
    """Collects what there is in lines: all keys, in the order in which they first stand in the file."""

    def __init__(self) -> None:
        self.shape, self.problem = Shape(), ""
        self.lines = self.objects = 0
        self._decoder, self._shapes = ExactDecoder(), ExactDecoder(numbers=False)
        self._templates = Templates(lambda _: {})

    def take(self, lines: Lines) -> None:
        """A stretch of lines. One that matches a template brings nothing that its samples, all above it, did not."""
        self.lines += len(lines.filled)
        left = self._without(lines, lines.filled, since=0)
        while len(left) > SAMPLE and self._templates.may_learn:
            texts = lines.texts(left[:SAMPLE])
            for text in texts:
                self._one(text)
            since = len(self._templates)
            self._templates.learn(_samples(self._decoder, texts))
            left = self._without(lines, left[SAMPLE:], since=since)
        for text in lines.texts(left):
            self._one(text)

    def _without(self, lines: Lines, left: Indices, *, since: int) -> Indices:
        for indices in self._templates.fitting(lines.series, left, since=since):
            self.objects += len(indices)
            left = np.setdiff1d(left, indices, assume_unique=True)
        return left

    def _one(self, text: str) -> None:
        value, rule, message, _ = _decoded(self._shapes, text)
        if rule in ("", "duplicate_key"):
            self.objects += 1
            self.shape.add(value)
        self.problem = self.problem or message


def _counted(source: BinaryIO, recipe: Recipe, segments: tuple[tuple[str, ...], ...], start: Position) -> Nesting:
    """The numbers of the records before a place in the middle: child records name those that they stand in."""
    nesting, decoder, offset = Nesting(segments), ExactDecoder(), 0
    for data in _stretches(source, recipe.encoding, offset=0, size=LOOK_BYTES):
        inside = data[: start.offset - offset]
        lines = Lines.of(inside)
        for text in lines.texts(lines.filled):
            value, rule, _, _ = _decoded(decoder, text)
            if rule:
                nesting.numbers[0] += 1
            else:
                for _ in nesting.records(value):
                    pass
        offset += len(data)
        if offset >= start.offset:
            break
    return nesting


FORMAT = NdjsonFormat()
