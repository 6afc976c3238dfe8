"""How a test run shares its work out, so that it ends soon and says the same on every machine."""

import os
import shutil
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from xdist.scheduler import LoadScopeScheduling

ROOM_BYTES = 6_000_000_000
"""A whole run writes less than half of it."""

INSTALLATION = ("tests/e2e/", "tests/integration/up/", "tests/defs/test_code_server.py")
"""They start a whole installation each and wait for it: one worker runs them, one after the other."""


def keep_files_in_memory() -> None:
    """Where there is plenty of it, tests do not wait for the disk; --basetemp puts them elsewhere."""
    memory = Path("/dev/shm")
    try:
        roomy = min(shutil.disk_usage(memory).free, psutil.virtual_memory().available - ROOM_BYTES) > ROOM_BYTES
    except OSError:
        return
    if roomy and os.access(memory, os.W_OK | os.X_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


class Chains(LoadScopeScheduling):
    """A file's tests stay together on one worker, and so do all that start an installation.

    Not the groups of xdist 3.8 (``--dist loadgroup``): with pytest 9.2 they are ignored without a word.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "installation" if nodeid.startswith(INSTALLATION) else nodeid.partition("::")[0]


def put_in_order(items: list[pytest.Item]) -> None:
    """The longest chain of tests begins first."""
    items.sort(key=lambda item: not item.nodeid.startswith(INSTALLATION))


@contextmanager
def counted(item: pytest.Item) -> Generator[None]:
    """Coverage counts the lines of a test, but not again and again, and not where it could be stopped half way.

    It takes a lock of its own for each new file: whoever is interrupted by a signal just then waits for it for ever.
    The mark ``no_cover`` of pytest-cov 7 changes nothing on a worker: a second counter goes on there.
    """
    if not (_repeats(item) or item.get_closest_marker("interrupted")):
        yield
        return
    here, elsewhere = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(elsewhere)
        sys.settrace(here)


def _repeats(item: pytest.Item) -> bool:
    """Whether other tests run the same lines, and this one so often that to count them takes long."""
    parameters = getattr(item, "callspec", None)
    on_postgres = parameters is not None and "postgresql" in parameters.params.values()
    return on_postgres or any(item.get_closest_marker(name) for name in ("crash", "hypothesis"))
