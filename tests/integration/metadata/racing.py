"""What each process of a race runs; a module of its own, so that another process can import it."""

from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

SECONDS = 300


def race_runner(
    barrier: Barrier, results: "Queue[Any]", function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    barrier.wait(SECONDS)
    try:
        results.put(function(*arguments))
    except BaseException as error:
        results.put(error)
        raise
