"""A run that is asked to stop, stops: by Ctrl-C, or by somebody who ends it in the Dagster UI.

Dagster raises an error in the signal's handler. When the main thread is within a callback of the garbage collector at
that moment, Python prints the error ("Exception ignored in …") and goes on, and the wish would be lost: 3 of 75 imports
that were stopped ran to their end. So it is remembered, and looked at again after each stretch of a file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from dagster import DagsterExecutionInterruptedError

from hestia_assets.adapters.signals import Handler, handling
from hestia_assets.core.results import Batch, BatchState


@contextmanager
def stoppable() -> Iterator[Callable[[Batch], None]]:
    """Gives what must be called after each stretch of a batch.

    It raises DagsterExecutionInterruptedError where the run was asked to stop, unless the batch is just committed.
    """
    asked: list[int] = []

    def remembering(usual: Any) -> Handler:
        def remember(number: int, frame: FrameType | None) -> None:
            asked.append(number)
            if callable(usual):
                usual(number, frame)

        return remember

    def after_stretch(batch: Batch) -> None:
        if asked and batch.state is not BatchState.COMMITTED:
            raise DagsterExecutionInterruptedError

    with handling(remembering):
        yield after_stretch
