"""The original of a resubmission: JSON lines. The first says who, when and why; each of the others is one row.

``{"author": …, "at": …, "note": …, "action": …, "sources": {column: header text}}``, then
``{"batch": …, "row": …, "values": {column: text or null}}``, with ``"over"``: a batch, where a newer value may be lost.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, ClassVar, cast

import polars as pl

from hestia_assets.core.ports import Claim
from hestia_assets.core.results import (
    START,
    EntryAction,
    EntryId,
    Inspection,
    LineAccount,
    Position,
    TextChunk,
)
from hestia_assets.core.specs import Column, NoOptions, Recipe, Spec
from hestia_assets.domains.ingest.loading.fitting import sources_of

Values = Mapping[str, str | None]

IN_MEMORY = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of a resubmission: the entry that it comes from, and its text by column.

    ``over``: the batch whose newer value a person saw and let it take the place of.
    """

    id: EntryId
    values: Values
    over: str | None = None


@dataclass(frozen=True)
class Head:
    """Who resubmits, when and why; ``recipe`` is how the texts are written."""

    author: str
    at: datetime
    note: str
    action: EntryAction
    recipe: Recipe

    def encoded(self) -> bytes:
        """The first line."""
        fact = {
            "author": self.author,
            "at": self.at.isoformat(),
            "note": self.note,
            "action": self.action.value,
            "sources": sources_of(self.recipe),
        }
        return json.dumps(fact, ensure_ascii=False).encode() + b"\n"


def encoded(head: Head, rows: Iterable[Attempt]) -> BinaryIO:
    """The bytes of a resubmission, from their start."""
    target = cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - the caller closes it
    target.write(head.encoded())
    for row in rows:
        fact = {"batch": row.id.batch, "row": row.id.row, "values": dict(row.values)}
        fact |= {"over": row.over} if row.over else {}
        target.write(json.dumps(fact, ensure_ascii=False).encode() + b"\n")
    target.seek(0)
    return target


def head_of(source: BinaryIO) -> dict[str, Any]:
    """The first line."""
    source.seek(0)
    return json.loads(source.readline())


def attempts(source: BinaryIO) -> Iterator[Attempt]:
    """The rows, in order; the first is row 1 of its batch."""
    source.seek(0)
    source.readline()
    for line in source:
        fact = json.loads(line)
        yield Attempt(EntryId(fact["batch"], fact["row"]), fact["values"], fact.get("over"))


class ResubmissionReader:
    """Reads the rows of a resubmission as a format reads a file; nobody can hand one in."""

    suffixes: ClassVar[tuple[str, ...]] = ()
    unit: ClassVar[str] = "line"
    options: ClassVar[type[Spec]] = NoOptions

    def claim(self, head: bytes, *, file_name: str) -> Claim:  # noqa: ARG002 - the signature of a format
        """No file is one."""
        return Claim.NO

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:  # noqa: ARG002 - the signature of a format
        """There is nothing to guess."""
        return Inspection(Recipe(), ())

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:  # noqa: ARG002 - as above
        """Those of the recipe."""
        return recipe.columns

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield the rows with the recipe's columns; ``_line`` is the line of the JSON."""
        header = 0
        source.seek(start.offset)
        if start == START:
            source.readline()
            header, start = 1, Position(source.tell(), 2, 1)
        while lines := source.readlines(recipe.chunk_bytes):
            end = Position(source.tell(), start.line + len(lines), start.row + len(lines))
            yield _chunk(lines, recipe, start, end, header=header)
            header, start = 0, end


def _chunk(lines: Sequence[bytes], recipe: Recipe, start: Position, end: Position, *, header: int) -> TextChunk:
    values = [json.loads(line)["values"] for line in lines]
    columns = {column.name: [row.get(column.name) for row in values] for column in recipe.columns}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String())).with_columns(
        pl.int_range(start.row, end.row, dtype=pl.Int64).alias("_row"),
        pl.int_range(start.line, end.line, dtype=pl.Int64).alias("_line"),
        pl.lit(1, dtype=pl.Int32).alias("_lines"),
    )
    account = LineAccount(total=len(lines) + header, header=header, loaded=len(lines))
    texts = [line.decode().rstrip("\n") for line in lines]
    return TextChunk(frame, [], account, start, end, lambda indices: [texts[index] for index in indices])
