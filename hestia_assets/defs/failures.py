"""A HestiaError as Dagster shows it: what happened, what to do, no traceback."""

from collections.abc import Sequence

import dagster as dg

from hestia_assets.core.errors import HestiaError, TransientError
from hestia_assets.core.results import Problem

RETRIES = dg.RetryPolicy(max_retries=3, delay=2, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""Of transforms and exports, for a TransientError only. An import waits for others by itself, and a batch that failed
in it no longer waits for a run, so trying the whole run again would find nothing to do and call that a success."""


class HestiaFailure(dg.Failure):
    """Fails the run with our words; ``error`` is what a caller in this process raises again."""

    def __init__(self, error: HestiaError, *, others: Sequence[HestiaError] = ()) -> None:
        every = (error, *others)
        super().__init__(
            description=" ".join(map(str, every)),
            metadata={"hestia/code": error.code, "hestia/message": error.message, "hestia/hint": error.hint},
            allow_retries=all(isinstance(each, TransientError) for each in every),
        )
        self.error = error


def error_from(problem: Problem) -> HestiaError:
    """The error that a problem was stored from, of the same class where that is known."""
    kind = next((each for each in _kinds(HestiaError) if each.code == problem.code), HestiaError)
    error = kind.__new__(kind, problem.message)
    HestiaError.__init__(error, problem.message, hint=problem.hint)
    return error


def problem_of(error: HestiaError) -> Problem:
    """The error as it is stored."""
    return Problem(error.code, error.message, error.hint)


def _kinds(kind: type[HestiaError]) -> list[type[HestiaError]]:
    return [kind, *(deeper for each in kind.__subclasses__() for deeper in _kinds(each))]
