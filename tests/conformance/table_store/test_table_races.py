"""Several processes at once lose nothing and double nothing."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from table_work import (
    PATIENCE_SECONDS,
    PROCESSES,
    REF,
    ROWS,
    SCHEMA,
    SHORT_LEASE_SECONDS,
    STORES,
    add,
    append_many,
    append_same,
    compact_at,
    counts,
    patiently,
    rewrite_slowly,
    rows_of,
)

from hestia_assets.core.errors import LeaseHeldError
from hestia_assets.core.ports import TableStore
from hestia_assets.core.results import Lease


def _together(target, arguments: list[tuple]) -> None:
    processes = [PROCESSES.Process(target=target, args=given) for given in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE_SECONDS)
        assert process.exitcode == 0


def test_four_processes_with_fifty_appends_each_lose_and_double_nothing(kind: str, tmp_path: Path):
    names = ["north", "east", "south", "west"]

    _together(append_many, [(kind, tmp_path, name, 50) for name in names])

    found = counts(STORES[kind](tmp_path))
    assert found == {f"{name}-{number}": ROWS for name in names for number in range(50)}


def test_the_same_batch_from_two_processes_at_once_is_added_once(kind: str, tmp_path: Path):
    batches = [f"b{number}" for number in range(5)]

    _together(append_same, [(kind, tmp_path, PROCESSES.Barrier(2), batches)] * 2)

    assert counts(STORES[kind](tmp_path)) == {f"b{number}": ROWS for number in range(5)}


def test_two_processes_that_create_the_table_at_once_both_get_their_rows_in(kind: str, tmp_path: Path):
    start = PROCESSES.Barrier(2)

    _together(append_same, [(kind, tmp_path, start, ["one"]), (kind, tmp_path, start, ["two"])])

    assert counts(STORES[kind](tmp_path)) == {"one": ROWS, "two": ROWS}


def test_two_racing_compactions_end_with_the_right_rows(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path)
    for number in range(20):
        add(store, f"b{number}")
    here, there = PROCESSES.Pipe()

    _together(compact_at, [(kind, tmp_path, PROCESSES.Barrier(3), there)] * 3)

    assert counts(store) == {f"b{number}": ROWS for number in range(20)}
    assert sorted(str(here.recv()) for _ in range(3)) in (["0", "0", "19"], ["0", "19", "held"], ["19", "held", "held"])


class _EverybodysLease:
    """Breaks the rule: everybody gets the lease."""

    def acquire(self, name: str, *, owner: str, ttl_seconds: float) -> Lease:
        return Lease(name, owner, 1, datetime.now(UTC) + timedelta(seconds=ttl_seconds))

    def renew(self, lease: Lease, *, ttl_seconds: float) -> Lease:
        return self.acquire(lease.name, owner=lease.owner, ttl_seconds=ttl_seconds)

    def release(self, lease: Lease) -> None: ...


def test_even_without_a_lease_a_rewrite_cannot_land_on_a_snapshot_that_is_gone(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path, leases=_EverybodysLease())
    for number in range(5):
        add(store, f"b{number}")

    def frames():
        store.compact(REF)  # another rewrite, between the start and the commit of this one
        add(store, "late")
        yield rows_of("new")

    store.overwrite(REF, frames(), schema=SCHEMA)

    assert counts(store) == {"new": ROWS}


def test_a_rewrite_is_refused_while_another_one_runs(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path)
    add(store, "first")

    def frames():
        yield rows_of("one")
        with pytest.raises(LeaseHeldError):
            STORES[kind](tmp_path, owner="other").compact(REF)
        yield rows_of("two")

    store.overwrite(REF, frames(), schema=SCHEMA)

    assert counts(store) == {"one": ROWS, "two": ROWS}


def test_a_long_rewrite_keeps_its_lease(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path)
    add(store, "first")
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=rewrite_slowly, args=(kind, tmp_path, there))

    process.start()
    assert here.recv() == "writing"
    time.sleep(SHORT_LEASE_SECONDS * 1.2)
    with pytest.raises(LeaseHeldError):
        store.compact(REF)
    here.send("go on")
    process.join(PATIENCE_SECONDS)

    assert counts(store) == {"slow": ROWS}


def test_a_rewrite_that_slept_through_its_lease_gives_up(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path)
    add(store, "first")
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=rewrite_slowly, args=(kind, tmp_path, there))

    process.start()
    assert here.recv() == "writing"
    os.kill(process.pid, signal.SIGSTOP)
    patiently(lambda: store.overwrite(REF, [rows_of("other")], schema=SCHEMA))
    here.send("go on")
    os.kill(process.pid, signal.SIGCONT)
    process.join(PATIENCE_SECONDS)

    assert "is being rewritten by" in here.recv()
    assert counts(store) == {"other": ROWS}


def test_readers_see_one_version_while_the_table_is_replaced(filled: TableStore):
    before = filled.scan(REF)

    filled.overwrite(REF, [rows_of("new")], schema=SCHEMA)

    assert before.select(pl.col("batch").unique()).collect().item() == "first"
    assert counts(filled) == {"new": ROWS}


def test_rewrites_among_appends_lose_nothing(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path)
    add(store, "first")
    writers = [PROCESSES.Process(target=append_many, args=(kind, tmp_path, name, 25)) for name in ("left", "right")]

    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        store.compact(REF)
    for writer in writers:
        writer.join()

    expected = {f"{name}-{number}": ROWS for name in ("left", "right") for number in range(25)}
    assert counts(store) == {"first": ROWS, **expected}
