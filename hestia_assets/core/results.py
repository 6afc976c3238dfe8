"""Facts that services return: frozen dataclasses; pages, checks and commands make sentences of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hestia_assets.core.specs import AnySpec, Recipe, Severity

if TYPE_CHECKING:
    import polars as pl

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


@dataclass(frozen=True, slots=True)
class FailedRow:
    """One row that failed a check."""

    row: int
    line: int
    value: str | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check counted in one batch; ``sample`` holds the first failing rows."""

    name: str
    rule: str
    columns: tuple[str, ...]
    severity: Severity
    checked_rows: int
    failed_rows: int
    sample: tuple[FailedRow, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no row failed."""
        return self.failed_rows == 0


def merge_checks(results: Iterable[CheckResult], *, most: int = 10) -> tuple[CheckResult, ...]:
    """Sum up results of the same check over parts of a batch; the first ``most`` failing rows stay as the sample."""
    merged: dict[str, CheckResult] = {}
    for result in results:
        seen = merged.get(result.name)
        merged[result.name] = (
            result
            if seen is None
            else replace(
                seen,
                checked_rows=seen.checked_rows + result.checked_rows,
                failed_rows=seen.failed_rows + result.failed_rows,
                sample=(*seen.sample, *result.sample)[:most],
            )
        )
    return tuple(merged.values())


@dataclass(frozen=True)
class Judgement:
    """What typing and the row checks say of a chunk.

    ``typed``: all rows, typed, in the chunk's order. ``failures``: one line per problem with ``index`` (UInt32, of the
    row in the chunk), ``check``, ``rule``, ``column``, ``message``, ``value`` (original text, nullable), ``severity``.
    """

    typed: "pl.DataFrame"
    failures: "pl.DataFrame"
    results: tuple[CheckResult, ...]


@dataclass(frozen=True)
class SetFailure:
    """Rows that failed a check which looks at more than one row."""

    result: CheckResult
    message: str
    rows: "pl.Series"


class BatchState(StrEnum):
    """Life of a batch; each change is one transaction."""

    RECEIVED = "received"
    READING = "reading"
    CHECKING = "checking"
    COMMITTED = "committed"
    HELD = "held"
    FAILED = "failed"
    UNDONE = "undone"


UNFINISHED = (BatchState.RECEIVED, BatchState.READING, BatchState.CHECKING)
"""States from which a run goes on."""


@dataclass(frozen=True)
class Problem:
    """A stored HestiaError: code, message, hint."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True)
class Batch:
    """One file that arrived: immutable bytes named by SHA-256, its state and its line account.

    Times are UTC. ``rows_done`` and ``bytes_done`` grow while a run reads; ``rows_loaded`` and
    ``rows_quarantined`` are final once committed. ``checks`` are the results of the last complete run.
    """

    id: str
    tenant: str
    dataset: str
    file_name: str
    sha256: str
    size_bytes: int
    state: BatchState
    spec_version: int
    author: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None
    rows_done: int = 0
    bytes_done: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    seconds: float = 0.0
    account: LineAccount = LineAccount()
    checks: tuple[CheckResult, ...] = ()
    problem: Problem | None = None
    released_by: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A Parquet file written beside a table but not yet part of it. ``path`` is relative to the table."""

    path: str
    size_bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class BatchPart:
    """A stretch of a batch that was read, checked and staged: where a killed run goes on."""

    batch: str
    number: int
    start: Position
    end: Position
    account: LineAccount
    staged: Mapping[str, StagedFile] = field(default_factory=dict[str, StagedFile])  # layer → file
    checks: tuple[CheckResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """Outcome of handing in a file. ``known``: the very same bytes had arrived in this dataset before."""

    batch: Batch
    known: bool


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One commit of a table."""

    version: int
    at: datetime
    operation: str
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The exclusive right to rewrite one table until ``expires_at`` (UTC). ``token`` grows with each holder."""

    name: str
    owner: str
    token: int
    expires_at: datetime


class JobState(StrEnum):
    """Life of a job."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """Work that a person can watch: an import, a transform, an export."""

    id: int
    kind: str
    tenant: str
    subject: str
    state: JobState
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None
    batch: str | None = None
    run_id: str | None = None
    rows_done: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    problem: Problem | None = None


@dataclass(frozen=True)
class SpecVersion:
    """One saved version of a spec, with its author and time (UTC). Versions count from 1."""

    kind: str
    spec: AnySpec
    version: int
    author: str
    created_at: datetime


@dataclass(frozen=True)
class AuditEvent:
    """Who did what, when, to what."""

    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An immutable original, named by its SHA-256."""

    sha256: str
    size_bytes: int


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


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that lies in a dataset's drop folder."""

    dataset: str
    path: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class TransformResult:
    """A transform that became a table."""

    table: str
    rows: int
    version: int
    columns: Mapping[str, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A file that was re-read, counted and hashed before it got its name. ``path`` is below the exports folder."""

    path: str
    rows: int
    size_bytes: int
    sha256: str
    table: str
    table_version: int
    seconds: float
