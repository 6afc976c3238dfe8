"""A run that is asked to stop, at a good moment or at a bad one."""

import signal
import time
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from dagster import DagsterExecutionInterruptedError
from dagster._core.errors import raise_execution_interrupts

from hestia_assets.core.results import Batch, BatchState
from hestia_assets.defs import stopping
from hestia_assets.defs.stopping import stoppable

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


def batch(state: BatchState = BatchState.READING) -> Batch:
    return Batch(
        id="b", tenant="default", dataset="orders", file_name="orders.csv", sha256="0", size_bytes=1, state=state,
        spec_version=1, author="ada", created_at=NOON, updated_at=NOON,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def dagster() -> Iterator[None]:
    """As within a step that Dagster runs."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with raise_execution_interrupts():
        yield
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])


@BOTH
def test_the_stretch_is_read_to_its_end_and_nothing_after_it(number: int):
    stretches = []

    with pytest.raises(DagsterExecutionInterruptedError), stoppable() as after_stretch:
        for stretch in range(3):
            if stretch == 1:
                signal.raise_signal(number)
            stretches.append(stretch)
            after_stretch(batch())

    assert stretches == [0, 1]


@BOTH
def test_whoever_asks_twice_does_not_wait_for_the_end_of_the_stretch(number: int):
    with pytest.raises(DagsterExecutionInterruptedError), stoppable():
        signal.raise_signal(number)
        signal.raise_signal(number)
        pytest.fail("went on")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_wish_that_python_swallows_is_granted_after_the_stretch():
    class Gone:
        pass

    def callback(_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(DagsterExecutionInterruptedError), stoppable() as after_stretch:
        gone = Gone()
        kept = weakref.ref(gone, callback)
        del gone
        assert kept() is None
        after_stretch(batch())


def test_a_batch_that_is_just_committed_is_told_to_dagster():
    with stoppable() as after_stretch:
        signal.raise_signal(signal.SIGINT)
        after_stretch(batch(BatchState.COMMITTED))

    with pytest.raises(DagsterExecutionInterruptedError):
        signal.raise_signal(signal.SIGINT)


@BOTH
def test_who_waits_for_something_else_is_interrupted_after_a_while(number: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stopping, "PATIENCE_SECONDS", 0.05)

    with pytest.raises(DagsterExecutionInterruptedError), stoppable():
        signal.raise_signal(number)
        time.sleep(60)
        pytest.fail("went on")


def test_nobody_who_is_not_asked_stops():
    with stoppable() as after_stretch:
        after_stretch(batch())


def test_a_signal_without_a_handler_stops_the_run_too():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

    with pytest.raises(DagsterExecutionInterruptedError), stoppable():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        pytest.fail("went on")
