"""Tables with versions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from hestia_assets.core.layers import TableRef
from hestia_assets.core.results import (
    StagedFile,
    TableVersion,
)

if TYPE_CHECKING:
    import polars as pl


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

    def stage_stream(self, ref: TableRef, rows: "pl.LazyFrame", *, batch: str, part: int) -> StagedFile | None:
        """Like ``stage``, without holding all rows in memory; nothing for no rows."""
        ...

    def read_staged(self, ref: TableRef, staged: Sequence[StagedFile]) -> "pl.LazyFrame":
        """The rows of staged files."""
        ...

    def refuse_conflict(self, ref: TableRef, schema: "pl.Schema") -> None:
        """Raise SchemaConflictError when rows of this schema could not join the table."""
        ...

    def missing(self, ref: TableRef, staged: Sequence[StagedFile]) -> list[StagedFile]:
        """Staged files that are gone, because nobody committed them for a long time."""
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

    def commit_all(self, ref: TableRef, staged: Mapping[str, Sequence[StagedFile]], *, schema: "pl.Schema") -> int:
        """``commit`` for several batches in one commit, each under its own transaction id."""
        ...

    def has_batch(self, ref: TableRef, batch: str) -> bool:
        """Whether this batch was committed to the table."""
        ...

    def swap(
        self,
        ref: TableRef,
        leaving: "pl.DataFrame | None",
        staged: Sequence[StagedFile],
        *,
        batch: str,
        schema: "pl.Schema",
    ) -> int:
        """Take rows out and put staged files in, all at once, under a lease and the transaction id ``batch``.

        ``leaving`` names rows by ``_batch`` and ``_row``; None means all. A batch that is already in the table changes
        nothing. Creates the table and adds columns like ``commit``; waits a while for another rewrite to end.

        Returns:
            The version that holds the batch.

        Raises:
            LeaseHeldError: another rewrite did not end.
            SchemaConflictError: a column would change its type.
        """
        ...

    def stretches(self, ref: TableRef, *, version: int) -> "Iterator[pl.DataFrame]":
        """Every row of a version once, so many at a time as memory bears."""
        ...

    def retype(
        self, ref: TableRef, staged: Sequence[StagedFile], *, batch: str, schema: "pl.Schema", version: int
    ) -> int:
        """Put staged rows with other types in the place of all rows, all at once, under a lease and a transaction id.

        Returns:
            The version that holds the new types; older versions keep theirs.

        Raises:
            LeaseHeldError: another rewrite did not end.
            TableError: the table is not at ``version`` any more; it stays as it is.
        """
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

    def tables(self, tenant: str, *, internal: bool = False) -> list[TableRef]:
        """Every table of a tenant, sorted; with ``internal`` also those that are no data, for upkeep."""
        ...
