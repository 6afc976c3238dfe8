"""A file as it is looked at before anything is kept: the guessed recipe, questions, the preview, the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hestia_assets.core.results.batches import Changes
from hestia_assets.core.results.checks import CheckResult
from hestia_assets.core.results.choices import Choice
from hestia_assets.core.results.reading import LineAccount, Reject
from hestia_assets.core.specs import Column, Recipe

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision of the inspector: what, which value, why."""

    what: str
    value: str
    because: str


@dataclass(frozen=True)
class Question:
    """Two readings are really possible: a person decides. ``what`` names the subject (``encoding``, ``dates``).

    ``chosen`` is the index of the safe answer, which holds until another one is given.
    """

    what: str
    text: str
    choices: tuple[Choice, ...]
    chosen: int = 0


@dataclass(frozen=True)
class Guess:
    """Columns with types guessed from their text, the evidence, and what only a person can decide."""

    columns: tuple[Column, ...]
    reasons: tuple[Reason, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know of the file: hidden rows, merged cells … ``places``: a few of them (``B7``)."""

    what: str
    count: int
    text: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableInFile:
    """One table of a file: a sheet, a record path. ``changes`` go to ``Recipe.with_changes`` to read this one.

    ``rows`` as far as it is known without reading everything; ``hidden``: the file's author hid it.
    """

    name: str
    changes: Mapping[str, Any]
    rows: int | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Inspection:
    """A guessed recipe with a reason for every decision.

    ``tables`` are all tables of the file, the recipe's own among them; empty where there can only be one.
    """

    recipe: Recipe
    reasons: tuple[Reason, ...]
    tables: tuple[TableInFile, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class AsideCount:
    """How many rows a rule sets aside in a column, and the first line where."""

    rule: str
    column: str | None
    rows: int
    first_line: int


@dataclass(frozen=True)
class Verdict:
    """What a whole file would become: counted by reading it, before anything is kept.

    ``complete``: all of ``total_bytes`` were read; otherwise the counts are of the first ``scanned_bytes``.
    ``changes`` are known once complete.
    """

    account: LineAccount
    rows_good: int
    rows_aside: int
    aside: tuple[AsideCount, ...]
    checks: tuple[CheckResult, ...]
    scanned_bytes: int
    total_bytes: int
    complete: bool
    changes: Changes | None = None
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What a file would become, from its first stretch.

    ``text`` and ``typed`` hold the same first rows before and after typing, rejected rows left out;
    ``complete`` tells whether the stretch is the whole file. ``raw`` are the file's first lines as they are; where it
    has no lines that a person can read, its first records, and ``raw_places`` their record or row numbers.
    ``read_as``: the encoding that the file certainly is in, where that is not the recipe's.
    """

    text: "pl.DataFrame"
    typed: "pl.DataFrame"
    rejects: list[Reject]
    checks: tuple[CheckResult, ...]
    account: LineAccount
    raw: list[str]
    scanned_bytes: int
    complete: bool
    raw_places: tuple[int, ...] = ()
    read_as: Reason | None = None
