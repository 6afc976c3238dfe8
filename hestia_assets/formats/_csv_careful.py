"""The careful tokenizer: one record at a time, for the stretches that the vectorised pass cannot vouch for.

A quote inside an unquoted field is a character like any other (``5" pipe``). A quote that is never closed, or text
behind a closing quote, costs the line it stands on and nothing else.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from hestia_assets.formats._csv_structure import Dialect

RECORD_LIMIT = 1024 * 1024
"""No record is longer than this many bytes; a quote still open after it was never meant to open."""

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


@lru_cache(maxsize=64)
def _patterns(dialect: Dialect) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    if not dialect.quote:
        plain = rb"[^" + delimiter + rb"\r\n]*"
        return re.compile(plain + rb"(?:" + delimiter + plain + rb")*(?=[\r\n]|\Z)"), re.compile(plain)
    quoted = quote + rb"[^" + quote + rb"]*(?:" + quote + quote + rb"[^" + quote + rb"]*)*" + quote
    plain = rb"(?!" + quote + rb")[^" + delimiter + rb"\r\n]*"
    field = rb"(?:" + quoted + rb"(?=[\r\n" + delimiter + rb"]|\Z)|" + plain + rb")"
    record = field + rb"(?:" + delimiter + field + rb")*(?=[\r\n]|\Z)"
    return re.compile(record), re.compile(field)


def next_record(data: bytes, start: int, dialect: Dialect, width: int) -> Record:
    """Read one record of ``width`` fields at ``start``; the buffer holds it whole, or the file ends."""
    first_end, after = line_end(data, start)
    line = data[start:first_end]
    if dialect.comment and line.startswith(dialect.comment):
        return Record(Kind.COMMENT, start, first_end, after, 1)
    if is_blank(line, width):
        return Record(Kind.BLANK, start, first_end, after, 1)
    record, _ = _patterns(dialect)
    match = record.match(data, start, min(len(data), start + RECORD_LIMIT))
    if match is None or (match.end() == start + RECORD_LIMIT and match.end() < len(data)):
        return Record(Kind.BAD_QUOTE, start, first_end, after, 1)
    fields = split(data[start : match.end()], dialect)
    end, after_record = line_end(data, match.end())
    lines = _lines(data, start, end)
    if len(fields) == width:
        return Record(Kind.ROW, start, end, after_record, lines, fields)
    if lines > 1 and _swallowed_rows(data, start, end, dialect, width):
        return Record(Kind.BAD_QUOTE, start, first_end, after, 1)
    return Record(Kind.RAGGED, start, end, after_record, lines, fields)


def is_blank(line: bytes, width: int) -> bool:
    """An empty line; blanks alone count as empty where a row has several columns."""
    return not line or (width > 1 and not line.strip(b" \t"))


def skip_preamble(data: bytes, wanted: int, dialect: Dialect) -> tuple[int, dict[str, int]]:
    """Where the first row or the header begins, behind ``wanted`` lines that are neither blank nor comments.

    Returns:
        The position, and the number of lines before it by kind: preamble, blank, comment.
    """
    position = 0
    lines: dict[str, int] = {"preamble": 0, "blank": 0, "comment": 0}
    while position < len(data):
        stop, after = line_end(data, position)
        line = data[position:stop]
        if not line.strip(b" \t"):
            lines["blank"] += 1
        elif dialect.comment and line.startswith(dialect.comment):
            lines["comment"] += 1
        elif lines["preamble"] < wanted:
            lines["preamble"] += 1
        else:
            break
        position = after
    return position, lines


def split(record: bytes, dialect: Dialect) -> tuple[bytes, ...]:
    """The fields of one well-formed record, quotes taken off."""
    _, field = _patterns(dialect)
    fields: list[bytes] = []
    position = 0
    while True:
        match = field.match(record, position)
        if match is None:  # not well-formed: the rest is one field, as it stands
            return (*fields, record[position:])
        fields.append(_unquoted(match[0], dialect.quote))
        position = match.end() + 1
        if position > len(record):
            return tuple(fields)


def _unquoted(field: bytes, quote: bytes) -> bytes:
    if quote and field.startswith(quote):
        return field[1:-1].replace(quote * 2, quote)
    return field


def line_end(data: bytes, position: int) -> tuple[int, int]:
    """Where the physical line at ``position`` ends, and where the next begins."""
    match = LINE_END.search(data, position)
    assert match is not None, "the pattern matches the end of the data"
    return match.start(), match.end()


def _lines(data: bytes, start: int, end: int) -> int:
    ends = data.count(b"\n", start, end) + data.count(b"\r", start, end) - data.count(b"\r\n", start, end)
    return ends + 1


def _swallowed_rows(data: bytes, start: int, end: int, dialect: Dialect, width: int) -> bool:
    """Whether every line after the first is a row by itself: then a quote was left open on the first."""
    _, position = line_end(data, start)
    while position < end:
        stop, after = line_end(data, position)
        if len(split(data[position:stop], dialect)) != width:
            return False
        position = after
    return True
