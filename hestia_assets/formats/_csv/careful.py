"""The careful tokenizer: one record at a time, for the stretches that the vectorised pass cannot vouch for.

A quote inside an unquoted field is a character like any other (``5" pipe``). A quote that is never closed, or text
behind a closing quote, costs the line it stands on and nothing else. Blanks between a closing quote and the next
delimiter are no part of the value.
"""

import re
from dataclasses import dataclass
from enum import Enum

import numpy as np

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._csv.grammar import blank_signs, grammar, raw_fields, split
from hestia_assets.formats._csv.structure import CR, LF, Dialect, Records

RECORD_LIMIT = 64 * 1024 * 1024
"""Every record is shorter than this many bytes; a quote still open after it was never meant to open."""

LINE_END = re.compile(rb"\r\n|\n|\r|\Z")


class Kind(Enum):
    """What a record is."""

    ROW = "row"
    BLANK = "blank"
    COMMENT = "comment"
    RAGGED = "ragged"
    BAD_QUOTE = "bad_quote"


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its span without the line end, where the next begins, its physical lines, its fields."""

    kind: Kind
    start: int
    end: int
    next: int
    lines: int
    fields: tuple[bytes, ...] = ()


def next_record(data: bytes, start: int, dialect: Dialect, width: int) -> Record:
    """Read one record of ``width`` fields at ``start`` of a buffer with which the file ends."""
    record = certain_record(data, start, dialect, width, final=True)
    assert record is not None, "at the end of the file nothing is left open"
    return record


def certain_record(data: bytes, start: int, dialect: Dialect, width: int, *, final: bool) -> Record | None:
    """Read one record of ``width`` fields at ``start``; None where bytes behind the buffer could change it.

    A buffer that goes on for ``RECORD_LIMIT`` bytes always decides, and decides alike however long it is.

    Raises:
        UnreadableFileError: the physical line is as long as the limit.
    """
    first_end, after = line_end(data, start)
    if first_end - start >= RECORD_LIMIT:
        raise line_too_long()
    if after == first_end and not final:
        return None
    line = data[start:first_end]
    if dialect.comment and line.startswith(dialect.comment):
        return Record(Kind.COMMENT, start, first_end, after, 1)
    if is_blank(line, dialect, width):
        return Record(Kind.BLANK, start, first_end, after, 1)
    stop = min(len(data), start + RECORD_LIMIT)
    undecided = not final and stop < start + RECORD_LIMIT
    match = grammar(dialect).record.match(data, start, stop)
    if undecided and (grammar(dialect).unsure.match(data, start, stop) if match is None else match.end() == stop):
        return None
    if match is None or match.end() == start + RECORD_LIMIT:
        return Record(Kind.BAD_QUOTE, start, first_end, after, 1)
    return _record(data, start, match.end(), dialect, width)


def within_limit(records: Records) -> Records:
    """The records before the first one that is too long."""
    if not len(records) or int(records.nexts[-1] - records.starts[0]) < RECORD_LIMIT:
        return records
    long = np.flatnonzero(records.ends - records.starts >= RECORD_LIMIT)
    return records.before(int(long[0]), int(records.starts[long[0]])) if len(long) else records


def line_too_long() -> UnreadableFileError:
    """The error for a file whose lines no buffer holds."""
    return UnreadableFileError(
        f"The file has a line of more than {RECORD_LIMIT // 1024**2} MiB.",
        hint="Check that this is a text table with line ends.",
    )


def open_header() -> UnreadableFileError:
    """The error for a header that cannot be cut into names."""
    return UnreadableFileError(
        "A quote in the header line is not closed.",
        hint="Correct the header, or choose another quote sign.",
    )


def _record(data: bytes, start: int, stop: int, dialect: Dialect, width: int) -> Record:
    """A well-formed record, unless its open quote swallowed rows."""
    fields = split(data[start:stop], dialect)
    end, after_record = line_end(data, stop)
    lines = _lines(data, start, end)
    if lines > 1 and (len(fields) != width or _stray_quote(data[start:stop], dialect)):
        first_end, after = line_end(data, start)
        if _are_rows(data, after, end, dialect, width):
            return Record(Kind.BAD_QUOTE, start, first_end, after, 1)
    return Record(Kind.ROW if len(fields) == width else Kind.RAGGED, start, end, after_record, lines, fields)


def is_blank(line: bytes, dialect: Dialect, width: int) -> bool:
    """An empty line, or spaces and tabs alone where a row has several columns; a delimiter is never blank."""
    return not line or (width > 1 and not line.strip(blank_signs(dialect)))


def skip_preamble(data: bytes, wanted: int, dialect: Dialect, width: int) -> tuple[int, dict[str, int]]:
    """Where the first row or the header begins, behind ``wanted`` lines that are neither blank nor comments.

    Returns:
        The position, and the number of lines before it by kind: preamble, blank, comment.
    """
    position = 0
    lines: dict[str, int] = {"preamble": 0, "blank": 0, "comment": 0}
    while position < len(data):
        stop, after = line_end(data, position)
        line = data[position:stop]
        if is_blank(line, dialect, width):
            lines["blank"] += 1
        elif dialect.comment and line.startswith(dialect.comment):
            lines["comment"] += 1
        elif lines["preamble"] < wanted:
            lines["preamble"] += 1
        else:
            break
        position = after
    return position, lines


def line_end(data: bytes, position: int) -> tuple[int, int]:
    """Where the physical line at ``position`` ends, and where the next begins."""
    match = LINE_END.search(data, position)
    assert match is not None, "the pattern matches the end of the data"
    return match.start(), match.end()


def _lines(data: bytes, start: int, end: int) -> int:
    ends = data.count(b"\n", start, end) + data.count(b"\r", start, end) - data.count(b"\r\n", start, end)
    return ends + (end < len(data) or data[end - 1] not in (LF, CR))  # an escaped line end may be the file's last


def _stray_quote(record: bytes, dialect: Dialect) -> bool:
    """Whether a field that is not quoted holds a quote: perhaps the opening one of a field that was cut."""
    if not dialect.quote:
        return False
    return any(not field.startswith(dialect.quote) and dialect.quote in field for field in raw_fields(record, dialect))


def _are_rows(data: bytes, start: int, end: int, dialect: Dialect, width: int) -> bool:
    """Whether what is between ``start`` and ``end`` are rows by themselves: then a quote was left open before them.

    The last one may go on behind ``end``: there the open quote met the quote that opens a field of it.
    """
    position, patterns = start, grammar(dialect)
    while position < end:
        match = patterns.record.match(data, position, end)
        if match is None:
            begun = patterns.unsure.match(data, position, end)
            return begun is not None and min(2, width) <= len(split(begun[0], dialect)) <= width
        if len(split(match[0], dialect)) != width:
            return False
        position = line_end(data, match.end())[1]
    return True
