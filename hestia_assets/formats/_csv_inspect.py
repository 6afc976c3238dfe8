"""What a CSV file probably is: a recipe, with a reason for every decision. Only looks; loading never sniffs."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError
from hestia_assets.core.results import Inspection, Reason
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats._columns import numbered, text_columns
from hestia_assets.formats._csv_careful import (
    Kind,
    Record,
    certain_record,
    is_blank,
    line_end,
    open_header,
    skip_preamble,
)
from hestia_assets.formats._csv_dialect import Guess, guess_dialect
from hestia_assets.formats._csv_head import SEVERAL, dialect_of
from hestia_assets.formats._csv_structure import Dialect
from hestia_assets.formats._text_encoding import guess_encoding
from hestia_assets.formats._text_source import blocks

SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 300
MOST_PREAMBLE = 50
NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One record of the sample: its first line's number from 0, its values, and whether a quote in it is wrong."""

    line: int
    values: tuple[str, ...]
    broken: bool = False


def inspect_csv(source: BinaryIO, *, file_name: str) -> Inspection:
    """Guess a recipe. Raises EmptyFileError, UnreadableFileError."""
    encoding, why_encoding = guess_encoding(source, file_name=file_name)
    sample, whole = _sample(source, encoding)
    if not sample.strip():
        raise EmptyFileError(file_name)
    guess = guess_dialect(sample)
    rows, header, why_header = _table(sample, guess, whole=whole)
    if not rows:
        raise EmptyFileError(file_name)
    first = rows[header]
    has_header, why_names = _is_header(first.values, [row.values for row in rows[header + 1 :]])
    if has_header and first.broken:
        raise open_header()
    preamble = first.line - _comment_lines_before(sample, guess, first.line, len(first.values))
    recipe = Recipe(
        format="csv",
        encoding=encoding,
        delimiter=guess.dialect.delimiter.decode(),
        quote=guess.dialect.quote.decode(),
        comment=guess.dialect.comment.decode(),
        preamble_lines=preamble,
        has_header=has_header,
        columns=_columns(first.values, has_header=has_header),
    )
    reasons = [Reason("encoding", encoding, why_encoding), *guess.reasons]
    reasons += [Reason("preamble", "1 line" if preamble == 1 else f"{preamble} lines", why_header)] if preamble else []
    reasons += [Reason("header", f"line {first.line + 1}" if has_header else "none", why_names)]
    return Inspection(recipe, tuple(reasons))


def columns_under(source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
    """The columns of the first record under a recipe that a person chose. Raises EmptyFileError."""
    dialect = dialect_of(recipe)
    sample, whole = _sample(source, recipe.encoding)
    rows: list[SampleRow] = []
    for width in (SEVERAL, 1):
        position, _ = skip_preamble(sample, recipe.preamble_lines, dialect, width)
        rows = _rows(sample[position:], Guess(dialect, ()), width, whole=whole)
        if rows and len(rows[0].values) > 1:
            break
    if not rows:
        raise EmptyFileError("The file")
    return _columns(rows[0].values, has_header=recipe.has_header)


def _sample(source: BinaryIO, encoding: str) -> tuple[bytes, bool]:
    """Whole lines from the start of the file, and whether they are all of it."""
    data = b""
    for block, final in blocks(source, encoding, offset=0, size=SAMPLE_BYTES):
        data += block
        if final:
            return data, True
        if len(data) >= SAMPLE_BYTES:
            break
    cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
    return data[:cut] or data, False


def _table(sample: bytes, guess: Guess, *, whole: bool) -> tuple[list[SampleRow], int, str]:
    """The first records, the index of the first one of the table, and why.

    What a blank line is depends on the width: a space alone is a value where there is one column.
    """
    rows = _rows(sample, guess, SEVERAL, whole=whole)
    if not rows or len(rows[_header_row(rows)[0]].values) == 1:
        rows = _rows(sample, guess, 1, whole=whole)
    return (rows, *_header_row(rows)) if rows else (rows, 0, "")


def _rows(sample: bytes, guess: Guess, width: int, *, whole: bool) -> list[SampleRow]:
    """The first records, blank and comment lines left out; one that goes on behind the sample ends them."""
    rows: list[SampleRow] = []
    position = line = 0
    while position < len(sample) and len(rows) < SAMPLE_ROWS:
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
    return tuple(field.decode("utf-8", "backslashreplace") for field in fields)


def _header_row(rows: Sequence[SampleRow]) -> tuple[int, str]:
    """Index of the first row that is as wide and as full as the table; what precedes it is a preamble.

    A preamble stands above at least two rows of the table's width: a single wide row at the end is no table.
    """
    widths = Counter(len(row.values) for row in rows)
    width = max(widths, key=lambda w: (widths[w] * (w > 1), w))
    for index, row in enumerate(rows[:MOST_PREAMBLE]):
        filled = sum(bool(value.strip()) for value in row.values)
        if len(row.values) == width and filled * 2 >= min(width, 4):
            if index and sum(len(other.values) == width for other in rows[index:]) < 2:
                break
            return index, f"The lines before it do not have the table's {width} columns, or are almost empty."
    return 0, "No line stands out as a header."


def _is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> tuple[bool, str]:
    """Whether the first row names the columns, judged by the contrast with the rows below it."""
    if not others:
        return True, "The file has one row only; it is taken as the header."
    columns = [[row[i] for row in others if i < len(row) and row[i].strip()] for i in range(len(first))]
    numeric = [bool(c) and sum(bool(NUMBER.fullmatch(v.strip())) for v in c) * 10 >= len(c) * 9 for c in columns]
    named = [not NUMBER.fullmatch(text.strip()) for text in first]
    if named[0] and not numeric[0] and _years([text for text, name in zip(first, named, strict=True) if not name]):
        return True, "Its cells are years in a row above the columns."
    contrast = [name == number for name, number in zip(named, numeric, strict=True)]
    if any(name and number for name, number in zip(named, numeric, strict=True)):
        return True, "Its cells are words above columns of numbers or dates."
    if (not any(named) and all(numeric)) or (any(numeric) and not any(contrast)):
        return False, "The first row looks like the rows below it, so the columns get numbers for names."
    filled = [text for text in first if text.strip()]
    repeated = any(text in set(column) for text, column in zip(first, columns, strict=True) if text.strip())
    if repeated or len(set(filled)) < len(filled):
        return False, "A value of the first row appears again below it, so it is taken as data."
    return True, "Its cells are all different and none of them appears below."


def _years(texts: Sequence[str]) -> bool:
    years = [int(text) for text in texts if re.fullmatch(r"(19|20)\d\d", text.strip())]
    return len(years) == len(texts) >= 2 and all(b - a == 1 for a, b in pairwise(years))


def _columns(first: Sequence[str], *, has_header: bool) -> tuple[Column, ...]:
    return text_columns(first if has_header else numbered(len(first)))


def _comment_lines_before(sample: bytes, guess: Guess, line: int, width: int) -> int:
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
