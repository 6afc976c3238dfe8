"""A file as it is read: lines and their places, text rows, the guessed recipe, the preview."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hestia_assets.core.specs import Recipe

if TYPE_CHECKING:
    import polars as pl
from hestia_assets.core.results.checks import CheckResult

SYSTEM_COLUMNS = ("_batch", "_row", "_line")
"""Added to every imported and validated row: batch id, record number, first physical line (both from 1)."""


@dataclass(frozen=True, slots=True)
class LineAccount:
    """Where every physical line of a file went.

    ``total`` is counted on its own; the account balances when the parts sum up to it.
    A record that spans three lines counts three times in ``loaded`` or ``quarantined``.
    """

    total: int = 0
    header: int = 0
    preamble: int = 0
    blank: int = 0
    comment: int = 0
    footer: int = 0
    loaded: int = 0
    quarantined: int = 0
    skipped: int = 0

    @property
    def accounted(self) -> int:
        """Lines that have a place."""
        return sum(getattr(self, part) for part in ACCOUNT_PARTS)

    @property
    def balanced(self) -> bool:
        """Whether every line has exactly one place."""
        return self.total == self.accounted

    def __add__(self, other: "LineAccount") -> "LineAccount":
        names = ("total", *ACCOUNT_PARTS)
        return LineAccount(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def quarantine(self, lines: int) -> "LineAccount":
        """The same account after ``lines`` moved from loaded to quarantined."""
        return replace(self, loaded=self.loaded - lines, quarantined=self.quarantined + lines)

    def as_dict(self) -> dict[str, int]:
        """All counts by name, the total first."""
        return {name: getattr(self, name) for name in ("total", *ACCOUNT_PARTS)}


ACCOUNT_PARTS = ("header", "preamble", "blank", "comment", "footer", "loaded", "quarantined", "skipped")
"""The places a line can have, in the order of a file."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading goes on: byte offset in the decoded file, physical line and record number from 1."""

    offset: int = 0
    line: int = 1
    row: int = 1


START = Position()
"""The start of a file."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not become a valid row, with its original text.

    ``lines`` counts the physical lines it spans; ``value`` is the offending value where one column is to blame.
    """

    row: int
    line: int
    lines: int
    rule: str
    message: str
    text: str
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class TextChunk:
    """A stretch of a file as text.

    ``frame`` has the recipe's columns (String, never null: an empty field is ``""``) and ``_row``, ``_line``
    (Int64), ``_lines`` (Int32, physical lines of the record). ``rejects`` are records that are no rows.
    ``account`` covers just this stretch, ``total`` counted independently of the parts. ``original(indices)`` gives
    the source text of the frame's rows at these indices.
    """

    frame: "pl.DataFrame"
    rejects: list[Reject]
    account: LineAccount
    start: Position
    end: Position
    original: Callable[[Sequence[int]], list[str]]


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision of the inspector: what, which value, why."""

    what: str
    value: str
    because: str


@dataclass(frozen=True)
class Inspection:
    """A guessed recipe with a reason for every decision."""

    recipe: Recipe
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Preview:
    """What a file would become, from its first stretch.

    ``text`` and ``typed`` hold the same first rows before and after typing, rejected rows left out;
    ``complete`` tells whether the stretch is the whole file. ``raw`` are the file's first lines as they are.
    """

    text: "pl.DataFrame"
    typed: "pl.DataFrame"
    rejects: list[Reject]
    checks: tuple[CheckResult, ...]
    account: LineAccount
    raw: list[str]
    scanned_bytes: int
    complete: bool
