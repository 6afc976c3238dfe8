"""A signal that comes while something must not be cut in half, and afterwards."""

import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from hestia_assets.adapters.signals import handling, undisturbed

BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


class Heard(BaseException):
    """What the usual handler raises, as Ctrl-C does."""


def hear(number: int, _frame: FrameType | None) -> None:
    raise Heard(number)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """Both signals raise; whatever a test leaves behind, the test run has its own handlers again."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGINT, hear)
    signal.signal(signal.SIGTERM, hear)
    yield
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])


def handlers() -> tuple[object, object]:
    return signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)


@BOTH
def test_what_is_inside_is_done_to_its_end_and_the_signal_heard_right_after(number: int):
    done = []

    with pytest.raises(Heard, match=str(int(number))), undisturbed():
        signal.raise_signal(number)
        done.append("inside")

    assert done == ["inside"]
    assert handlers() == (hear, hear)


def test_of_several_signals_the_first_is_heard_once():
    with pytest.raises(Heard, match=str(int(signal.SIGTERM))), undisturbed():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    assert handlers() == (hear, hear)


@BOTH
def test_blocks_within_each_other_wait_for_the_outermost(number: int):
    done = []

    with pytest.raises(Heard), undisturbed():
        with undisturbed():
            signal.raise_signal(number)
            done.append("inner")
        done.append("outer")

    assert done == ["inner", "outer"]


@BOTH
def test_a_signal_is_heard_too_when_the_block_fails(number: int):
    with pytest.raises(Heard) as heard, undisturbed():
        signal.raise_signal(number)
        raise ValueError("of the block")

    assert isinstance(heard.value.__context__, ValueError)
    assert handlers() == (hear, hear)


def test_what_the_block_raises_comes_out_where_nobody_stops_it():
    with pytest.raises(ValueError, match="of the block"), undisturbed():
        raise ValueError("of the block")

    assert handlers() == (hear, hear)


@BOTH
def test_both_handlers_come_back_when_one_raises_as_soon_as_it_is_back(number: int, monkeypatch: pytest.MonkeyPatch):
    real = signal.signal

    def put_back(which: int, handler: Callable) -> object:
        before = real(which, handler)
        if which == number and handler is hear:
            signal.raise_signal(number)
        return before

    with pytest.raises(Heard), undisturbed():
        monkeypatch.setattr(signal, "signal", put_back)

    assert handlers() == (hear, hear)


@BOTH
def test_a_signal_that_is_ignored_stays_ignored(number: int):
    signal.signal(number, signal.SIG_IGN)

    with undisturbed():
        assert signal.getsignal(number) is signal.SIG_IGN
        signal.raise_signal(number)

    assert signal.getsignal(number) is signal.SIG_IGN


def test_a_handler_that_was_set_outside_of_python_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(signal, "getsignal", lambda _number: None)
    touched = []
    monkeypatch.setattr(signal, "signal", lambda *given: touched.append(given))

    with undisturbed():
        pass

    assert touched == []


def test_the_default_of_the_system_is_put_back():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

    with undisturbed():
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_in_another_thread_nothing_changes():
    seen = []

    def work() -> None:
        with undisturbed():
            seen.append(handlers())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert seen == [(hear, hear)]


def test_another_thread_waits_for_nobody_and_the_main_thread_is_disturbed():
    inside, end = threading.Event(), threading.Event()

    def work() -> None:
        with undisturbed():
            inside.set()
            end.wait(60)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(60)

    with pytest.raises(Heard):
        signal.raise_signal(signal.SIGINT)
    end.set()
    thread.join()


def test_a_handler_of_the_block_knows_the_usual_one():
    calls = []

    def make(usual: Callable) -> Callable:
        return lambda number, _frame: calls.append((number, usual))

    with handling(make):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)

    assert calls == [(signal.SIGINT, hear), (signal.SIGTERM, hear)]
