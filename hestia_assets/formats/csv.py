"""Delimited text (RFC 4180 and what people make of it): CSV, TSV, semicolons, any one-byte delimiter."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

import numpy as np
import polars as pl

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, SpecError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import START, Inspection, LineAccount, Position, TextChunk
from hestia_assets.core.specs import Column, NoOptions, Recipe, Spec
from hestia_assets.formats import _csv_careful as careful_reader
from hestia_assets.formats._csv_careful import (
    Kind,
    Record,
    certain_record,
    line_too_long,
    open_header,
    skip_preamble,
    within_limit,
)
from hestia_assets.formats._csv_inspect import columns_under, inspect_csv
from hestia_assets.formats._csv_pieces import (
    Piece,
    Place,
    careful_piece,
    plain_piece,
    scanned_piece,
)
from hestia_assets.formats._csv_rows import POSITION_TYPES
from hestia_assets.formats._csv_structure import Dialect, Records, line_count, scan
from hestia_assets.formats._csv_window import Window
from hestia_assets.formats._text_source import blocks, readable

FIRST_CAREFUL = 16
"""Records read one by one before the vectorised pass is tried again; doubled each time it fails."""
HEAD_BYTES = 1024 * 1024
COUNT_BYTES = 8 * 1024 * 1024


class CsvFormat:
    """Reads delimited text under an explicit recipe and writes UTF-8 with LF and minimal quotes."""

    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".tab", ".txt", ".psv", ".ssv")
    unit: ClassVar[str] = "line"
    options: ClassVar[type[Spec]] = NoOptions

    def claim(self, head: bytes, *, file_name: str) -> Claim:  # noqa: ARG002 - a text may begin with anything
        """Any bytes that no other format recognises may be delimited text; the name makes it likelier."""
        return Claim.NAMED if file_name.lower().endswith(self.suffixes) else Claim.FALLBACK

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Guess encoding, dialect, preamble and header, each with a reason.

        Raises:
            EmptyFileError: there is no row.
            UnreadableFileError: the bytes are no text.
        """
        return inspect_csv(source, file_name=file_name)

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns, all text, when a person chose how to read.

        Raises:
            EmptyFileError: there is no row.
            UnreadableFileError: the bytes are not in the recipe's encoding.
        """
        return columns_under(source, recipe)

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield text rows under ``recipe`` from ``start``.

        Yields:
            Chunks of about ``recipe.chunk_bytes``; records that are no rows are in ``rejects``.

        Raises:
            HeaderMismatchError: the header names other columns than the recipe.
            EmptyFileError: there is no header.
        """
        dialect = _dialect(recipe)
        head = _head(source, recipe, dialect)
        if start == START or start.offset < head.end.offset:
            start, opening = head.end, head.account
        else:
            opening = LineAccount()
        names = [column.name for column in recipe.columns]
        for chunk in _chunks(source, recipe, dialect, head.names, start):
            ordered = chunk.frame.select(*names, "_row", "_line", "_lines")
            yield TextChunk(ordered, chunk.rejects, opening + chunk.account, chunk.start, chunk.end, chunk.original)
            opening = LineAccount()
        if opening.total:
            yield _nothing(names, opening, start)

    def write(self, frames: Iterable[pl.DataFrame], target: BinaryIO) -> int:
        """Write rows with a header; null is an empty field, empty text is ``""``. Returns the number of rows.

        In a single column null is ``""`` too: an empty line would be no row.
        """
        rows = 0
        for number, frame in enumerate(frames):
            null = '""' if frame.width == 1 else ""
            frame.write_csv(target, include_header=number == 0, quote_style="necessary", null_value=null)
            rows += frame.height
        return rows

    def count(self, source: BinaryIO) -> int:
        """Count the records after the header of a file that we wrote; empty lines are no records."""
        dialect = Dialect(b",", b'"', b"")
        records = 0
        for found in _whole_records(source, dialect):
            records += int((found.ends > found.starts).sum())
        return max(0, records - 1)


