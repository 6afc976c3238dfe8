"""Tables as Delta Lake folders: ``<lake>/<tenant>/<layer>/<name>``."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

from hestia_assets.adapters import delta_log
from hestia_assets.adapters.delta_files import add_action, remove_action, storable, write_parquet
from hestia_assets.adapters.delta_lease import HeldLease, rewriting
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import TABLE_LAYERS, TableRef
from hestia_assets.core.ports import LeaseStore
from hestia_assets.core.results import StagedFile, TableVersion

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class DeltaTableStore:
    """Appends are free and idempotent by batch; every rewrite holds the table's lease ``table:<address>``."""

    root: Path
    leases: LeaseStore
    owner: str
    lease_seconds: float

    def __init__(self, root: Path, *, leases: LeaseStore, owner: str, lease_seconds: float) -> None:
        object.__setattr__(self, "root", Path(root))
        object.__setattr__(self, "leases", leases)
        object.__setattr__(self, "owner", owner)
        object.__setattr__(self, "lease_seconds", lease_seconds)

    def exists(self, ref: TableRef) -> bool:
        """Whether the table has been created."""
        return DeltaTable.is_deltatable(str(self._path(ref)))

    def schema(self, ref: TableRef) -> "pl.Schema":
        """Columns and types. Raises NotFoundError."""
        return delta_log.table_schema(self._open(ref))

    def stage(self, ref: TableRef, frame: "pl.DataFrame", *, batch: str, part: int) -> StagedFile:
        """Write rows beside the table; nobody sees them before ``commit``."""
        kept = frame.cast(dict(storable(frame.schema, table=str(ref))))  # pyright: ignore[reportArgumentType]
        return write_parquet(self._path(ref), kept, stem=f"part-{batch}-{part}")

    def read_staged(self, ref: TableRef, staged: Sequence[StagedFile]) -> "pl.LazyFrame":
        """The rows of staged files; a column that only some of them have is null in the others."""
        import polars as pl

        frames = [pl.scan_parquet(self._path(ref) / file.path) for file in staged]
        return pl.concat(frames, how="diagonal") if frames else pl.LazyFrame()

    def commit(self, ref: TableRef, staged: Sequence[StagedFile], *, batch: str, schema: "pl.Schema") -> int:
        """Make staged files part of the table, all at once, under the transaction id ``batch``."""
        path = self._path(ref)
        actions = [add_action(path, file) for file in staged]
        kept = storable(schema, table=str(ref))
        return delta_log.append(path, actions, batch=batch, schema=kept, table=str(ref))

    def has_batch(self, ref: TableRef, batch: str) -> bool:
        """Whether this batch was committed to the table."""
        return self.exists(ref) and self._open(ref).transaction_version(batch) is not None

    def overwrite(self, ref: TableRef, frames: Iterable["pl.DataFrame"], *, schema: "pl.Schema") -> int:
        """Replace all rows and columns, under a lease."""
        kept = storable(schema, table=str(ref))
        path = self._path(ref)
        with self._lease(ref) as lease:
            stem = f"whole-{uuid4().hex}"
            written = [
                write_parquet(path, frame.cast(dict(kept)), stem=f"{stem}-{number}")  # pyright: ignore[reportArgumentType]
                for number, frame in enumerate(frames)
            ]
            actions = [add_action(path, file) for file in written]
            delta_log.ensure_table(path, kept)

            def attempt() -> int:
                lease.verify()
                return delta_log.replace_all(DeltaTable(path), actions, kept)

            return delta_log.retried(attempt, table=str(ref))

    def compact(self, ref: TableRef) -> int:
        """Join small files, under a lease."""
        with self._lease(ref) as lease:
            handle = self._open(ref)
            return self._join(ref, handle, lease)

    def _join(self, ref: TableRef, handle: DeltaTable, lease: HeldLease) -> int:
        import polars as pl

        path = self._path(ref)
        files = pl.DataFrame(handle.get_add_actions(flatten=True)).select("path", "size_bytes").rows()
        if len(files) < 2:
            return 0
        joined = write_parquet(path, pl.scan_delta(handle).collect(), stem=f"joined-{uuid4().hex}")
        actions = [
            add_action(path, joined, data_change=False),
            *(remove_action(name, size, data_change=False) for name, size in files),
        ]

        def attempt() -> int:
            lease.verify()
            return delta_log.swap(DeltaTable(path), actions, "compact")

        delta_log.retried(attempt, table=str(ref))
        return len(files) - 1

    def vacuum(self, ref: TableRef, *, keep_hours: float) -> list[str]:
        """Delete files that no version of the last ``keep_hours`` needs, under a lease."""
        with self._lease(ref) as lease:
            handle = self._open(ref)
            lease.verify()
            return handle.vacuum(int(keep_hours), dry_run=False, enforce_retention_duration=False)

    def restore(self, ref: TableRef, version: int) -> int:
        """Bring back an old version as a new one, under a lease."""
        with self._lease(ref) as lease:

            def attempt() -> int:
                handle = self._open(ref)
                lease.verify()
                handle.restore(version, commit_properties=delta_log.exactly_next("restore"))
                return handle.version()

            return delta_log.retried(attempt, table=str(ref))

    def scan(self, ref: TableRef, *, version: int | None = None) -> "pl.LazyFrame":
        """The rows, now or at a version. Raises NotFoundError."""
        import polars as pl

        return pl.scan_delta(self._open(ref, version=version))

    def version(self, ref: TableRef) -> int:
        """The latest version. Raises NotFoundError."""
        return self._open(ref).version()

    def versions(self, ref: TableRef) -> list[TableVersion]:
        """Every commit, newest first. Raises NotFoundError."""
        return [_table_version(commit) for commit in self._open(ref).history()]

    def tables(self, tenant: str) -> list[TableRef]:
        """Every table of a tenant, sorted."""
        folders = [(layer, self.root / tenant / layer.value) for layer in TABLE_LAYERS]
        refs = [TableRef(layer, tenant, path.name) for layer, folder in folders for path in folder.glob("*")]
        return sorted(ref for ref in refs if self.exists(ref))

    def _path(self, ref: TableRef) -> Path:
        return self.root / ref.path

    def _open(self, ref: TableRef, *, version: int | None = None) -> DeltaTable:
        try:
            return DeltaTable(self._path(ref), version=version)
        except TableNotFoundError as error:
            known = [str(table) for table in self.tables(ref.tenant)]
            raise NotFoundError("table", str(ref), known=known) from error

    @contextmanager
    def _lease(self, ref: TableRef) -> Iterator[HeldLease]:
        with rewriting(self.leases, f"table:{ref}", owner=self.owner, seconds=self.lease_seconds) as lease:
            yield lease


def _table_version(commit: dict[str, Any]) -> TableVersion:
    at = datetime.fromtimestamp(commit["timestamp"] / 1000, UTC)
    operation = commit.get(delta_log.OPERATION_KEY) or commit["operation"].lower()
    return TableVersion(commit["version"], at, operation, commit.get(delta_log.BATCH_KEY))
