"""Apache Parquet (parquet.apache.org): typed columns, read as exact text together with their types.

Numbers are written digit for digit, floats as the shortest text that gives the same float back; timestamps without a
zone as they stand, those with one in UTC with a ``Z``; durations in ISO 8601; nested values as JSON; bytes in hex.
"""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Literal

import polars as pl
from pydantic import Field

from hestia_assets.core.ports import Claim
from hestia_assets.core.results import START, Inspection, LineAccount, Note, Position, Reason, Reject, TextChunk
from hestia_assets.core.specs import Column, Recipe, Spec, parse
from hestia_assets.formats._columns import matched
from hestia_assets.formats._parquet.file import (
    CELL_BYTES,
    ENCRYPTED,
    MAGIC,
    OpenFile,
    batches,
    damaged,
    open_file,
)
from hestia_assets.formats._parquet.types import bytes_as, typed_columns, why

if TYPE_CHECKING:
    import pyarrow as pa

    from hestia_assets.formats._parquet.text import TextMaker

MOST_ROWS = 65_536


class ParquetOptions(Spec):
    """What only Parquet files need."""

    binary: Literal["text", "hex"] = Field(
        default="hex",
        title="Columns of bytes",
        description="text: they hold UTF-8 text, as some writers store it; hex: two digits for each byte.",
    )


class ParquetFormat:
    """Reads one table; types come from the file and are not guessed."""

    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")
    unit: ClassVar[str] = "record"
    options: ClassVar[type[Spec]] = ParquetOptions
    knows_types: ClassVar[bool] = True

    def claim(self, head: bytes, *, file_name: str) -> Claim:
        """Sure by the mark at the file's start and the bytes behind it, which no text has."""
        if head.startswith((MAGIC, ENCRYPTED)) and not _is_text(head[4:64]):
            return Claim.SURE
        return Claim.NAMED if file_name.lower().endswith(self.suffixes) else Claim.NO

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Columns and types as the file declares them.

        Raises:
            UnreadableFileError: it is cut off, damaged, encrypted, or no Parquet file.
        """
        file = open_file(source, file_name)
        binary, question = bytes_as(file)
        recipe = Recipe(format="parquet", options={"binary": binary}, columns=typed_columns(file))
        reasons = [Reason("format", "parquet", "The file begins and ends with PAR1.")]
        reasons += [why(column, field.type) for column, field in zip(recipe.columns, file.schema, strict=True)]
        return Inspection(recipe, tuple(reasons), questions=(question,) if question else (), notes=_notes(file))

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:  # noqa: ARG002 - nothing to choose
        """The columns with the types that the file declares. Raises UnreadableFileError."""
        return typed_columns(open_file(source, "The file"))

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield text rows, a stretch of a row group at a time.

        Raises:
            HeaderMismatchError: the columns are not those of the recipe.
            UnreadableFileError: a page is damaged.
        """
        options = parse(ParquetOptions, recipe.options)
        file = open_file(source, "The file")
        names = matched(file.schema.names, recipe)
        reader = _Reader(file, recipe, names, options, size_bytes=source.seek(0, io.SEEK_END))
        yield from reader.chunks(start)


