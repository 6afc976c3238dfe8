"""Counting what a whole file would become, beside the page: it never waits, and stops when nobody looks."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import BinaryIO

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.results import Verdict
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.facade import hestia

UNWATCHED_SECONDS = 20.0


class Counting:
    """One scan of a file under one spec, in a thread of its own.

    ``verdict`` is what is known so far; ``error`` why it ended early. ``key`` tells whether it is still the right one.
    """

    def __init__(self, key: str, opener: Callable[[], AbstractContextManager[BinaryIO]], spec: DatasetSpec) -> None:
        self.key = key
        self.verdict: Verdict | None = None
        self.error: HestiaError | None = None
        self._opener, self._spec = opener, spec
        self._stopped, self._looked_at = False, time.monotonic()
        self._ingest = hestia().ingest  # the home is opened here: the thread has no page
        self._thread = threading.Thread(target=self._count, name="counting", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether it has ended; asking keeps it going."""
        self._looked_at = time.monotonic()
        return not self._thread.is_alive()

    @property
    def rows(self) -> int | None:
        """Rows of the whole file, once all of it is counted."""
        verdict = self.verdict
        return verdict.rows_good + verdict.rows_aside if verdict and verdict.complete else None

    def wait(self, seconds: float) -> None:
        """Give a small file the time to be counted at once."""
        self._thread.join(seconds)

    def stop(self) -> None:
        """Another choice was made."""
        self._stopped = True

    def _count(self) -> None:
        try:
            with self._opener() as source:
                self.verdict = self._ingest.verdict(
                    source, self._spec, on_progress=self._progress, should_stop=self._should_stop
                )
        except HestiaError as error:
            self.error = error

    def _progress(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def _should_stop(self) -> bool:
        return self._stopped or time.monotonic() - self._looked_at > UNWATCHED_SECONDS
