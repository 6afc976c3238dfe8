"""A file as it is read: lines and their places, text rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

SYSTEM_COLUMNS = ("_batch", "_row", "_line")
"""Added to every imported and validated row: batch id, record number, first physical line (both from 1)."""


@dataclass(frozen=True, slots=True)
class LineAccount:
    """Where every physical line of a file went (or record, or sheet row: the format's ``unit``).

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

    ``frame`` has the recipe's columns in its order (String; an empty field is ``""``, null only where the format
    itself says "no value", or an optional column is missing) and ``_row``, ``_line`` (Int64), ``_lines`` (Int32, units
    of the account that the record takes). ``_line`` is the place a person can go to: physical line, Excel row.
    ``rejects`` are records that are no rows. ``account`` covers just this stretch, ``total`` counted independently
    of the parts. ``original(indices)`` gives the source text of the frame's rows at these indices. Of a sheet,
    ``as_it_is(count)`` gives the first rows with their numbers, titles, header and totals among them.
    """

    frame: "pl.DataFrame"
    rejects: list[Reject]
    account: LineAccount
    start: Position
    end: Position
    original: Callable[[Sequence[int]], list[str]]
    as_it_is: Callable[[int], list[tuple[int, str]]] | None = None
