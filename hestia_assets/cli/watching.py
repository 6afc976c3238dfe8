"""How far a command is, on stderr: nothing in the first second, then a line for each step and from time to time."""

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia, QuarantineService
    from hestia_assets.core.results import Doing, WorkStep

QUIET_SECONDS = 1.0
EVERY_SECONDS = {True: 1.0, False: 10.0}
"""Between two lines about the same step, on a terminal and in a log."""


@dataclass
class Watching:
    """Prints what it is told of, not more often than a person reads."""

    started: float = field(default_factory=time.monotonic)
    every: float = field(default_factory=lambda: EVERY_SECONDS[sys.stderr.isatty()])
    _doing: "Doing | None" = None
    _said: float = 0.0

    def __call__(self, step: "WorkStep") -> None:
        """Say it, where it is time to."""
        now = time.monotonic()
        if now - self.started < QUIET_SECONDS or (step.doing is self._doing and now - self._said < self.every):
            return
        self._doing, self._said = step.doing, now
        typer.echo(step.sentence, err=True)


def watched(hestia: "Hestia") -> "QuarantineService":
    """Rows in quarantine; how far work with them is, is said."""
    return hestia.quarantine.watched(Watching())
