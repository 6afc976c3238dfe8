"""Formats, validation, and the one gate to rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Protocol

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.layers import TableRef
from hestia_assets.core.results import (
    START,
    Inspection,
    Judgement,
    Position,
    Reason,
    SetFailure,
    TextChunk,
)
from hestia_assets.core.specs import CheckSpec, Column, Recipe

if TYPE_CHECKING:
    import polars as pl


class Format(Protocol):
    """A file format: bytes ↔ table."""

    suffixes: ClassVar[tuple[str, ...]]

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Guess a recipe from the content. Raises ReadError."""
        ...

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns, all text, when a person chose how to read. Raises ReadError."""
        ...

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield text rows under an explicit recipe, from ``start``. Raises ReadError."""
        ...

    def write(self, frames: Iterable["pl.DataFrame"], target: BinaryIO) -> int:
        """Write typed rows with a header; returns the number of rows."""
        ...

    def count(self, source: BinaryIO) -> int:
        """Count the rows of a written file by reading it again."""
        ...


class SqlEngine(Protocol):
    """Runs one query where nothing but the given tables can be reached."""

    def tables_in(self, sql: str, *, tenant: str) -> list[TableRef]:
        """The tables that a query reads. Raises SqlError when it is no single SELECT."""
        ...

    def run(
        self, sql: str, tables: "Mapping[TableRef, pl.LazyFrame]", *, tenant: str, limit: int | None
    ) -> "pl.DataFrame":
        """The result, at most ``limit`` rows. Raises SqlError."""
        ...


class RowGate(Protocol):
    """The one way to rows: every reader passes a principal, a table or query, and a purpose."""

    def read(
        self, principal: Principal, ref: TableRef, *, purpose: Purpose, version: int | None = None
    ) -> "pl.LazyFrame":
        """The rows of one table as this principal may see them. Raises NotFoundError."""
        ...

    def sql(self, principal: Principal, sql: str, *, purpose: Purpose, limit: int | None = None) -> "pl.DataFrame":
        """The result of one SELECT. Raises SqlError, NotFoundError."""
        ...

    def tables_in(self, principal: Principal, sql: str) -> list[TableRef]:
        """The tables a query reads. Raises SqlError."""
        ...


class Validator(Protocol):
    """Says what is valid: types and checks."""

    def guess(self, text: "pl.DataFrame", columns: tuple[Column, ...]) -> tuple[tuple[Column, ...], tuple[Reason, ...]]:
        """Columns with types guessed from their text, and the evidence."""
        ...

    def schema(self, columns: tuple[Column, ...]) -> "pl.Schema":
        """Names and types of the typed columns."""
        ...

    def judge(self, text: "pl.DataFrame", columns: tuple[Column, ...], checks: Sequence[CheckSpec]) -> Judgement:
        """Type a chunk and run the checks that look at one row. Raises SpecError when a check cannot run."""
        ...

    def judge_set(
        self, rows: "pl.LazyFrame", existing: "pl.LazyFrame | None", checks: Sequence[CheckSpec]
    ) -> list[SetFailure]:
        """Run the checks that look at all rows of a batch and of the table."""
        ...
