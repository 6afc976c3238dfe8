"""How far work with many rows is, while somebody looks on; every number is counted."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Doing(StrEnum):
    """What is being done; as a word, the beginning of a sentence."""

    WAITING = "Waiting"
    READING = "Reading"
    LOOKING_UP = "Looking up"
    CHECKING = "Checking"
    LOADING = "Loading"
    WRITING = "Writing"


@dataclass(frozen=True, slots=True)
class WorkStep:
    """``done`` of ``total`` rows; a total of 0 is not known yet.

    Of waiting: ``holder`` works on the same dataset, and if it was killed, its hold ends in ``seconds_left``.

    Example:
        >>> WorkStep(Doing.CHECKING, 1200, 50_000).sentence
        'Checking 1,200 of 50,000 rows …'
    """

    doing: Doing
    done: int = 0
    total: int = 0
    holder: str = ""
    seconds_left: float = 0

    @property
    def share(self) -> float | None:
        """From 0 to 1, where it is known."""
        return min(1.0, self.done / self.total) if self.total and self.done else None

    @property
    def sentence(self) -> str:
        """For people."""
        if self.doing is Doing.WAITING:
            left = max(1, round(self.seconds_left))
            return (
                f"Waiting: {self.holder} works on this dataset. If that was stopped, this goes on in {left:,} s at the "
                "latest; nothing is lost."
            )
        rows = f"{self.done:,} of {self.total:,}" if self.done and self.total else f"{self.done or self.total:,}"
        noun = "row" if (self.total or self.done) == 1 else "rows"
        return f"{self.doing} {rows} {noun} …" if self.done or self.total else f"{self.doing} …"


Watch = Callable[[WorkStep], None]
"""Called with each step; it must be quick."""


def unwatched(_: WorkStep) -> None:
    """Nobody looks on."""
