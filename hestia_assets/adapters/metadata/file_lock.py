"""A lock file beside the database: shared by all who have it open, exclusive for whoever swaps it."""

import fcntl
import os
import time
import weakref
from pathlib import Path

POLL_SECONDS = 0.02


class FileLock:
    """A ``flock`` that lasts as long as this object or, after a fork, its copy in the child.

    The kernel drops it when the process dies, however it dies. Closing never unlocks: a child that closes its
    copy would unlock the parent's.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self.close = weakref.finalize(self, os.close, self._descriptor)

    def share(self) -> None:
        """Wait until nobody swaps the database, then keep others from doing it."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def exclude(self, *, wait_seconds: float) -> bool:
        """Try to be the only one. Without success the lock is shared again."""
        until = time.monotonic() + wait_seconds
        while not self._try_exclusive():
            if time.monotonic() > until:
                self.share()
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _try_exclusive(self) -> bool:
        """A failed try gives up the shared lock too, so that two who try do not block each other."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            return False
        return True
