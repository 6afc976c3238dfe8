"""Ports: what the domains need from the machine. Adapters make them real."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Protocol

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.layers import TableRef
from hestia_assets.core.results import (
    START,
    AuditEvent,
    Batch,
    BatchPart,
    IncomingFile,
    Inspection,
    Job,
    Judgement,
    Lease,
    Position,
    Problem,
    Reason,
    SetFailure,
    SpecVersion,
    StagedFile,
    StoredFile,
    TableVersion,
    TextChunk,
)
from hestia_assets.core.specs import AnySpec, CheckSpec, Column, Recipe

if TYPE_CHECKING:
    import polars as pl

Clock = Callable[[], datetime]
"""Gives the time now, in UTC."""


class TableStore(Protocol):
    """Tables with versions. Appends are idempotent by batch; rewrites hold an exclusive lease."""

    def exists(self, ref: TableRef) -> bool:
        """Whether the table has been created."""
        ...

    def schema(self, ref: TableRef) -> "pl.Schema":
        """Columns and types. Raises NotFoundError."""
        ...

    def stage(self, ref: TableRef, frame: "pl.DataFrame", *, batch: str, part: int) -> StagedFile:
        """Write rows beside the table; nobody sees them before ``commit``. Same batch and part: same file."""
        ...

    def read_staged(self, ref: TableRef, staged: Sequence[StagedFile]) -> "pl.LazyFrame":
        """The rows of staged files."""
        ...

    def commit(self, ref: TableRef, staged: Sequence[StagedFile], *, batch: str, schema: "pl.Schema") -> int:
        """Make staged files part of the table, all at once, under the transaction id ``batch``.

        Creates the table, adds new columns, retries on a fresh snapshot when another commit came between.
        A batch that is already in the table adds nothing.

        Returns:
            The version that holds the batch.

        Raises:
            SchemaConflictError: a column would change its type.
        """
        ...

    def has_batch(self, ref: TableRef, batch: str) -> bool:
        """Whether this batch was committed to the table."""
        ...

    def overwrite(self, ref: TableRef, frames: Iterable["pl.DataFrame"], *, schema: "pl.Schema") -> int:
        """Replace all rows, under a lease. Returns the new version. Raises LeaseHeldError."""
        ...

    def compact(self, ref: TableRef) -> int:
        """Join small files, under a lease. Returns the number of files saved."""
        ...

    def vacuum(self, ref: TableRef, *, keep_hours: float) -> list[str]:
        """Delete files that no version of the last ``keep_hours`` needs, under a lease. Returns their paths."""
        ...

    def restore(self, ref: TableRef, version: int) -> int:
        """Bring back an old version as a new one, under a lease."""
        ...

    def scan(self, ref: TableRef, *, version: int | None = None) -> "pl.LazyFrame":
        """The rows, now or at a version. Raises NotFoundError."""
        ...

    def version(self, ref: TableRef) -> int:
        """The latest version. Raises NotFoundError."""
        ...

    def versions(self, ref: TableRef) -> list[TableVersion]:
        """Every commit, newest first. Raises NotFoundError."""
        ...

    def tables(self, tenant: str) -> list[TableRef]:
        """Every table of a tenant, sorted."""
        ...


class SpecStore(Protocol):
    """Specs by kind, tenant and name; every save is a new version."""

    def save(self, spec: AnySpec, *, author: str) -> SpecVersion:
        """Keep a new version; an unchanged spec keeps its version."""
        ...

    def get(self, kind: str, tenant: str, name: str, *, version: int | None = None) -> SpecVersion:
        """The latest or one version. Raises NotFoundError."""
        ...

    def all(self, kind: str, *, tenant: str | None = None) -> list[SpecVersion]:
        """The latest version of each, sorted by tenant and name."""
        ...

    def history(self, kind: str, tenant: str, name: str) -> list[SpecVersion]:
        """Every version, newest first."""
        ...


class BatchStore(Protocol):
    """Batches and their parts. Every call is one transaction."""

    def create(self, batch: Batch) -> Batch:
        """Keep a new batch; if the same bytes live in the dataset already, return that batch instead."""
        ...

    def get(self, batch: str) -> Batch:
        """One batch. Raises NotFoundError."""
        ...

    def update(self, batch: str, **changes: Any) -> Batch:
        """Change named fields of a Batch; ``updated_at`` is set. Raises NotFoundError."""
        ...

    def recent(self, tenant: str, dataset: str | None = None, *, limit: int = 50) -> list[Batch]:
        """The newest first."""
        ...

    def pending(self, tenant: str, dataset: str) -> list[Batch]:
        """Batches that wait for a run or were cut off in one, oldest first."""
        ...

    def add_part(self, part: BatchPart) -> None:
        """Remember a finished stretch, replacing one of the same number."""
        ...

    def parts(self, batch: str) -> list[BatchPart]:
        """Finished stretches in order."""
        ...

    def clear_parts(self, batch: str) -> None:
        """Forget the stretches: the batch is committed or starts anew."""
        ...


class JobStore(Protocol):
    """Jobs with progress."""

    def start(
        self,
        kind: str,
        tenant: str,
        subject: str,
        *,
        batch: str | None = None,
        run_id: str | None = None,
        bytes_total: int = 0,
    ) -> Job:
        """Open a job."""
        ...

    def progress(self, job: int, *, rows_done: int, bytes_done: int) -> None:
        """Say how far it is."""
        ...

    def finish(self, job: int, *, problem: Problem | None = None) -> None:
        """Close it as succeeded, or failed with a problem."""
        ...

    def recent(self, tenant: str, *, limit: int = 20) -> list[Job]:
        """The newest first."""
        ...


class LeaseStore(Protocol):
    """Exclusive leases that expire, so a killed holder blocks nobody for long."""

    def acquire(self, name: str, *, owner: str, ttl_seconds: float) -> Lease:
        """Take the lease if it is free or expired. Raises LeaseHeldError."""
        ...

    def renew(self, lease: Lease, *, ttl_seconds: float) -> Lease:
        """Extend it. Raises LeaseHeldError when somebody else took it over meanwhile."""
        ...

    def release(self, lease: Lease) -> None:
        """Give it back; does nothing when it was taken over."""
        ...


class AuditLog(Protocol):
    """Who did what."""

    def record(self, actor: str, action: str, subject: str, **details: Any) -> None:
        """Add one event."""
        ...

    def recent(self, *, subject: str | None = None, limit: int = 100) -> list[AuditEvent]:
        """The newest first."""
        ...


class FileStore(Protocol):
    """Originals, immutable, named by SHA-256, one folder per tenant."""

    def put(self, tenant: str, source: BinaryIO) -> StoredFile:
        """Copy a stream in chunks, hashing it; the file appears all at once."""
        ...

    def open(self, tenant: str, sha256: str) -> BinaryIO:
        """The bytes, seekable. Raises NotFoundError."""
        ...

    def path(self, tenant: str, sha256: str) -> Path:
        """Where the bytes are on this machine."""
        ...


class ExportFolder(Protocol):
    """Files for others, one folder per tenant; a file gets its name only when it is complete."""

    def writing(self, tenant: str, file_name: str) -> AbstractContextManager[tuple[BinaryIO, Path]]:
        """A temporary file, open and with its path; it takes its name on a clean end and vanishes otherwise."""
        ...

    def path(self, tenant: str, file_name: str) -> Path:
        """Where a published file is."""
        ...


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


class Incoming(Protocol):
    """Drop folders, one per dataset."""

    def folder(self, tenant: str, dataset: str) -> Path:
        """The drop folder, created when missing."""
        ...

    def files(self, tenant: str, dataset: str | None = None) -> list[IncomingFile]:
        """Files that wait, oldest first."""
        ...

    def remove(self, file: IncomingFile) -> None:
        """Take a file out of the folder."""
        ...
