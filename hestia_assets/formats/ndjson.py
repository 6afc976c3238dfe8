"""Newline-delimited JSON (jsonlines.org): one object per line. A line that is none costs only itself."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, ClassVar

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import START, Inspection, LineAccount, Position, Reason, TextChunk
from hestia_assets.core.specs import Column, Recipe, Spec, parse
from hestia_assets.formats._json_claim import LINES_SUFFIXES, Layout, encoding_of, layout
from hestia_assets.formats._json_inspect import Look, NestedOptions, inspected, table_for
from hestia_assets.formats._json_records import Nesting
from hestia_assets.formats._json_values import RECORD_LIMIT, ExactDecoder, FaultError
from hestia_assets.formats._nested_paths import segments_of
from hestia_assets.formats._nested_rows import Gathered, RowMaker
from hestia_assets.formats._nested_shape import Shape, tables_of
from hestia_assets.formats._text_source import blocks

LOOK_BYTES = 8 * 1024 * 1024
CLAIMS = {Layout.LINES: Claim.SURE, Layout.EITHER: Claim.NAMED}
SPACE = " \t\r"


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
        source.seek(0)
        encoding, why = encoding_of(source.read(4))
        look = _look_into(source, encoding, file_name=file_name)
        return inspected(look, format_name="ndjson", encoding=encoding, reasons=[Reason("encoding", encoding, why)])

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns of the table that the options name.

        Raises:
            HeaderMismatchError: there is no such table in the file.
            UnreadableFileError: no line is an object.
        """
        options = parse(NestedOptions, recipe.options)
        table = table_for(_look_into(source, recipe.encoding, file_name="The file"), options)
        if table is None:
            raise HeaderMismatchError(missing=[options.record_path], added=[])
        return table.columns()

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
        lines = _Lines(maker, len(recipe.columns), Nesting(segments), start)
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
        cut = len(data) if final else data.rfind(b"\n") + 1
        if cut:
            yield data[:cut]
        held, length = [data[cut:]], len(data) - cut
        wanted = max(size, 2 * length)  # a long line is joined again and again, but no more than twice in all
        if length > RECORD_LIMIT:
            limit = f"{RECORD_LIMIT // 1024 // 1024} MiB"
            raise UnreadableFileError(
                f"A line is longer than {limit}.", hint="Check that each record has its own line."
            )


def _texts(data: bytes) -> list[str]:
    """The lines, without their ends; bytes that are no text stay as lone surrogates."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return lines[:-1] if data.endswith(b"\n") else lines


class _Lines:
    """Decodes lines one after another; keeps count of lines and records."""

    def __init__(self, maker: RowMaker, width: int, nesting: Nesting, start: Position) -> None:
        self._maker, self.nesting, self.gathered = maker, nesting, Gathered(width)
        self.line, self.row = start.line, start.row
        self._decoder = ExactDecoder()

    def take(self, data: bytes) -> LineAccount:
        """The lines of a stretch into rows and rejects; the account of what is neither."""
        blank = skipped = 0
        for text in _texts(data):
            if not text.strip(SPACE):
                blank += 1
            elif not self._record(text):
                skipped += 1
            self.line += 1
        total = data.count(b"\n") + (not data.endswith(b"\n"))
        return LineAccount(total=total, blank=blank, skipped=skipped)

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
    decoder, shape = ExactDecoder(), Shape()
    lines = objects = 0
    problem = ""
    for data in _stretches(source, encoding, offset=0, size=LOOK_BYTES):
        for text in filter(_is_filled, _texts(data)):
            lines += 1
            value, rule, message, _ = _decoded(decoder, text)
            if rule in ("", "duplicate_key"):
                objects += 1
                shape.add(value)
            problem = problem or message
    if not lines:
        raise EmptyFileError(file_name)
    if not objects:
        hint = "Check that this is the file you meant: each line should be a JSON object."
        raise UnreadableFileError(f"No line of the file is a JSON object. {problem}", hint=hint)
    return lambda nested: tables_of(shape, rows=objects, single=False, nested=nested)


_is_filled: Callable[[str], bool] = lambda text: bool(text.strip(SPACE))  # noqa: E731


def _counted(source: BinaryIO, recipe: Recipe, segments: tuple[tuple[str, ...], ...], start: Position) -> Nesting:
    """The numbers of the records before a place in the middle: child records name those that they stand in."""
    nesting, decoder, offset = Nesting(segments), ExactDecoder(), 0
    for data in _stretches(source, recipe.encoding, offset=0, size=LOOK_BYTES):
        inside = data[: start.offset - offset]
        for text in filter(_is_filled, _texts(inside)):
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
