"""The rows of delimited text behind its head, a chunk at a time; a record is never cut, wherever a chunk ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

import numpy as np
import polars as pl

from hestia_assets.core.results import LineAccount, Position, TextChunk
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._csv import careful as careful_reader
from hestia_assets.formats._csv.careful import Record, certain_record, within_limit
from hestia_assets.formats._csv.pieces import Piece, Place, Spans, careful_piece, plain_piece, scanned_piece
from hestia_assets.formats._csv.structure import Dialect, Positions, line_count, scan
from hestia_assets.formats._csv.window import Window, line_blocks
from hestia_assets.formats._text.source import readable

FIRST_CAREFUL = 16
"""Records read one by one before the vectorised pass is tried again; doubled each time it fails."""
ALL_CAREFUL = 10_000
"""Records of a piece where the vectorised pass is of no use."""
FOOTER_BYTES = 64 * 1024
"""A footer begins at most this far before the end of the file."""


def chunks(
    source: BinaryIO, recipe: Recipe, dialect: Dialect, names: Sequence[str], start: Position
) -> Iterator[TextChunk]:
    """The rows from ``start``, under the names that the columns have in the file's order."""
    size = max(recipe.chunk_bytes, 5 * FOOTER_BYTES) if recipe.footer else recipe.chunk_bytes
    offset, place = start.offset, Place(start.row, start.line)
    window = Window(line_blocks(source, recipe.encoding, offset=offset, size=size))
    while (view := window.view(size))[0]:
        data, final = view
        at = Position(offset, place.line, place.row)
        found = _before_footer(data, dialect, names, place, recipe.footer) if final and recipe.footer else None
        if found is not None:
            yield _last_chunk(data, *found, at)
            return
        pieces, used = _pieces(data, dialect, names, place, final=final)
        if not used:
            data, final, record = _long_record(window, 2 * len(data), dialect, len(names))
            pieces, used = [careful_piece(data, [record], names, place)], record.next
        window.take(used)
        chunk = _chunk(data[:used], pieces, at, final=final and used == len(data))
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
    if not dialect.plain:
        return _careful_pieces(data, dialect, names, place, final=final)
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


def _careful_pieces(
    data: bytes, dialect: Dialect, names: Sequence[str], place: Place, *, final: bool
) -> tuple[list[Piece], int]:
    """The same, for a dialect that only the careful tokenizer knows."""
    pieces: list[Piece] = []
    position = 0
    while taken := _take(data, position, ALL_CAREFUL, dialect, len(names), final=final):
        pieces.append(careful_piece(data, taken, names, place))
        position, place = taken[-1].next, pieces[-1].after
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


def _before_footer(
    data: bytes, dialect: Dialect, names: Sequence[str], place: Place, marker: str
) -> tuple[list[Piece], int] | None:
    """The records before the footer and how many bytes they take; None where no record begins a footer."""
    tail = max(0, len(data) - FOOTER_BYTES)
    quote = rb"(?:" + re.escape(dialect.quote) + rb")?+"
    line = re.compile(rb"(?:(?<=[\r\n])|\A)(?!\n)[ \t]*+" + quote + rb"[ \t]*+" + re.escape(marker.encode()))
    maybe = line.search(data, tail)
    if maybe is None:
        return None
    pieces, position = _pieces(data[: maybe.start()], dialect, names, place, final=False) if maybe.start() else ([], 0)
    taken: list[Record] = []
    while position < len(data):
        record = certain_record(data, position, dialect, len(names), final=True)
        assert record is not None, "at the end of the file nothing is left open"
        if position >= tail and record.fields and record.fields[0].lstrip(b" \t").startswith(marker.encode()):
            place = pieces[-1].after if pieces else place
            return [*pieces, careful_piece(data, taken, names, place)], position
        taken.append(record)
        position = record.next
    return None


def _last_chunk(data: bytes, pieces: Sequence[Piece], used: int, start: Position) -> TextChunk:
    """The chunk that ends with a footer: the account of its lines is that of the whole rest."""
    chunk = _chunk(data[:used], pieces, start, final=True)
    total = line_count(data, final=True)
    footer = line_count(data[used:], final=True)
    account = replace(chunk.account, total=total, footer=footer)
    end = Position(start.offset + len(data), start.line + total, chunk.end.row)
    return replace(chunk, account=account, end=end)


def _chunk(data: bytes, pieces: Sequence[Piece], start: Position, *, final: bool) -> TextChunk:
    counts: dict[str, int] = {}
    for piece in pieces:
        counts = {kind: counts.get(kind, 0) + piece.counts.get(kind, 0) for kind in counts | piece.counts}
    total = pieces[0].total if len(pieces) == 1 else None
    account = LineAccount(total=line_count(data, final=final) if total is None else total, **counts)
    after = pieces[-1].after

    def original(indices: Sequence[int]) -> list[str]:
        starts, ends = _spans(pieces, np.asarray(indices, np.int64))
        return [readable(data[start:end]) for start, end in zip(starts, ends, strict=True)]

    return TextChunk(
        frame=pl.concat([piece.frame for piece in pieces]) if len(pieces) > 1 else pieces[0].frame,
        rejects=[reject for piece in pieces for reject in piece.rejects],
        account=account,
        start=start,
        end=Position(start.offset + len(data), after.line, after.row),
        original=original,
    )


def _spans(pieces: Sequence[Piece], indices: Positions) -> Spans:
    """Where rows of a chunk, by their index in it, begin and end in its bytes."""
    starts, ends, first = np.zeros_like(indices), np.zeros_like(indices), 0
    for piece in pieces:
        mine = (indices >= first) & (indices < first + piece.frame.height)
        if mine.any():
            starts[mine], ends[mine] = piece.spans(indices[mine] - first)
        first += piece.frame.height
    return starts, ends