@dataclass(frozen=True)
class _Reader:
    file: OpenFile
    recipe: Recipe
    names: Sequence[str]
    options: ParquetOptions
    size_bytes: int

    def chunks(self, start: Position) -> Iterator[TextChunk]:
        first = 1
        for numbers in self._stretches():
            rows = sum(self._counts[number] for number in numbers)
            if start.row < first + rows:
                at = Position(start.offset, start.row, start.row) if start.row > first else self._at(first)
                large = self.file.is_too_large(numbers[0])
                yield from self._large(numbers[0], at) if large else self._stretch(numbers, at, first)
            first += rows

    @cached_property
    def _counts(self) -> list[int]:
        return [self.file.row_count(number) for number in self.file.groups]

    @cached_property
    def _rows(self) -> int:
        return sum(self._counts)

    def _stretches(self) -> Iterator[list[int]]:
        """Row groups that are read together: some writers make one of a few rows, and thousands of them."""
        together: list[int] = []
        size = 0
        for number in self.file.groups:
            large = self.file.is_too_large(number)
            size += self.file.group_bytes(number)
            if together and (large or size > self.recipe.chunk_bytes):
                yield together
                together, size = [], self.file.group_bytes(number)
            if large:
                yield [number]
                size = 0
            else:
                together.append(number)
        if together:
            yield together

    def _stretch(self, numbers: Sequence[int], at: Position, first: int) -> Iterator[TextChunk]:
        """The rows of row groups from ``at``; as many as the file declares."""
        left, skip = first + sum(self._counts[number] for number in numbers) - at.row, at.row - first
        for batch in batches(self.file, numbers, self._batch_rows(numbers)):
            if skip >= batch.num_rows:
                skip -= batch.num_rows
                continue
            rows = batch.slice(skip)
            skip = 0
            chunk = self._chunk(rows, at)
            yield chunk
            at, left = chunk.end, left - rows.num_rows
        if left:
            raise damaged(
                f"{abs(left):,} rows {'are missing' if left > 0 else 'too many'} in row group {_named(numbers)}"
            )

    def _chunk(self, batch: "pa.RecordBatch", at: Position) -> TextChunk:
        from hestia_assets.formats._parquet.text import TextMaker

        texts = TextMaker(self.options.binary)
        series: dict[str, pl.Series] = {}
        rejects: dict[int, Reject] = {}
        for name, array in zip(self.names, batch.columns, strict=True):
            series[name] = _text(texts, array)
            for index, value in texts.broken.items():
                rejects.setdefault(index, _no_text(at.row + index, name, value))
            texts.broken.clear()
        rows = batch.num_rows
        frame = self._frame(series, at, rows)
        original = frame.drop("_row", "_line", "_lines")
        bad = [rejects[index] for index in sorted(rejects)]
        bad = [replace(reject, text=_as_json(original, reject.row - at.row)) for reject in bad]
        if bad:
            frame = frame.filter(~pl.col("_row").is_in([reject.row for reject in bad]))
        end = self._at(at.row + rows)
        account = LineAccount(total=rows, loaded=frame.height, quarantined=len(bad))
        kept = frame.drop("_row", "_line", "_lines")
        return TextChunk(frame, bad, account, at, end, lambda indices: [_as_json(kept, i) for i in indices])

    def _frame(self, series: dict[str, pl.Series], at: Position, rows: int) -> pl.DataFrame:
        number = pl.int_range(at.row, at.row + rows, dtype=pl.Int64, eager=True)
        absent = pl.Series([None], dtype=pl.String).new_from_index(0, rows)
        found = [series.get(column.name, absent).alias(column.name) for column in self.recipe.columns]
        one = pl.Series("_lines", [1], dtype=pl.Int32).new_from_index(0, rows)
        return pl.DataFrame([*found, number.alias("_row"), number.alias("_line"), one])

    def _large(self, number: int, at: Position) -> Iterator[TextChunk]:
        """Rows with values that are too large to unpack, set aside one by one."""
        left = self.file.row_count(number)
        column, size = self.file.largest[number].column, self.file.value_bytes(number) // 2**20
        message = f"Its value in '{column}' has about {size:,} MB; at most {CELL_BYTES // 2**20} MB."
        bad = [Reject(row, row, 1, "too_large", message, "", None) for row in range(at.row, at.row + left)]
        frame = self._frame({name: pl.Series([], dtype=pl.String) for name in self.names}, at, 0)
        account = LineAccount(total=left, quarantined=left)
        yield TextChunk(frame, bad, account, at, self._at(at.row + left), lambda _: [])

    def _batch_rows(self, numbers: Sequence[int]) -> int:
        """As many rows as the recipe's chunk allows, judged by the declared size of the row groups."""
        size = sum(self.file.group_bytes(number) for number in numbers)
        width = size // max(1, sum(self._counts[number] for number in numbers))
        return max(1, min(MOST_ROWS, self.recipe.chunk_bytes // max(1, width)))

    def _at(self, row: int) -> Position:
        """How far a record is, in bytes of the file; the end is the file's end."""
        return Position(self.size_bytes * (row - 1) // max(1, self._rows), row, row)


def _named(numbers: Sequence[int]) -> str:
    first, last = numbers[0] + 1, numbers[-1] + 1
    return f"{first}" if first == last else f"{first} to {last}"


def _notes(file: OpenFile) -> tuple[Note, ...]:
    large = sum(file.row_count(number) for number in file.groups if file.is_too_large(number))
    old = file.int96_columns()
    told = {
        "large values": (large, f"Values of more than {CELL_BYTES // 2**20} MB are not unpacked: rows set aside.", ()),
        "INT96 timestamps": (len(old), "Columns of this old type are read to the microsecond.", tuple(old[:5])),
    }
    return tuple(Note(what, count, text, places) for what, (count, text, places) in told.items() if count)


def _text(texts: "TextMaker", array: "pa.Array") -> pl.Series:
    import pyarrow as pa

    try:
        return pl.Series(texts.texts(array), dtype=pl.String)
    except (pa.ArrowException, OverflowError) as error:
        raise damaged(str(error)) from error


def _is_text(data: bytes) -> bool:
    return bool(data) and data.translate(None, b"\t\r\n").decode("latin-1").isprintable()


def _no_text(row: int, column: str, value: str) -> Reject:
    message = f"The bytes in '{column}' are no text in UTF-8; they are shown in hex."
    return Reject(row, row, 1, "encoding", message, "", column, value)


def _as_json(frame: pl.DataFrame, index: int) -> str:
    """A record as it is shown to a person: its values as text, by column."""
    return json.dumps(frame.row(index, named=True), ensure_ascii=False)


FORMAT = ParquetFormat()
