"""Delimited text (RFC 4180 and what people make of it): CSV, TSV, semicolons, any one-byte delimiter."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

import numpy as np
import polars as pl

from hestia_assets.core.errors import EmptyFileError, HeaderMismatchError, SpecError, UnreadableFileError
from hestia_assets.core.results import START, Inspection, LineAccount, Position, TextChunk
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats._csv_careful import RECORD_LIMIT, Kind, Record, next_record, skip_preamble
from hestia_assets.formats._csv_inspect import columns_under, inspect_csv
from hestia_assets.formats._csv_pieces import (
    Piece,
    Place,
    careful_piece,
    plain_piece,
    readable,
    scanned_piece,
)
from hestia_assets.formats._csv_rows import POSITION_TYPES
from hestia_assets.formats._csv_structure import Dialect, line_count, scan
from hestia_assets.formats._text_source import blocks

FIRST_CAREFUL = 16
"""Records read one by one before the vectorised pass is tried again; doubled each time it fails."""


class CsvFormat:
    """Reads delimited text under an explicit recipe and writes UTF-8 with LF and minimal quotes."""

    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".tab", ".txt", ".psv", ".ssv")

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
        if start.offset <= head.end.offset:
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
        """Write rows with a header; null is an empty field, empty text is ``""``. Returns the number of rows."""
        rows = 0
        for number, frame in enumerate(frames):
            frame.write_csv(target, include_header=number == 0, quote_style="necessary")
            rows += frame.height
        return rows

    def count(self, source: BinaryIO) -> int:
        """Count the records after the header with the careful tokenizer's grammar."""
        dialect = Dialect(b",", b'"', b"")
        records = 0
        for data, final in _whole_records(source, dialect):
            records += len(scan(data, 0, dialect, final=final))
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
    data = _first_bytes(source, recipe)
    position, lines = skip_preamble(data, recipe.preamble_lines, dialect)
    names = [column.name for column in recipe.columns]
    if recipe.has_header:
        if position >= len(data):
            raise EmptyFileError("The file")
        record = next_record(data, position, dialect, len(names))
        position, lines["header"], names = record.next, record.lines, _names_in_file(record, recipe)
    return _placed_head(data, position, lines, names)


def _first_bytes(source: BinaryIO, recipe: Recipe) -> bytes:
    data = b""
    for block, _ in blocks(source, recipe.encoding, offset=0, size=RECORD_LIMIT):
        data += block
        if len(data) >= RECORD_LIMIT:
            break
    return data


def _placed_head(data: bytes, position: int, lines: dict[str, int], names: Sequence[str]) -> Head:
    total = line_count(data[:position], final=True)
    return Head(LineAccount(total=total, **lines), Position(position, 1 + total, 1), names)


def _names_in_file(record: Record, recipe: Recipe) -> list[str]:
    """Column names in the order of the file's header."""
    if record.kind is Kind.BAD_QUOTE:
        raise UnreadableFileError(
            "A quote in the header line is not closed.",
            hint="Correct the header, or choose another quote sign.",
        )
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
    held, offset, place = b"", start.offset, Place(start.row, start.line)
    for block, final in blocks(source, recipe.encoding, offset=start.offset, size=recipe.chunk_bytes):
        data = held + block
        if not final and len(data) < recipe.chunk_bytes // 2:
            held = data
            continue
        pieces, used = _pieces(data, dialect, names, place, final=final)
        held = data[used:]
        if not pieces:
            continue
        chunk = _chunk(data[:used], pieces, Position(offset, place.line, place.row), final=final)
        offset, place = chunk.end.offset, pieces[-1].after
        yield chunk


def _pieces(
    data: bytes, dialect: Dialect, names: Sequence[str], place: Place, *, final: bool
) -> tuple[list[Piece], int]:
    """All records of ``data`` that are certainly whole, and how many bytes they take."""
    whole = len(data) if final else data.rfind(b"\n") + 1
    plain = plain_piece(data[:whole], dialect, names, place) if whole else None
    if plain is not None:
        return [plain], whole
    pieces: list[Piece] = []
    position, careful = 0, FIRST_CAREFUL
    while position < len(data):
        records = scan(data, position, dialect, final=final)
        piece = scanned_piece(data, records, dialect, names, place) if len(records) else None
        if piece is not None:
            pieces.append(piece)
            position, place = int(records.nexts[-1]), piece.after
        if records.trouble >= len(data) and (piece is not None or not len(records)):
            careful_needed = not final and len(data) - position > RECORD_LIMIT
            if not careful_needed:
                break
        taken = _take(data, position, careful, dialect, len(names), final=final)
        if not taken:
            break
        pieces.append(careful_piece(data, taken, names, place))
        position, place, careful = taken[-1].next, pieces[-1].after, careful * 2
    return pieces, position


def _take(data: bytes, position: int, count: int, dialect: Dialect, width: int, *, final: bool) -> list[Record]:
    """Up to ``count`` records, one by one; a record that the next block may finish is left."""
    taken: list[Record] = []
    while len(taken) < count and position < len(data) and (final or len(data) - position > RECORD_LIMIT):
        taken.append(next_record(data, position, dialect, width))
        position = taken[-1].next
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


def _whole_records(source: BinaryIO, dialect: Dialect) -> Iterator[tuple[bytes, bool]]:
    """Blocks of a file that we wrote, cut behind a whole record."""
    held = b""
    for block, final in blocks(source, "utf-8", offset=0, size=8 * RECORD_LIMIT):
        data = held + block
        records = scan(data, 0, dialect, final=final)
        used = len(data) if final else int(records.nexts[-1]) if len(records) else 0
        yield data[:used], final
        held = data[used:]


FORMAT = CsvFormat()
