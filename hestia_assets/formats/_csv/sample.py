"""The beginning and the end of a delimited text, as an inspector looks at them."""

from dataclasses import dataclass
from typing import BinaryIO

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._csv.careful import Kind, Record, certain_record, is_blank, line_end
from hestia_assets.formats._csv.dialect import Guess
from hestia_assets.formats._csv.structure import Dialect
from hestia_assets.formats._text.source import blocks, readable

SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 300
FEW_LINES = 3
MOST_BYTES = 4 * 1024 * 1024
"""Where lines are long: a header of thousands of columns must be whole, with a row below it."""


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One record of the sample: its first line's number from 0, its values, and whether a quote in it is wrong."""

    line: int
    values: tuple[str, ...]
    broken: bool = False


def read_sample(source: BinaryIO, encoding: str) -> tuple[bytes, bool]:
    """Whole lines from the start of the file, and whether they are all of it. Raises UnreadableFileError."""
    data = b""
    for block, final in blocks(source, encoding, offset=0, size=SAMPLE_BYTES):
        data += block
        if final:
            return data, True
        if (len(data) >= SAMPLE_BYTES and len(data.splitlines()) > FEW_LINES) or len(data) >= MOST_BYTES:
            break
    cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
    if not cut:
        hint = "Check that this is a text table with line ends."
        raise UnreadableFileError(f"The first line is longer than {MOST_BYTES // 2**20} MiB.", hint=hint)
    return data[:cut], False


def sample_rows(sample: bytes, guess: Guess, width: int, *, whole: bool, most: int = SAMPLE_ROWS) -> list[SampleRow]:
    """The first records, blank and comment lines left out; one that goes on behind the sample ends them."""
    rows: list[SampleRow] = []
    position = line = 0
    while position < len(sample) and len(rows) < most:
        record = certain_record(sample, position, guess.dialect, width, final=whole or not rows)
        if record is None:
            break
        is_declaration = guess.declared and position == 0
        if record.kind not in (Kind.BLANK, Kind.COMMENT) and not is_declaration:
            rows.append(SampleRow(line, _texts(sample, record, guess.dialect), record.kind is Kind.BAD_QUOTE))
        line += record.lines
        position = record.next
    return rows


def _texts(sample: bytes, record: Record, dialect: Dialect) -> tuple[str, ...]:
    """The values; where a quote is wrong, what stands between the delimiters."""
    fields = record.fields or sample[record.start : record.end].split(dialect.delimiter)
    return tuple(readable(field) for field in fields)


def comment_lines_before(sample: bytes, guess: Guess, line: int, width: int) -> int:
    """Comment and blank lines above the header: they have their own place in the account."""
    position = found = 0
    for _ in range(line):
        stop, after = line_end(sample, position)
        text = sample[position:stop]
        found += is_blank(text, guess.dialect, width) or (
            bool(guess.dialect.comment) and text.startswith(guess.dialect.comment)
        )
        position = after
    return found
