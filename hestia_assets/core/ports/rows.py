"""Formats, validation, and the one gate to rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Protocol, runtime_checkable

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.layers import TableRef
from hestia_assets.core.results import (
    START,
    CheckResult,
    Guess,
    Inspection,
    Judgement,
    Note,
    Position,
    Question,
    Reason,
    SetFailure,
    TextChunk,
)
from hestia_assets.core.rules import ArrivedBatch, Occasion, Scope
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Mode, Recipe, Spec

if TYPE_CHECKING:
    import polars as pl


class Claim(IntEnum):
    """How sure a format is that a file is its own, by its first bytes and its name."""

    NO = 0
    FALLBACK = 1  # text that may be anything
    NAMED = 2  # only the name says so
    SURE = 3  # the bytes say so


class Format(Protocol):
    """A file format, read: bytes → tables of text.

    ``unit`` is what its accounts count: ``line``, ``record`` or ``row`` (of a sheet). ``options`` is the model of
    ``Recipe.options``; its field titles and descriptions are shown to people.
    """

    suffixes: ClassVar[tuple[str, ...]]
    unit: ClassVar[str]
    options: ClassVar[type[Spec]]

    def claim(self, head: bytes, *, file_name: str) -> Claim:
        """How sure it is that a file with these first 64 KiB is its own."""
        ...

    def inspect(self, source: BinaryIO, *, file_name: str) -> Inspection:
        """Guess a recipe from the content. Raises ReadError."""
        ...

    def columns(self, source: BinaryIO, recipe: Recipe) -> tuple[Column, ...]:
        """The columns, all text, when a person chose how to read. Raises ReadError."""
        ...

    def read(self, source: BinaryIO, recipe: Recipe, *, start: Position = START) -> Iterator[TextChunk]:
        """Yield text rows under an explicit recipe, from ``start``. Raises ReadError."""
        ...


@runtime_checkable
class WritableFormat(Protocol):
    """A format that tables can be written in, and that proves what it wrote."""

    suffixes: ClassVar[tuple[str, ...]]

    def write(self, frames: Iterable["pl.DataFrame"], target: BinaryIO) -> int:
        """Write typed rows with a header; returns the number of rows."""
        ...

    def count(self, source: BinaryIO) -> int:
        """Count the rows of a written file by reading it again."""
        ...


@runtime_checkable
class TypedFormat(Protocol):
    """A format whose files declare the types of their columns: ``inspect`` and ``columns`` set them, nobody guesses."""

    knows_types: ClassVar[bool]


@runtime_checkable
class TellingFormat(Protocol):
    """A format of files with several tables that tells of each what ``inspect`` tells of the first."""

    def about(self, source: BinaryIO, recipe: Recipe) -> tuple[tuple[Note, ...], tuple[Question, ...]]:
        """Notes and questions on the table that the recipe reads. Raises ReadError, SpecError."""
        ...


@runtime_checkable
class LayoutFormat(Protocol):
    """A format whose tables are laid out for people: titles and totals stand around the rows, and each has a name."""

    def as_it_is(self, table: str) -> Mapping[str, Any]:
        """Changes to a recipe that keep every row of the table called so: no title, header or total is taken out."""
        ...


@runtime_checkable
class EncodedFormat(Protocol):
    """A format of text, whose files may come in another encoding than the last one did."""

    def encoding_of(self, source: BinaryIO, recipe: Recipe) -> Reason | None:
        """The encoding that the file certainly is in, where that is not the recipe's, and why."""
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

    def select(self, sql: str, relations: "Mapping[str, pl.LazyFrame]") -> "pl.DataFrame":
        """The result of Hestia's own query over relations by name; nothing else is in reach. Raises SqlError."""
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

    def on(self, occasion: Occasion) -> "Validator":
        """The same for one batch: where its checks look for other tables, and which day is its today."""
        ...

    def scope(self, check: CheckSpec) -> Scope:
        """What a check looks at. Raises UnknownPluginError."""
        ...

    def demand(self, result: "CheckResult", checks: Sequence[CheckSpec]) -> str:
        """What the check of a result, one of these, demands, as a sentence without a full stop."""
        ...

    def reads(self, check: CheckSpec) -> frozenset[str] | None:
        """The columns that a check looks at; None where it may look at any."""
        ...

    def datasets(self, check: CheckSpec) -> tuple[str, ...]:
        """Names of other datasets whose validated tables a check reads. Raises SpecError on wrong parameters."""
        ...

    def guess(self, text: "pl.DataFrame", columns: tuple[Column, ...]) -> Guess:
        """Columns with types guessed from their text, the evidence, and what only a person can decide."""
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
        """Run the checks that look at all rows of a batch and of the table. Raises SpecError when one cannot run."""
        ...

    def judge_beside(
        self, rows: "pl.LazyFrame", existing: "pl.LazyFrame | None", spec: DatasetSpec, mode: Mode
    ) -> "tuple[list[SetFailure], pl.LazyFrame | None]":
        """``judge_set`` with the spec's checks, and the rows of the table that will be beside those that pass.

        ``existing``: the table without rows of the batch, and without those that go because it lacks their key. In an
        update they give way to the rows of their key, but not to a row that fails. Raises SpecError when a check
        cannot run, or rows depend on each other in a long chain.
        """
        ...

    def judge_records(self, rows: "pl.DataFrame", checks: Sequence[CheckSpec]) -> list[SetFailure]:
        """Run checks of values or rows on typed rows with ``_row`` and ``_line``. Raises SpecError."""
        ...

    def judge_batch(self, batch: ArrivedBatch, checks: Sequence[CheckSpec]) -> list[CheckResult]:
        """Run the checks that look at the batch as a whole. Raises SpecError when one cannot run."""
        ...