@dataclass(frozen=True, slots=True)
class Head:
    """What comes before the first row: its lines, where it ends, the column names in the file's order."""

    account: LineAccount
    end: Position
    names: Sequence[str]


def _dialect(recipe: Recipe) -> Dialect:
    try:
        signs = [sign.encode("ascii") for sign in (recipe.delimiter, recipe.quote, recipe.comment)]
    except UnicodeEncodeError as error:
        hint = "Choose signs from the ASCII range."
        raise SpecError("Delimiter, quote and comment sign are one byte each.", hint=hint) from error
    if recipe.delimiter == recipe.quote or recipe.delimiter in "\r\n":
        raise SpecError("The delimiter cannot be the quote or a line end.", hint="Choose another delimiter.")
    return Dialect(*signs)


def _head(source: BinaryIO, recipe: Recipe, dialect: Dialect) -> Head:
    """Read the preamble and the header line; blank and comment lines among them have their own place."""
    size = HEAD_BYTES
    while True:
        data, final = Window(blocks(source, recipe.encoding, offset=0, size=size)).view(size)
        head = _head_in(data, recipe, dialect, final=final)
        if head is not None:
            return head
        if len(data) > careful_reader.RECORD_LIMIT:
            raise line_too_long()
        size *= 4


def _head_in(data: bytes, recipe: Recipe, dialect: Dialect, *, final: bool) -> Head | None:
    """The head, or None when it is not certain that ``data`` hold all of it."""
    names = [column.name for column in recipe.columns]
    position, lines = skip_preamble(data, recipe.preamble_lines, dialect, len(names))
    if position >= len(data) and not final:
        return None
    if recipe.has_header:
        if position >= len(data):
            raise EmptyFileError("The file")
        record = certain_record(data, position, dialect, len(names), final=final)
        if record is None:
            return None
        position, lines["header"], names = record.next, record.lines, _names_in_file(record, recipe)
    return _placed_head(data, position, lines, names)


def _placed_head(data: bytes, position: int, lines: dict[str, int], names: Sequence[str]) -> Head:
    total = line_count(data[:position], final=True)
    return Head(LineAccount(total=total, **lines), Position(position, 1 + total, 1), names)


def _names_in_file(record: Record, recipe: Recipe) -> list[str]:
    """Column names in the order of the file's header."""
    if record.kind is Kind.BAD_QUOTE:
        raise open_header()
    found = [readable(value) for value in record.fields]
    wanted = [column.source for column in recipe.columns]
    if found == wanted:
        return [column.name for column in recipe.columns]
    missing = [name for name in wanted if name not in found]
    added = [name for name in found if name not in wanted]
    if missing or added or len(found) != len(wanted) or len(set(found)) != len(found):
        raise HeaderMismatchError(missing=missing, added=added)
    by_source = {column.source: column.name for column in recipe.columns}
    return [by_source[name] for name in found]


def _chunks(
    source: BinaryIO, recipe: Recipe, dialect: Dialect, names: Sequence[str], start: Position
) -> Iterator[TextChunk]:
    size, offset, place = recipe.chunk_bytes, start.offset, Place(start.row, start.line)
    window = Window(blocks(source, recipe.encoding, offset=offset, size=size))
    while (view := window.view(size))[0]:
        data, final = view
        pieces, used = _pieces(data, dialect, names, place, final=final)
        if not used:
            data, final, record = _long_record(window, 2 * len(data), dialect, len(names))
            pieces, used = [careful_piece(data, [record], names, place)], record.next
        window.take(used)
        last = final and used == len(data)
        chunk = _chunk(data[:used], pieces, Position(offset, place.line, place.row), final=last)
        offset, place = chunk.end.offset, pieces[-1].after
        yield chunk


