"""Ctrl-C at any moment of a transaction: all of it or nothing, and nothing of it is left behind."""

import random
import signal
import sys
from collections.abc import Iterator

import pytest
from test_batch_store import _batch

from hestia_assets.adapters.metadata import Metadata

pytestmark = pytest.mark.interrupted

INTERRUPTS = 300
LONGEST_SECONDS = 0.004  # of a transaction on a quick machine; on a slow one the signal comes early in it


class Stop(BaseException):
    """What Ctrl-C raises."""


@pytest.fixture(autouse=True)
def interrupts() -> Iterator[None]:
    """A timer that runs out is a Ctrl-C."""

    def stop(*_: object) -> None:
        raise Stop

    before = signal.signal(signal.SIGINT, stop), signal.signal(signal.SIGALRM, _ring)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGALRM, before[1])


def _ring(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def work(metadata: Metadata, number: int) -> None:
    """Two writes that belong together, and a read."""
    with metadata.batches.together():
        metadata.batches.update("b1", rows_done=number)
        metadata.batches.update("b1", bytes_done=number)
    metadata.batches.get("b1")


def until_stopped(metadata: Metadata, after_seconds: float) -> None:
    """Work until the timer runs out; not for ever, where Python swallows what the handler raises."""
    try:
        signal.setitimer(signal.ITIMER_REAL, after_seconds)
        for number in range(1, 100):
            work(metadata, number)
    except Stop:
        return


def test_the_next_write_neither_waits_nor_meets_a_half_one(metadata: Metadata):
    assert sys.gettrace() is None, "whoever counts lines has a lock that would never be given back"
    metadata.batches.create(_batch())
    dice, pool = random.Random(3), metadata.database.engine.pool

    for _ in range(INTERRUPTS):
        until_stopped(metadata, dice.uniform(0.0001, LONGEST_SECONDS))

        assert pool.checkedout() == 0  # pyright: ignore[reportAttributeAccessIssue] - both pools are queues
        found = metadata.batches.get("b1")
        assert found.rows_done == found.bytes_done
    work(metadata, -1)

    assert metadata.batches.get("b1").rows_done == -1
