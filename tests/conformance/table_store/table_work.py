"""What the processes of these tests do: open a store of their own, write, say what is done, until they are killed."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path

import polars as pl

from hestia_assets.adapters.delta import DeltaTableStore
from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.core.errors import LeaseHeldError
from hestia_assets.core.layers import TableRef
from hestia_assets.core.ports import LeaseStore, TableStore

REF = TableRef.parse("validated.orders")
SCHEMA = pl.Schema({"id": pl.Int64, "batch": pl.String})
ROWS = 20
SHORT_LEASE_SECONDS = 1.5
PATIENCE_SECONDS = 300

PROCESSES = ForkServerContext()
PROCESSES.set_forkserver_preload(["hestia_assets.adapters.delta", "hestia_assets.adapters.metadata", "pyarrow"])


def leases_of(home: Path) -> LeaseStore:
    """The real leases, in a SQLite file."""
    home.mkdir(parents=True, exist_ok=True)
    return open_metadata(f"sqlite:///{home / 'hestia.db'}", home=home, clock=lambda: datetime.now(UTC)).leases


def delta(home: Path, *, owner: str = "test", seconds: float = 30.0, leases: LeaseStore | None = None) -> TableStore:
    """A Delta store below ``home``, as each process opens it."""
    return DeltaTableStore(home / "lake", leases=leases or leases_of(home), owner=owner, lease_seconds=seconds)


Opener = Callable[..., TableStore]
STORES: dict[str, Opener] = {"delta": delta}


def rows_of(batch: str, *, rows: int = ROWS) -> pl.DataFrame:
    """Rows that know their batch."""
    return pl.DataFrame({"id": range(rows), "batch": [batch] * rows}, schema=SCHEMA)


def add(store: TableStore, batch: str, *, rows: int = ROWS) -> int:
    """Stage and commit one batch."""
    staged = store.stage(REF, rows_of(batch, rows=rows), batch=batch, part=0)
    return store.commit(REF, [staged], batch=batch, schema=SCHEMA)


def counts(store: TableStore) -> dict[str, int]:
    """Rows per batch, as a reader sees them."""
    found = store.scan(REF).group_by("batch").len().collect()
    return dict(found.rows())


def append_many(kind: str, home: Path, name: str, count: int) -> None:
    """Commit ``count`` batches of one's own."""
    store = STORES[kind](home, owner=name)
    for number in range(count):
        add(store, f"{name}-{number}")


def append_same(kind: str, home: Path, start: Barrier, batches: list[str]) -> None:
    """Commit batches, each at the same moment as somebody else."""
    store = STORES[kind](home)
    for batch in batches:
        staged = store.stage(REF, rows_of(batch), batch=batch, part=0)
        start.wait(PATIENCE_SECONDS)
        store.commit(REF, [staged], batch=batch, schema=SCHEMA)


def compact_at(kind: str, home: Path, start: Barrier, results: Connection) -> None:
    """Compact at the same moment as others; tell how it went."""
    store = STORES[kind](home)
    start.wait(PATIENCE_SECONDS)
    try:
        results.send(store.compact(REF))
    except LeaseHeldError:
        results.send("held")


def endless_appends(kind: str, home: Path, done: Connection) -> None:
    """Commit batch after batch, going on where the killed one before was."""
    store = STORES[kind](home, seconds=0.5)
    number = len(counts(store))
    add(store, f"b{number}")  # the first one takes ten times as long as the next
    done.send("ready")
    while True:
        done.send(number)
        number += 1
        add(store, f"b{number}")


def endless_overwrites(kind: str, home: Path, done: Connection) -> None:
    """Replace the table again and again by the next generation, in three frames."""
    store = STORES[kind](home, owner="writer", seconds=0.5)
    generation = int(next(iter(counts(store)))) + 1
    patiently(lambda: store.compact(REF))
    done.send("ready")
    while True:
        frames = [rows_of(str(generation)) for _ in range(3)]
        patiently(lambda rows=frames: store.overwrite(REF, rows, schema=SCHEMA))
        done.send(generation)
        generation += 1


def endless_compactions(kind: str, home: Path, done: Connection) -> None:
    """Append a few batches, join them, again and again."""
    store = STORES[kind](home, owner="compactor", seconds=0.5)
    number = len(counts(store))
    patiently(lambda: store.compact(REF))
    done.send("ready")
    while True:
        for _ in range(3):
            add(store, f"b{number}")
            done.send(number)
            number += 1
        patiently(lambda: store.compact(REF))


def rewrite_slowly(kind: str, home: Path, results: Connection) -> None:
    """Overwrite with frames that come when they are asked for; tell when the lease is held, and how it ended."""
    store = STORES[kind](home, owner="slow", seconds=SHORT_LEASE_SECONDS)

    def frames():
        results.send("writing")
        results.recv()
        yield rows_of("slow")

    try:
        results.send(store.overwrite(REF, frames(), schema=SCHEMA))
    except LeaseHeldError as error:
        results.send(error.message)


def patiently(rewrite: Callable[[], int]) -> int:
    """Wait for the lease of a killed process to expire."""
    while True:
        try:
            return rewrite()
        except LeaseHeldError:
            time.sleep(0.05)
