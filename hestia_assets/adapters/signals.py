"""Ctrl-C and SIGTERM, where they must wait and where they must not be lost.

Python runs a signal's handler between any two instructions of the main thread, and what the handler raises comes out
there. Half way through the bookkeeping of a database driver or its pool that can leave a connection behind which nobody
will close, with the write lock it holds: this process would wait for itself, and fail with "database is locked".
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], object]

LEFT_ALONE = (None, signal.SIG_IGN)
"""Set outside of Python, and ignored, as a command in the background of a script ignores Ctrl-C."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Run the block to its end; whoever asked this process to stop meanwhile is heard right after it.

    Keep the block short: nobody can stop it. May be nested; the outermost block is the one that is waited for.
    """
    asked: list[int] = []
    try:
        with handling(lambda _usual: lambda number, _frame: asked.append(number)):
            yield
    finally:
        if asked:
            signal.raise_signal(asked[0])


@contextmanager
def handling(make: Callable[[Any], Handler]) -> Iterator[None]:
    """Within the block, both signals are met by ``make(usual handler)``; afterwards by the usual ones again.

    A signal that this process ignores stays ignored, and one that is met outside of Python is left alone. Signals reach
    the main thread only, so in other threads nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupt, terminate = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    try:
        if interrupt not in LEFT_ALONE:
            signal.signal(signal.SIGINT, make(interrupt))
        if terminate not in LEFT_ALONE:
            signal.signal(signal.SIGTERM, make(terminate))
        yield
    finally:  # a handler that is back may raise at once: the other one must come back all the same
        try:
            if terminate not in LEFT_ALONE:
                signal.signal(signal.SIGTERM, terminate)
        finally:
            if interrupt not in LEFT_ALONE:
                signal.signal(signal.SIGINT, interrupt)
