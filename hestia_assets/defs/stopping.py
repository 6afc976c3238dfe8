"""A run that is asked to stop, stops: by Ctrl-C, or by somebody who ends it in the Dagster UI.

Dagster raises an error in the signal's handler, wherever the main thread is. Within a library that calls back into
Python it comes out as another error (one of 300 imports that were stopped failed with a TypeError of Polars), and
within a callback of the garbage collector Python prints it and goes on (3 of 75 ran to their end). So the wish is
remembered, and granted after the stretch of the file that is being read. Whoever cannot wait asks twice.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from dagster import DagsterExecutionInterruptedError

from hestia_assets.adapters.signals import Handler, handling
from hestia_assets.core.results import Batch, BatchState

PATIENCE_SECONDS = 3.0
"""So long a stretch may take; after that it is interrupted wherever it is, such as while it waits for a lease."""


@contextmanager
def stoppable() -> Iterator[Callable[[Batch], None]]:
    """Gives what must be called after each stretch of a batch.

    It raises DagsterExecutionInterruptedError where the run was asked to stop, unless the batch is just committed: what
    is done must be told to Dagster.
    """
    wish = _Wish()
    impatient = threading.Thread(target=wish.insist, name="stopping", daemon=True)
    with handling(wish.remembering):
        impatient.start()
        try:
            yield wish.after_stretch
        finally:
            wish.over.set()
            impatient.join()


@dataclass
class _Wish:
    """That the run stops."""

    signals: list[int] = field(default_factory=list)
    asked_at: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def remembering(self, usual: Any) -> Handler:
        """A handler that does what is usual from the second signal on."""

        def remember(number: int, frame: FrameType | None) -> None:
            self.asked_at = time.monotonic()
            self.signals.append(number)
            if len(self.signals) == 1:
                return
            if not callable(usual):
                raise DagsterExecutionInterruptedError
            usual(number, frame)

        return remember

    def after_stretch(self, batch: Batch) -> None:
        """A good moment to stop."""
        if self.signals and batch.state is not BatchState.COMMITTED:
            raise DagsterExecutionInterruptedError

    def insist(self) -> None:
        """Ask the main thread again each time it lets us wait too long."""
        main = threading.main_thread().ident
        while not self.over.wait(PATIENCE_SECONDS / 10):
            if self.signals and time.monotonic() - self.asked_at > PATIENCE_SECONDS and main is not None:
                signal.pthread_kill(main, self.signals[0])
