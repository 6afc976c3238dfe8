"""Rows that were set aside, what became of each, and what a person does with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hestia_assets.core.results.batches import Batch
from hestia_assets.core.results.checks import CheckResult


class EntryState(StrEnum):
    """What became of a row that was set aside."""

    OPEN = "open"
    LOADED = "loaded"
    DROPPED = "dropped"


class EntryAction(StrEnum):
    """What was done to it: the last one that counts makes its state.

    ``OUTDATED``: right, and left open, as the table has a newer value. ``TAKEN_BACK``: loaded, and out of the table
    again with its file, which was undone. ``KEPT`` speaks of the whole file: it was undone without the rows of it that
    were fixed.
    """

    SET_ASIDE = "set_aside"
    CORRECTED = "corrected"
    STILL_WRONG = "still_wrong"
    OUTDATED = "outdated"
    REPLAYED = "replayed"
    ACCEPTED = "accepted"
    DROPPED = "dropped"
    REOPENED = "reopened"
    TAKEN_BACK = "taken_back"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, order=True)
class EntryId:
    """Which row of which batch, as it was first set aside.

    Example:
        >>> EntryId.parse(str(EntryId("orders-1", 17))).row
        17
    """

    batch: str
    row: int

    def __str__(self) -> str:
        return f"{self.batch}#{self.row}"

    @classmethod
    def parse(cls, text: str) -> "EntryId":
        """The inverse of ``str``. Raises ValueError."""
        batch, mark, row = text.rpartition("#")
        if not mark or not batch or not row.isascii() or not row.isdecimal() or len(row) > 18:
            raise ValueError(text)
        return cls(batch, int(row))


@dataclass(frozen=True, slots=True)
class EntryEvent:
    """One step of its history: who, when, what, and in words why."""

    at: datetime
    who: str
    action: EntryAction
    note: str = ""
    by_batch: str | None = None


@dataclass(frozen=True)
class Entry:
    """A row in quarantine as it is now. ``values``: text by column, after the last correction; ``wrong``: of which.

    ``line``, ``text``: place and original text in the file. ``digest``: of the original, so that a row that comes back
    is known as the same one. ``message``, ``rule``, ``column``, ``value``: the first problem, as of the last attempt.
    """

    id: EntryId
    file_name: str
    line: int
    rule: str
    column: str | None
    message: str
    value: str | None
    problems: int
    state: EntryState
    at: datetime
    text: str
    digest: str
    values: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class EntryFilter:
    """Which entries; what is empty says nothing. ``search`` is part of the original text or of the message."""

    rule: str = ""
    column: str = ""
    batch: str = ""
    search: str = ""
    states: tuple[EntryState, ...] = (EntryState.OPEN,)


@dataclass(frozen=True)
class EntryPage:
    """Entries, oldest batch first, and how many there are in all; counts by what they can be filtered by.

    ``by_rule``, ``by_column`` and ``by_batch`` count the entries in the states that the filter asks for.
    """

    entries: tuple[Entry, ...]
    total: int
    by_rule: Mapping[str, int] = field(default_factory=dict[str, int])
    by_column: Mapping[str, int] = field(default_factory=dict[str, int])
    by_batch: Mapping[str, int] = field(default_factory=dict[str, int])
    by_state: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Fix:
    """New values, as text, for columns of one entry; columns that are not named keep theirs."""

    id: EntryId
    values: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])


@dataclass(frozen=True)
class StillWrong:
    """An entry whose row does not pass yet: the message of each problem by column (empty: of the whole row)."""

    id: EntryId
    problems: Mapping[str, str]


@dataclass(frozen=True)
class NewerRow:
    """An entry of a key of which the table has a newer row, brought by a later batch than the entry's own.

    ``key``: in words. ``since``: the later batch. ``values``: of each column that differs the value in the table and
    the one that it would get, as text. ``is_gone``: the later batch took the key out.
    """

    id: EntryId
    key: str
    since: str
    values: Mapping[str, tuple[str | None, str | None]] = field(
        default_factory=dict[str, "tuple[str | None, str | None]"]
    )
    is_gone: bool = False


OverNewer = bool | Sequence[NewerRow]
"""Whether rows may take the place of newer ones of their keys: of any, of none, or of just these that somebody saw."""


@dataclass(frozen=True)
class Resubmission:
    """What a resubmission does, or would do: rows that are loaded, rows that stay open and why, rows left alone.

    ``known``: entries that are loaded or dropped already, so that nothing is loaded twice. ``batch``: the batch that
    brought the rows, where one did; held, it waits for a person, and its entries stay open until it is released.
    ``others``: further batches, where rows of files that are read in different ways were brought at once.
    ``newer``: rows in whose place the table has newer ones; they stay open, or with ``over_newer`` are among those that
    are loaded.
    """

    loaded: tuple[EntryId, ...] = ()
    still_wrong: tuple[StillWrong, ...] = ()
    known: tuple[EntryId, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    batch: Batch | None = None
    others: tuple[Batch, ...] = ()
    newer: tuple[NewerRow, ...] = ()
    over_newer: bool = False


@dataclass(frozen=True)
class RefusedRow:
    """A row of a returned file that is not taken, where it stands there, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Returned:
    """What a returned workbook or CSV file says: rows that were changed, untouched ones, and those refused."""

    fixes: tuple[Fix, ...]
    unchanged: int = 0
    known: tuple[EntryId, ...] = ()
    refused: tuple[RefusedRow, ...] = ()


@dataclass(frozen=True)
class ExportedEntries:
    """What was written to a file to be corrected: ``rows`` of ``total`` that were asked for.

    ``left_out``: rows with a value that the file cannot hold exactly; none is cut or changed.
    """

    rows: int
    total: int
    left_out: tuple[RefusedRow, ...] = ()
