"""kill -9 at random moments leaves a readable table in a committed state."""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import outlive_leases
from table_work import (
    PROCESSES,
    REF,
    ROWS,
    SCHEMA,
    STORES,
    add,
    counts,
    endless_appends,
    endless_compactions,
    endless_overwrites,
    patiently,
    rows_of,
)

KILLS = 20
LONGEST_LIFE_SECONDS = 0.25

pytestmark = pytest.mark.crash


def _killed(work: Callable, kind: str, home: Path) -> list[int]:
    """Let ``work`` run for a random moment, kill it, return what it had said was done."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=work, args=(kind, home, there))
    process.start()
    there.close()
    assert here.recv() == "ready"
    time.sleep(random.uniform(0, LONGEST_LIFE_SECONDS))
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    outlive_leases(home)
    done = []
    try:
        while here.poll():
            done.append(here.recv())
    except EOFError:
        pass
    return done


def test_killed_appends_are_there_or_not_but_never_in_part(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path)
    add(store, "b0")
    said = {0}

    for _ in range(KILLS):
        said.update(_killed(endless_appends, kind, tmp_path))
        found = counts(store)

        assert set(found.values()) == {ROWS}
        assert {f"b{number}" for number in said} <= set(found)
        assert len(found) <= len(said) + 1  # the one that was committed, but not yet said
        said = set(range(len(found)))

    for number in range(len(said) + 1):
        add(store, f"b{number}")
    assert counts(store) == {f"b{number}": ROWS for number in range(len(said) + 1)}


def test_killed_overwrites_leave_the_old_table_or_the_new_one(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path)
    store.overwrite(REF, [rows_of("0")] * 3, schema=SCHEMA)
    last = 0

    for _ in range(KILLS):
        last = max([last, *_killed(endless_overwrites, kind, tmp_path)])
        found = counts(store)

        assert found in ({str(last): 3 * ROWS}, {str(last + 1): 3 * ROWS})
        last = int(next(iter(found)))

    patiently(lambda: store.overwrite(REF, [rows_of("end")], schema=SCHEMA))
    assert counts(store) == {"end": ROWS}


def test_killed_compactions_change_no_row(kind: str, tmp_path: Path):
    store = STORES[kind](tmp_path)
    add(store, "b0")
    said = {0}

    for _ in range(KILLS):
        said.update(_killed(endless_compactions, kind, tmp_path))
        found = counts(store)

        assert set(found.values()) == {ROWS}
        assert {f"b{number}" for number in said} <= set(found)
        said = set(range(len(found)))

    patiently(lambda: store.compact(REF))
    assert counts(store) == {f"b{number}": ROWS for number in said}
