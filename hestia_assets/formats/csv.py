"""Delimited text (RFC 4180 and what people make of it): CSV, TSV, semicolons, any delimiter."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, ClassVar

import polars as pl

from hestia_assets.core.errors import HeaderMismatchError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import START, Inspection, LineAccount, Position, Reason, TextChunk
from hestia_assets.core.specs import Column, NoOptions, Recipe, Spec
from hestia_assets.formats._csv.chunks import chunks
from hestia_assets.formats._csv.head import dialect_of, read_head
from hestia_assets.formats._csv.inspect import columns_under, inspect_csv
from hestia_assets.formats._csv.rows import POSITION_TYPES
from hestia_assets.formats._csv.structure import Dialect, Records, scan
from hestia_assets.formats._csv.window import Window
from hestia_assets.formats._text.encoding import HEAD_BYTES, certain_encoding, guess_encoding
from hestia_assets.formats._text.source import blocks

COUNT_BYTES = 8 * 1024 * 1024
OF_OTHER_FORMATS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"\x1f\x8b")
"""A dataset may read workbooks or Parquet as well: such a file has other columns, and is no mistake."""


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

    def encoding_of(self, source: BinaryIO, recipe: Recipe) -> Reason | None:
        """The encoding that the file certainly is in, where that is not the recipe's, and why."""
        return certain_encoding(source, recipe.encoding)

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield text rows under ``recipe`` from ``start``.

        Yields:
            Chunks of about ``recipe.chunk_bytes``; records that are no rows are in ``rejects``.

        Raises:
            HeaderMismatchError: the header names other columns than the recipe.
            EmptyFileError: there is no header.
            UnreadableFileError: the header names other columns, for the bytes are no text.
        """
        dialect = dialect_of(recipe)
        try:
            head = read_head(source, recipe, dialect)
        except HeaderMismatchError:
            _refuse_no_text(source)
            raise
        if start == START or start.offset < head.end.offset:
            start, opening = head.end, head.account
        else:
            opening = LineAccount()
        missing = [column.name for column in recipe.columns if column.name not in head.names]
        nulls = [pl.lit(None, pl.String).alias(name) for name in missing]
        order = [*(column.name for column in recipe.columns), *POSITION_TYPES]
        for chunk in chunks(source, recipe, dialect, head.names, start):
            frame = chunk.frame.with_columns(nulls).select(order)
            yield replace(chunk, frame=frame, account=opening + chunk.account)
            opening = LineAccount()
        if opening.total:
            yield _nothing(order, opening, start)

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


def _refuse_no_text(source: BinaryIO) -> None:
    """What a picture or a program begins with is no header. Raises UnreadableFileError."""
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if not head.startswith(OF_OTHER_FORMATS):
        guess_encoding(io.BytesIO(head), file_name="The file")


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
