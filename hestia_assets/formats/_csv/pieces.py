"""Stretches of CSV bytes as rows and rejects: plain lines, scanned records, or records read one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hestia_assets.core.results import Reject
from hestia_assets.formats._csv.careful import Kind, Record
from hestia_assets.formats._csv.lines import LF, newlines_per_block, spans_of
from hestia_assets.formats._csv.rows import POSITION_TYPES, blanks, comments, joined, parse, widths
from hestia_assets.formats._csv.structure import Dialect, Flags, Positions, Records, plain_quotes
from hestia_assets.formats._text.source import readable

NOT_TEXT = "not_text"
MESSAGES = {
    "bad_quote": "A quote is opened here and never closed, or text follows a closing quote.",
    NOT_TEXT: "The row holds bytes that are no text in the chosen encoding, or NUL bytes.",
}
Spans = tuple[Positions, Positions]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch begins: the next record's number and its first physical line, both from 1."""

    row: int
    line: int


@dataclass(frozen=True)
class Piece:
    """Rows of a stretch (text columns and positions), its rejects, its lines by kind, and where it ends.

    ``spans``: where rows, by their index in ``frame``, begin and end in the bytes. ``total``: physical lines, where
    somebody counted them.
    """

    frame: pl.DataFrame
    rejects: list[Reject]
    counts: dict[str, int]
    after: Place
    spans: Callable[[Positions], Spans]
    total: int | None = None


def plain_piece(data: bytes, dialect: Dialect, names: Sequence[str], place: Place) -> Piece | None:
    """Whole lines where every line is a row; None when it is not as plain as that."""
    if b"\0" in data or (dialect.comment and dialect.comment in data):
        return None
    body = data.replace(b"\r\n", b"\n") if b"\r" in data else data
    if b"\r" in body or not plain_quotes(body, dialect):
        return None
    if len(names) == 1 and (body.startswith(b"\n") or b"\n\n" in body):  # wider: the byte account finds a blank line
        return None
    frame = parse(body, dialect, names)
    if frame is None:
        return None
    counts = newlines_per_block(body)
    total = int(counts.sum()) + (bool(body) and body[-1] != LF)
    if frame.height != total:  # one row per line: no quoted line ends
        return None
    after = Place(place.row + total, place.line + total)
    placed = frame.with_columns(
        pl.int_range(place.row, after.row, dtype=pl.Int64).alias("_row"),
        pl.int_range(place.line, after.line, dtype=pl.Int64).alias("_line"),
        pl.lit(1, pl.Int32).alias("_lines"),
    )
    known = counts if body is data else None
    return Piece(placed, [], {"loaded": total}, after, lambda wanted: spans_of(data, wanted, known), total)


def scanned_piece(data: bytes, records: Records, dialect: Dialect, names: Sequence[str], place: Place) -> Piece | None:
    """The records that the vectorised pass found; None when their bytes do not add up."""
    origin = int(records.starts[0])
    data, records = data[origin : records.nexts[-1]], records.moved(-origin)
    found = widths(data, records, dialect)
    comment = comments(data, records, dialect)
    blank = blanks(data, records, dialect, len(names)) & ~comment
    is_row = ~(comment | blank)
    broken = is_row & _not_text(data, records)
    other_width = is_row & (found != len(names))
    ragged = other_width & ~broken
    if (records.lines[other_width | comment] > 1).any():  # perhaps a quote left open: not for this pass to decide
        return None
    good = is_row & ~ragged & ~broken
    frame = parse(joined(data, records, good), dialect, names)
    if frame is None or frame.height != int(good.sum()):
        return None
    rows = place.row + np.cumsum(is_row) - 1
    firsts = place.line + np.cumsum(records.lines) - records.lines
    rejects = [
        _reject(NOT_TEXT if broken[i] else "ragged", int(rows[i]), int(firsts[i]), int(records.lines[i]),
                data[records.starts[i] : records.ends[i]], found=int(found[i]), width=len(names))
        for i in np.flatnonzero(ragged | broken)
    ]  # fmt: skip
    kinds = {"loaded": good, "quarantined": ragged | broken, "comment": comment, "blank": blank}
    return Piece(
        _placed(frame, rows[good], firsts[good], records.lines[good]),
        rejects,
        {kind: int(records.lines[flags].sum()) for kind, flags in kinds.items()},
        Place(place.row + int(is_row.sum()), place.line + int(records.lines.sum())),
        lambda wanted: (records.starts[good][wanted] + origin, records.ends[good][wanted] + origin),
    )


def careful_piece(data: bytes, records: Sequence[Record], names: Sequence[str], place: Place) -> Piece:
    """Records that were read one by one."""
    counts: dict[str, int] = {"loaded": 0, "quarantined": 0, "comment": 0, "blank": 0}
    good: list[tuple[Record, int, int]] = []
    rejects: list[Reject] = []
    row, line = place.row, place.line
    for record in records:
        text = data[record.start : record.end]
        if record.kind in (Kind.COMMENT, Kind.BLANK):
            counts[record.kind.value] += record.lines
        elif record.kind is Kind.ROW and _is_text(text):
            counts["loaded"] += record.lines
            good.append((record, row, line))
        else:
            rule = record.kind.value if record.kind is Kind.BAD_QUOTE or _is_text(text) else NOT_TEXT
            counts["quarantined"] += record.lines
            rejects.append(_reject(rule, row, line, record.lines, text, found=len(record.fields), width=len(names)))
        row += record.kind not in (Kind.COMMENT, Kind.BLANK)
        line += record.lines
    return Piece(
        _careful_frame(good, names),
        rejects,
        counts,
        Place(row, line),
        lambda wanted: _record_spans([good[i] for i in wanted]),
    )


def _careful_frame(good: Sequence[tuple[Record, int, int]], names: Sequence[str]) -> pl.DataFrame:
    values = [[value.decode() for value in record.fields] for record, _, _ in good]
    frame = pl.DataFrame(values, schema=dict.fromkeys(names, pl.String), orient="row")
    rows, lines = np.array([g[1] for g in good], np.int64), np.array([g[2] for g in good], np.int64)
    return _placed(frame, rows, lines, np.array([g[0].lines for g in good], np.int64))


def _record_spans(good: Sequence[tuple[Record, int, int]]) -> Spans:
    return np.array([g[0].start for g in good], np.int64), np.array([g[0].end for g in good], np.int64)


def _placed(frame: pl.DataFrame, rows: Positions, firsts: Positions, lines: Positions) -> pl.DataFrame:
    places = zip(POSITION_TYPES.items(), (rows, firsts, lines), strict=True)
    return frame.with_columns([pl.Series(name, values).cast(kind) for (name, kind), values in places])


def _reject(rule: str, row: int, line: int, lines: int, text: bytes, *, found: int, width: int) -> Reject:
    message = MESSAGES.get(rule) or f"The row has {found} values; the file has {width} columns."
    return Reject(row=row, line=line, lines=lines, rule=rule, message=message, text=readable(text))


def _not_text(data: bytes, records: Records) -> Flags:
    """Which records hold NUL or bytes that are no UTF-8."""
    broken = np.zeros(len(records), bool)
    try:
        data.decode()
        bad = np.flatnonzero(np.frombuffer(data, np.uint8) == 0) if b"\0" in data else np.array([], np.int64)
    except UnicodeDecodeError:
        texts = (data[a:b] for a, b in zip(records.starts, records.ends, strict=True))
        return np.fromiter((not _is_text(text) for text in texts), bool, len(records))
    index = np.searchsorted(records.nexts, bad, side="right")
    broken[index[index < len(records)]] = True
    return broken


def _is_text(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in text
