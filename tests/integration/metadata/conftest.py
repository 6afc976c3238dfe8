"""Processes that race each other for one metadata database."""

import multiprocessing
import os
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.context import SpawnContext
from typing import Any

import pytest
from racing import SECONDS, race_runner

SPAWN: SpawnContext = multiprocessing.get_context("spawn")

Race = Callable[[Callable[..., Any], Sequence[tuple[Any, ...]]], list[Any]]


@pytest.fixture
def in_child() -> Callable[[Callable[[], int]], int]:
    """Runs a function in a forked copy of this process; returns its result, or a signal's number negated."""

    def run(function: Callable[[], int]) -> int:
        child = os.fork()
        if child == 0:
            code = 99
            try:
                code = function()
            except BaseException:  # noqa: BLE001 - the child must not go on with the parent's tests
                traceback.print_exc()
            finally:
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    return run


@pytest.fixture
def race() -> Race:
    """Runs a function once per tuple of arguments, each in a process, all at the same moment.

    Returns what they returned or raised, in no order.
    """

    def run(function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        barrier, results = SPAWN.Barrier(len(arguments)), SPAWN.Queue()
        runners = [SPAWN.Process(target=race_runner, args=(barrier, results, function, each)) for each in arguments]
        for runner in runners:
            runner.start()
        found = [results.get(timeout=SECONDS) for _ in runners]
        for runner in runners:
            runner.join(SECONDS)
        return found

    return run