def _long_record(window: Window, size: int, dialect: Dialect, width: int) -> tuple[bytes, bool, Record]:
    """A buffer, whether the file ends with it, and its first record, for which a chunk is too short.

    The buffer doubles each time, so that looking again and again costs no more than looking twice.
    """
    while True:
        data, final = window.view(min(size, careful_reader.RECORD_LIMIT + 2))
        record = certain_record(data, 0, dialect, width, final=final)
        if record is not None:
            return data, final, record
        size = 2 * len(data)


def _pieces(
    data: bytes, dialect: Dialect, names: Sequence[str], place: Place, *, final: bool
) -> tuple[list[Piece], int]:
    """All records of ``data`` that are certainly whole, and how many bytes they take."""
    whole = len(data) if final else data.rfind(b"\n") + 1
    short = 0 < whole < careful_reader.RECORD_LIMIT  # else a record may be too long
    plain = plain_piece(data[:whole], dialect, names, place) if short else None
    if plain is not None:
        return [plain], whole
    pieces: list[Piece] = []
    position, careful = 0, FIRST_CAREFUL
    while position < len(data):
        records = within_limit(scan(data, position, dialect, final=final))
        piece = scanned_piece(data, records, dialect, names, place) if len(records) else None
        if piece is not None:
            pieces.append(piece)
            position, place = int(records.nexts[-1]), piece.after
        if records.trouble >= len(data) and (piece is not None or not len(records)):
            break
        taken = _take(data, position, careful, dialect, len(names), final=final)
        if not taken:
            break
        pieces.append(careful_piece(data, taken, names, place))
        position, place, careful = taken[-1].next, pieces[-1].after, careful * 2
    return pieces, position


def _take(data: bytes, position: int, count: int, dialect: Dialect, width: int, *, final: bool) -> list[Record]:
    """Up to ``count`` records, one by one; a record that the next bytes may change is left."""
    taken: list[Record] = []
    while len(taken) < count and position < len(data):
        record = certain_record(data, position, dialect, width, final=final)
        if record is None:
            break
        taken.append(record)
        position = record.next
    return taken


def _chunk(data: bytes, pieces: Sequence[Piece], start: Position, *, final: bool) -> TextChunk:
    counts: dict[str, int] = {}
    for piece in pieces:
        counts = {kind: counts.get(kind, 0) + piece.counts.get(kind, 0) for kind in counts | piece.counts}
    account = LineAccount(total=line_count(data, final=final), **counts)
    after = pieces[-1].after

    def original(indices: Sequence[int]) -> list[str]:
        spans = [piece.spans() for piece in pieces]
        starts, ends = np.concatenate([s[0] for s in spans]), np.concatenate([s[1] for s in spans])
        return [readable(data[starts[i] : ends[i]]) for i in indices]

    return TextChunk(
        frame=pl.concat([piece.frame for piece in pieces]) if len(pieces) > 1 else pieces[0].frame,
        rejects=[reject for piece in pieces for reject in piece.rejects],
        account=account,
        start=start,
        end=Position(start.offset + len(data), after.line, after.row),
        original=original,
    )


def _nothing(names: Sequence[str], account: LineAccount, at: Position) -> TextChunk:
    """The only chunk of a file without rows: it carries the account of what precedes them."""
    schema = dict.fromkeys(names, pl.String) | POSITION_TYPES
    return TextChunk(pl.DataFrame(schema=schema), [], account, at, at, lambda _: [])


def _whole_records(source: BinaryIO, dialect: Dialect) -> Iterator[Records]:
    """The records of a file that we wrote, a stretch at a time; a stretch doubles until it holds a whole one."""
    window = Window(blocks(source, "utf-8", offset=0, size=COUNT_BYTES))
    size = COUNT_BYTES
    while (view := window.view(size))[0]:
        records = scan(view[0], 0, dialect, final=view[1])
        if not len(records) and view[1]:
            return
        yield records
        window.take(int(records.nexts[-1]) if len(records) else 0)
        size = COUNT_BYTES if len(records) else 2 * len(view[0])


FORMAT = CsvFormat()
