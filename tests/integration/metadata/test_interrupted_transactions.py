"""Ctrl-C at any moment of a transaction: all of it or nothing, and nothing of it is left behind.

The interrupts happen in a process of their own. Python raises between any two instructions of it, so some lock of the
standard library (that of ``logging``) or of a tool (that of coverage) may stay taken for as long as the process lives.
"""

import random
import signal
from datetime import UTC, datetime
from pathlib import Path

from test_batch_store import _batch

from hestia_assets.adapters.metadata import Metadata, open_metadata

INTERRUPTS = 300
LONGEST_SECONDS = 0.004  # of a transaction on a quick machine; on a slow one the signal comes early in it


class Stop(BaseException):
    """What Ctrl-C raises."""


def stop(*_: object) -> None:
    """The handler of Ctrl-C."""
    raise Stop


def ring(*_: object) -> None:
    """A timer that runs out is a Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def work(metadata: Metadata, number: int) -> None:
    """Two writes that belong together, and a read."""
    with metadata.batches.together():
        metadata.batches.update("b1", rows_done=number)
        metadata.batches.update("b1", bytes_done=number)
    metadata.batches.get("b1")


def until_stopped(metadata: Metadata, after_seconds: float) -> bool:
    """Work until the timer runs out; not for ever, where Python swallows what the handler raises."""
    try:
        signal.setitimer(signal.ITIMER_REAL, after_seconds)
        for number in range(1, 100):
            work(metadata, number)
    except Stop:
        return True
    return False


def interrupted_work(url: str, home: Path) -> tuple[int, list[str]]:
    """How often the work was stopped, and what was left behind."""
    metadata = open_metadata(url, home=home, clock=lambda: datetime.now(UTC))
    dice, stopped, left = random.Random(3), 0, list[str]()
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGALRM, ring)
    for number in range(INTERRUPTS):
        stopped += until_stopped(metadata, dice.uniform(0.0001, LONGEST_SECONDS))
        signal.setitimer(signal.ITIMER_REAL, 0)
        if connections := metadata.database.engine.pool.checkedout():  # pyright: ignore[reportAttributeAccessIssue] - both pools are queues
            left.append(f"interrupt {number}: {connections} connections")
        found = metadata.batches.get("b1")
        if found.rows_done != found.bytes_done:
            left.append(f"interrupt {number}: {found.rows_done} rows, {found.bytes_done} bytes")
    work(metadata, -1)
    return stopped, left


def test_the_next_write_neither_waits_nor_meets_a_half_one(metadata: Metadata, race, database_url: str, tmp_path: Path):
    metadata.batches.create(_batch())

    ((stopped, left),) = race(interrupted_work, [(database_url, tmp_path)])

    assert left == []
    assert stopped > INTERRUPTS / 2
    assert metadata.batches.get("b1").rows_done == -1
