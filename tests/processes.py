"""Real processes and ports: what tests need to start, wait for and bury them."""

import socket
import time
from collections.abc import Callable, Iterable

import psutil


def free_port() -> int:
    """A port that nobody listens to now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(truth: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def gone(processes: Iterable[psutil.Process]) -> bool:
    """Whether none of them lives."""
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
