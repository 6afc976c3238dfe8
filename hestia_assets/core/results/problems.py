"""What went wrong, kept with the batch or the job that it happened to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A stored HestiaError: code, message, hint."""

    code: str
    message: str
    hint: str
