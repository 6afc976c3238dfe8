"""Real processes and ports: what tests need to start, wait for and bury them."""

import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path

import psutil

PORTS = range(12_000, 32_000)
"""Below those that systems give to outgoing connections, which may take a port between its choice and its use."""
MOST_WORKERS = 8


def _own_ports() -> Iterator[int]:
    """The share of this test worker, from a place that two test runs on one machine hardly have in common."""
    share = len(PORTS) // MOST_WORKERS
    first = share * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % MOST_WORKERS)
    start = os.getpid() * 37 % share
    return cycle(PORTS[first + (start + number) % share] for number in range(share))


_ports = _own_ports()


def free_port() -> int:
    """A port that nobody listens to now, and that no other test of this run is given."""
    for port in _ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("the ports never end")


def until(truth: Callable[[], object], *, seconds: float = 120) -> None:
    """Wait for something to become true; the limit is for machines that are slow and busy, not for what is usual."""
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@contextmanager
def held_half_way(home: Path, rows: int) -> Iterator[None]:
    """Within the block an import of so many rows, by another process, has read some of them and cannot go on.

    It waits for the write lock of the metadata, however fast this machine is and however slow whoever stops it.
    """
    with closing(sqlite3.connect(home / "hestia.db", isolation_level=None, timeout=60)) as metadata:
        until(lambda: _half_way(metadata, rows))
        yield


def _half_way(metadata: sqlite3.Connection, rows: int) -> bool:
    metadata.execute("BEGIN IMMEDIATE")
    query = "SELECT 1 FROM hestia_batches WHERE rows_done BETWEEN 1 AND ? AND state = 'reading'"
    if metadata.execute(query, [rows - 1]).fetchall():
        return True
    metadata.rollback()
    return False


def outlive_leases(home: Path) -> None:
    """As if the time of the leases that a killed process held were over; that they end is shown elsewhere."""
    with closing(sqlite3.connect(home / "hestia.db", isolation_level=None, timeout=60)) as metadata:
        metadata.execute("UPDATE hestia_leases SET expires_at = '1970-01-01 00:00:00.000000'")


def gone(processes: Iterable[psutil.Process]) -> bool:
    """Whether none of them lives."""
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
