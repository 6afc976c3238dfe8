"""Tables as Delta Lake folders: ``<lake>/<tenant>/<layer>/<name>``."""

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from hestia_assets.adapters import delta_log
from hestia_assets.adapters.delta_audit import damage, repair
from hestia_assets.adapters.delta_files import add_action, add_staged, remove_files, write_frame, write_stream
from hestia_assets.adapters.delta_handles import KeptTables, Snapshot
from hestia_assets.adapters.delta_maintenance import bring_back, delete_dead_files, join_small_files
from hestia_assets.adapters.delta_retype import replace_types, stretches
from hestia_assets.adapters.delta_rows import swap_rows
from hestia_assets.adapters.delta_types import added_columns, cast, storable
from hestia_assets.adapters.held_lease import HeldLease, holding
from hestia_assets.core.errors import NotFoundError, TableError
from hestia_assets.core.layers import INTERNAL_LAYERS, TABLE_LAYERS, TableRef
from hestia_assets.core.ports import LeaseStore
from hestia_assets.core.results import StagedFile, TableVersion

WAIT_LEASES = 10
"""A swap of rows waits this many lease lives for another rewrite of the table; a killed one frees it after one."""


class DeltaTableStore:
    """Appends are free and idempotent by batch; every rewrite holds the table's lease ``table:<address>``.

    Readers and rewrites open handles of their own; appends and questions share one that is kept (``delta_handles``).
    """

    def __init__(self, root: Path, *, leases: LeaseStore, owner: str, lease_seconds: float) -> None:
        self._root = root
        self._leases, self._owner, self._lease_seconds = leases, owner, lease_seconds
        self._kept = KeptTables()

    def exists(self, ref: TableRef) -> bool:
        """Whether the table has been created."""
        return delta_log.is_table(self._path(ref))

    def schema(self, ref: TableRef) -> pl.Schema:
        """Columns and types. Raises NotFoundError."""
        with self._current(ref) as now:
            return now.schema()

    def stage(self, ref: TableRef, frame: pl.DataFrame, *, batch: str, part: int) -> StagedFile:
        """Write rows beside the table; nobody sees them before ``commit``.

        The same rows of the same batch and part give the same file. Raises TableError.
        """
        with _explained(ref):
            kept = cast(frame, table=str(ref))
            return write_frame(self._path(ref), kept, stem=f"part-{batch}-{part}")

    def stage_stream(self, ref: TableRef, rows: pl.LazyFrame, *, batch: str, part: int) -> StagedFile | None:
        """Like ``stage``, without holding all rows in memory; nothing for no rows. Raises TableError."""
        with _explained(ref):
            kept = rows.cast(dict(storable(rows.collect_schema(), table=str(ref))))  # pyright: ignore[reportArgumentType] - a schema is a mapping
            written = write_stream(self._path(ref), kept, stem=f"part-{batch}-{part}")
            if written.rows:
                return written
            remove_files(self._path(ref), [written])
            return None

    def read_staged(self, ref: TableRef, staged: Sequence[StagedFile]) -> pl.LazyFrame:
        """The rows of staged files; a column that only some of them have is null in the others."""
        frames = [pl.scan_parquet(self._path(ref) / file.path, glob=False) for file in staged]
        return pl.concat(frames, how="diagonal") if frames else pl.LazyFrame()

    def refuse_conflict(self, ref: TableRef, schema: pl.Schema) -> None:
        """Raise SchemaConflictError when rows of this schema could not join the table."""
        if self.exists(ref):
            added_columns(self.schema(ref), storable(schema, table=str(ref)), table=str(ref))

    def missing(self, ref: TableRef, staged: Sequence[StagedFile]) -> list[StagedFile]:
        """Staged files that are not on disk any more."""
        return [file for file in staged if not (self._path(ref) / file.path).is_file()]

    def commit(self, ref: TableRef, staged: Sequence[StagedFile], *, batch: str, schema: pl.Schema) -> int:
        """Make staged files part of the table, all at once, under the transaction id ``batch``.

        A batch that was ever committed is never added again, not even after a restore to an older version.
        """
        return self.commit_all(ref, {batch: staged}, schema=schema)

    def commit_all(self, ref: TableRef, staged: Mapping[str, Sequence[StagedFile]], *, schema: pl.Schema) -> int:
        """``commit`` several batches in one commit, each under its own transaction id."""
        path = self._path(ref)
        with _explained(ref):
            kept = storable(schema, table=str(ref))
            known = {batch for batch in staged if self.has_batch(ref, batch)}
            actions = {
                batch: [] if batch in known else add_staged(path, list(files), kept, table=str(ref))
                for batch, files in staged.items()
            }
            return delta_log.append(self._kept, path, actions, schema=kept, table=str(ref))

    def has_batch(self, ref: TableRef, batch: str) -> bool:
        """Whether this batch was committed to the table."""
        if not self.exists(ref):
            return False
        with self._current(ref) as now:
            return now.has(batch)

    def swap(
        self,
        ref: TableRef,
        leaving: pl.DataFrame | None,
        staged: Sequence[StagedFile],
        *,
        batch: str,
        schema: pl.Schema,
    ) -> int:
        """Take rows out (by ``_batch`` and ``_row``; None: all) and staged ones in, under a lease, once per batch."""
        path, kept = self._path(ref), storable(schema, table=str(ref))
        if self.has_batch(ref, batch):
            with self._current(ref) as now:
                return now.version_of(batch)
        with self._rewriting(ref, wait_seconds=WAIT_LEASES * self._lease_seconds) as lease:
            return swap_rows(
                path, leaving, staged, batch=batch, schema=kept, table=str(ref), before_commit=lease.verify
            )

    def stretches(self, ref: TableRef, *, version: int) -> Iterator[pl.DataFrame]:
        """Every row of a version once, so many at a time as memory bears. Raises NotFoundError, TableError."""
        with _explained(ref):
            yield from stretches(self._path(ref), self._open(ref, version=version))

    def retype(
        self, ref: TableRef, staged: Sequence[StagedFile], *, batch: str, schema: pl.Schema, version: int
    ) -> int:
        """Put staged rows with other types in the place of all rows of ``version``, under a lease."""
        path, kept = self._path(ref), storable(schema, table=str(ref))
        with self._rewriting(ref, wait_seconds=WAIT_LEASES * self._lease_seconds) as lease:
            return replace_types(
                path, staged, batch=batch, schema=kept, version=version, table=str(ref), before_commit=lease.verify
            )

    def overwrite(self, ref: TableRef, frames: Iterable[pl.DataFrame], *, schema: pl.Schema) -> int:
        """Replace all rows and columns at once, under a lease. Raises LeaseHeldError, TableError."""
        kept = storable(schema, table=str(ref))
        path = self._path(ref)
        with self._rewriting(ref) as lease:
            actions = [add_action(path, file) for file in self._written(path, frames, kept)]

            def attempt() -> int:
                lease.verify()
                return delta_log.replace_all(path, actions, kept)

            return delta_log.retried(attempt, table=str(ref))

    def compact(self, ref: TableRef) -> int:
        """Join small files, under a lease. Returns the number of files saved. Raises LeaseHeldError."""
        self._open(ref)
        with self._rewriting(ref) as lease:
            return join_small_files(self._path(ref), table=str(ref), before_commit=lease.verify)

    def vacuum(self, ref: TableRef, *, keep_hours: float) -> list[str]:
        """Delete files that no version of the last ``keep_hours`` needs, under a lease. Returns their paths.

        Files that were staged but not committed stay for a week at least. Raises LeaseHeldError.
        """
        self._open(ref)
        with self._rewriting(ref):
            return delete_dead_files(self._path(ref), keep_hours=keep_hours)

    def restore(self, ref: TableRef, version: int) -> int:
        """Bring back an old version as a new one, under a lease. Raises LeaseHeldError, TableError."""
        self._open(ref, version=version)
        with self._rewriting(ref) as lease:
            return delta_log.retried(
                lambda: bring_back(self._path(ref), version, before_commit=lease.verify), table=str(ref)
            )

    def scan(self, ref: TableRef, *, version: int | None = None) -> pl.LazyFrame:
        """The rows, now or at a version. Raises NotFoundError, also for a version that does not exist."""
        return pl.scan_delta(self._open(ref, version=version))

    def version(self, ref: TableRef) -> int:
        """The latest version. Raises NotFoundError."""
        with self._current(ref) as now:
            return now.handle.version()

    def versions(self, ref: TableRef) -> list[TableVersion]:
        """Every commit, newest first. Raises NotFoundError."""
        return [_table_version(commit) for commit in self._open(ref).history()]

    def tables(self, tenant: str, *, internal: bool = False) -> list[TableRef]:
        """Every table of a tenant, sorted; with ``internal`` also those that are no data."""
        layers = (*TABLE_LAYERS, *INTERNAL_LAYERS) if internal else TABLE_LAYERS
        folders = [(layer, self._root / tenant / layer.value) for layer in layers]
        refs = [TableRef(layer, tenant, path.name) for layer, folder in folders for path in folder.glob("*")]
        return sorted(ref for ref in refs if self.exists(ref))

    def _written(self, path: Path, frames: Iterable[pl.DataFrame], schema: pl.Schema) -> list[StagedFile]:
        """Each frame as a file; when one cannot be written, none stays."""
        written: list[StagedFile] = []
        try:
            for number, frame in enumerate(frames):
                rows = frame.select(schema.names()).cast(dict(schema))  # pyright: ignore[reportArgumentType] - a schema is a mapping
                written.append(write_frame(path, rows, stem=f"whole-{uuid4().hex}-{number}"))
        except BaseException:  # whatever stops it, also Ctrl-C: the files belong to nobody
            remove_files(path, written)
            raise
        return written

    def _path(self, ref: TableRef) -> Path:
        return self._root / ref.path

    @contextmanager
    def _current(self, ref: TableRef) -> Iterator[Snapshot]:
        """The table as it is now, without opening it anew. Raises NotFoundError."""
        try:
            with self._kept.current(self._path(ref)) as now:
                yield now
        except TableNotFoundError:
            self._open(ref)
            raise
        except DeltaError as error:
            raise _table_error(ref, error) from error

    def _open(self, ref: TableRef, *, version: int | None = None) -> DeltaTable:
        try:
            return DeltaTable(self._path(ref), version=version)
        except TableNotFoundError as error:
            known = [str(table) for table in self.tables(ref.tenant)]
            raise NotFoundError("table", str(ref), known=known) from error
        except DeltaError as error:
            if version is None:
                raise _table_error(ref, error) from error
            known = [str(commit.version) for commit in self.versions(ref)]
            raise NotFoundError(f"version of {ref}", str(version), known=known) from error

    @contextmanager
    def _rewriting(self, ref: TableRef, *, wait_seconds: float = 0) -> Iterator[HeldLease]:
        """Hold the lease; afterwards, look through the log and take damage back."""
        name, life = f"table:{ref}", self._lease_seconds
        lease = holding(self._leases, name, owner=self._owner, seconds=life, wait_seconds=wait_seconds)
        with lease as held, _explained(ref):
            yield held
            found = damage(self._path(ref))
            if found:
                repair(self._path(ref), found, table=str(ref))


@contextmanager
def _explained(ref: TableRef) -> Iterator[None]:
    """Turn errors of Delta, Polars and the disk into ours."""
    try:
        yield
    except (DeltaError, pl.exceptions.PolarsError, OSError) as error:
        raise _table_error(ref, error) from error


def _table_error(ref: TableRef, error: Exception) -> TableError:
    text = str(error)
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in text or "os error 28" in text:
        return TableError(f"The disk is full; {ref} was not changed.", hint="Make room on the disk of the lake.")
    if "missing file" in text or isinstance(error, FileNotFoundError):
        return TableError(
            f"Files of that version of {ref} have been deleted.", hint="Choose a newer version of the table."
        )
    return TableError(f"{ref} could not be used: {text.splitlines()[0]}", hint="Look at the disk, then try again.")


def _table_version(commit: dict[str, Any]) -> TableVersion:
    at = datetime.fromtimestamp(commit["timestamp"] / 1000, UTC)
    operation = commit.get(delta_log.OPERATION_KEY) or commit["operation"].lower()
    return TableVersion(commit["version"], at, operation, commit.get(delta_log.BATCH_KEY))
