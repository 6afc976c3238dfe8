"""Well-formed CSV bytes → text rows, with a proof that no byte was lost.

Polars parses; the byte account proves it: bytes = values + quotes + delimiters + line ends. A short row that the
parser padded, a field it cut, a quote it dropped: each unbalances the sum and sends the stretch to the slow path.
"""

from codecs import BOM_UTF8
from collections.abc import Sequence

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.formats._csv.careful import is_blank
from hestia_assets.formats._csv.structure import LF, Dialect, Flags, Positions, Records, has_doubled_quotes

POSITION_TYPES = {"_row": pl.Int64, "_line": pl.Int64, "_lines": pl.Int32}


def parse(data: bytes, dialect: Dialect, names: Sequence[str]) -> pl.DataFrame | None:
    """The rows of well-formed ``data`` with LF line ends, or None when the bytes do not add up."""
    if not data:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    if data.startswith(BOM_UTF8):  # Polars would take it for a mark of the file and drop it
        return None
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            schema=dict.fromkeys(names, pl.String),
            separator=dialect.delimiter.decode(),
            quote_char=dialect.quote.decode() or None,
            infer_schema=False,
            empty_string_is_null=False,
            extra_columns="raise",
        )
    except PolarsError:
        return None
    if len(names) == 1:  # an empty line of a single column comes as null
        frame = frame.with_columns(pl.all().fill_null(""))
    return frame if _bytes(frame, data, dialect) == len(data) else None


def _bytes(frame: pl.DataFrame, data: bytes, dialect: Dialect) -> int:
    """Bytes that the rows must have had in the file, if each has one delimiter less than columns."""
    values = sum(int(column.str.len_bytes().sum()) for column in frame.iter_columns())
    line_ends = frame.height - (not data.endswith(b"\n"))
    quotes = data.count(dialect.quote) if dialect.quote and dialect.quote in data else 0  # looking is cheaper
    if quotes and has_doubled_quotes(data, dialect):  # a doubled quote stands once in the value
        quote = dialect.quote.decode()
        quotes -= sum(int(c.str.count_matches(quote, literal=True).sum()) for c in frame.iter_columns())
    return values + quotes + frame.height * (frame.width - 1) + line_ends


def widths(data: bytes, records: Records, dialect: Dialect) -> Positions:
    """Number of fields of each record, delimiters inside quotes left out."""
    bytes_ = np.frombuffer(data, np.uint8)
    delimiters = np.flatnonzero(bytes_ == ord(dialect.delimiter))
    if dialect.quote and dialect.quote in data:
        quotes = np.flatnonzero(bytes_ == ord(dialect.quote))
        delimiters = delimiters[np.searchsorted(quotes, delimiters) & 1 == 0]
    return np.searchsorted(delimiters, records.ends) - np.searchsorted(delimiters, records.starts) + 1


def comments(data: bytes, records: Records, dialect: Dialect) -> Flags:
    """Which records are comment lines."""
    return _starts_with(data, records, ord(dialect.comment)) if dialect.comment else np.zeros(len(records), bool)


def blanks(data: bytes, records: Records, dialect: Dialect, width: int) -> Flags:
    """Which records are blank lines."""
    empty = records.starts == records.ends
    if width > 1:
        maybe = _starts_with(data, records, ord(" ")) | _starts_with(data, records, ord("\t"))
        for index in np.flatnonzero(maybe & ~empty):
            empty[index] = is_blank(data[records.starts[index] : records.ends[index]], dialect, width)
    return empty


def _starts_with(data: bytes, records: Records, byte: int) -> Flags:
    bytes_ = np.frombuffer(data, np.uint8)
    return (bytes_[np.minimum(records.starts, len(data) - 1)] == byte) & (records.ends > records.starts)


def joined(data: bytes, records: Records, chosen: Flags) -> bytes:
    """The chosen records, one after another, each ended by LF; line ends inside quotes stay."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], chosen.view(np.int8), [0]))))
    if b"\r" not in data:
        runs = [data[records.starts[a] : records.nexts[b - 1]] for a, b in zip(edges[0::2], edges[1::2], strict=True)]
        return b"".join(runs)
    keep = np.zeros(len(data) + 1, np.int8)
    keep[records.starts[chosen]] += 1
    keep[records.ends[chosen]] -= 1
    mask = np.cumsum(keep, dtype=np.int8)[:-1].astype(bool)
    bytes_ = np.frombuffer(data, np.uint8).copy()
    at_end = records.ends[chosen]
    inside = at_end[at_end < len(data)]
    bytes_[inside] = LF
    mask[inside] = True
    return bytes_[mask].tobytes()
