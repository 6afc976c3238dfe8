"""Open tables that are kept between two calls: opening one anew costs 4 to 20 ms, looking whether it changed two stats.

A kept handle is never trusted: before each use the log is asked for the commit after its snapshot, and for the very
file of the snapshot's own commit (a table that was deleted and made anew has versions of the same numbers). What
another process committed is read first, so a snapshot from here is as fresh as one that is opened now.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from polars.exceptions import PolarsError

from hestia_assets.adapters.delta_entries import actions_of, commit_file
from hestia_assets.adapters.delta_types import table_schema

MOST_COMMITS = 50
"""An old handle slows down with every commit that it was brought up to date over."""

OLDEST_SECONDS = 600
MOST_TABLES = 32
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")


@dataclass
class Snapshot:
    """A table at one version, and the batches whose transaction ids are in it."""

    path: Path
    handle: DeltaTable
    opened_at: float = field(default_factory=time.monotonic)
    _commits: int = 0
    _head: tuple[int, ...] | None = None
    _batches: dict[str, int | None] | None = None
    _schema: tuple[str, pl.Schema] | None = None

    @classmethod
    def open(cls, path: Path) -> "Snapshot":
        """The table as it is now. Raises TableNotFoundError."""
        handle = DeltaTable(path)
        return cls(path, handle, _head=_identity(path, handle.version()))

    def is_usable(self) -> bool:
        """Whether this is still the same table, and the handle young enough to be brought up to date."""
        young = self._commits < MOST_COMMITS and time.monotonic() - self.opened_at < OLDEST_SECONDS
        return young and self._head is not None and self._head == _identity(self.path, self.handle.version())

    def refresh(self) -> None:
        """Read what was committed since."""
        before = self.handle.version()
        if not commit_file(self.path, before + 1).exists():
            return
        self.handle.update_incremental()
        after = self.handle.version()
        self._commits += after - before
        self._head = _identity(self.path, after)
        if self._batches is not None:
            self._batches = _with_commits(self.path, self._batches, before + 1, after)

    def has(self, batch: str) -> bool:
        """Whether the snapshot holds the transaction id ``batch``."""
        if self._batches is None:
            self._batches = _batches(self.path, self.handle.version())
        if self._batches is None:  # parts of the log are gone, or of a kind that only the library reads
            return self.handle.transaction_version(batch) is not None
        return batch in self._batches

    def version_of(self, batch: str) -> int:
        """The version that a batch came with; the latest where that part of the log has been cleaned away."""
        known = (self._batches or {}).get(batch)
        return version_of(batch, self.path, latest=self.handle.version()) if known is None else known

    def schema(self) -> pl.Schema:
        """The table's columns in Polars' words."""
        key = self.handle.schema().to_json()
        if self._schema is None or self._schema[0] != key:
            self._schema = (key, table_schema(self.handle))
        return self._schema[1]


class KeptTables:
    """One open handle per table; whoever uses it has it alone."""

    def __init__(self) -> None:
        self._kept: dict[Path, Snapshot] = {}
        self._lock = threading.Lock()

    @contextmanager
    def current(self, path: Path) -> Iterator[Snapshot]:
        """The table as it is now; after an error the handle is given up. Raises TableNotFoundError."""
        with self._lock:
            kept = self._kept.pop(path, None)
        if kept is not None and kept.is_usable():
            kept.refresh()
        else:
            kept = Snapshot.open(path)
        yield kept
        with self._lock:
            self._kept[path] = kept
            while len(self._kept) > MOST_TABLES:
                self._kept.pop(next(iter(self._kept)))


def version_of(batch: str, path: Path, *, latest: int) -> int:
    """The version that a batch came with; the latest where that part of the log has been cleaned away."""
    for version in range(latest, -1, -1):
        actions = actions_of(path, version)
        if actions is None:
            break
        if any(action.get("txn", {}).get("appId") == batch for action in actions):
            return version
    return latest


def _identity(path: Path, version: int) -> tuple[int, ...] | None:
    try:
        stat = commit_file(path, version).stat()
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def _batches(path: Path, version: int) -> dict[str, int | None] | None:
    """Transaction ids up to a version, from the newest checkpoint and the commits after it."""
    names = (entry.name for entry in (path / "_delta_log").iterdir())
    points = [int(match[1]) for name in names if (match := _CHECKPOINT.fullmatch(name))]
    start = max((point for point in points if point <= version), default=-1)
    found: dict[str, int | None] = {}
    if start >= 0:
        try:
            kept = pl.read_parquet(path / "_delta_log" / f"{start:020d}.checkpoint.parquet", columns=["txn"])
            found = dict.fromkeys(kept["txn"].drop_nulls().struct.field("appId").drop_nulls().to_list())
        except (PolarsError, OSError):
            return None
    return _with_commits(path, found, start + 1, version)


def _with_commits(path: Path, found: dict[str, int | None], first: int, last: int) -> dict[str, int | None] | None:
    """With the transaction ids of some commits more; None when one of them cannot be read."""
    for version in range(first, last + 1):
        actions = actions_of(path, version)
        if actions is None:
            return None
        found |= {action["txn"]["appId"]: version for action in actions if "txn" in action}
    return found
