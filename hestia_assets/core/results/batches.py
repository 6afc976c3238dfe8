"""Files that arrived, and how far each is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hestia_assets.core.results.checks import CheckResult
from hestia_assets.core.results.drift import BatchProfile, DriftFinding
from hestia_assets.core.results.problems import Problem
from hestia_assets.core.results.reading import LineAccount, Position
from hestia_assets.core.results.records import SpecVersion
from hestia_assets.core.specs import Mode


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

EDIT = "edit"
"""Origin of a batch of edits."""

EDITED = "edited"
"""Rule that sets aside a row whose edited version is in the table."""

RESUBMIT = "resubmission"
"""Origin of a batch of rows that come back from quarantine."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a batch does, or did, to the validated table, in rows. ``blanked``: values an empty one would replace."""

    new: int = 0
    changed: int = 0
    same: int = 0
    deleted: int = 0
    blanked: int = 0


@dataclass(frozen=True)
class Batch:
    """One file that arrived: immutable bytes named by SHA-256, its state and its line account.

    Times are UTC. ``rows_done`` and ``bytes_done`` grow while a run reads; ``rows_loaded`` and
    ``rows_quarantined`` are final once committed. ``checks`` are the results of the last complete run.
    ``mode``: what this batch does to the rows that are there, empty for the dataset's own. ``origin``: where the file
    came from, such as ``upload``, ``archive orders.zip`` or an address. ``sequence``: order of commit in its dataset,
    from 1. ``changes`` are known once committed. ``drift``: how the file differed from its dataset and from the
    last five files when it was read. ``profile``: its own figures, for the files after it. ``closed_at``: since then it
    is neither undone nor redone, because the versions of rows that it replaced may be gone.
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
    account: LineAccount = field(default_factory=LineAccount)
    checks: tuple[CheckResult, ...] = ()
    problem: Problem | None = None
    released_by: str | None = None
    run_id: str | None = None
    mode: Mode | None = None
    origin: str = ""
    sequence: int | None = None
    changes: Changes | None = None
    drift: tuple[DriftFinding, ...] = ()
    profile: BatchProfile | None = None
    closed_at: datetime | None = None

    @classmethod
    def received(
        cls,
        batch: str,
        dataset: SpecVersion,
        file: "StoredFile",
        *,
        file_name: str,
        author: str,
        at: datetime,
        origin: str,
        mode: Mode | None = None,
    ) -> "Batch":
        """A batch whose bytes are kept and that waits for a run under this version of its dataset."""
        return cls(
            id=batch,
            tenant=dataset.spec.tenant,
            dataset=dataset.spec.name,
            file_name=file_name,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            state=BatchState.RECEIVED,
            spec_version=dataset.version,
            author=author,
            created_at=at,
            updated_at=at,
            mode=mode,
            origin=origin,
        )


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A Parquet file written beside a table but not yet part of it. ``path`` is relative to the table."""

    path: str
    size_bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class TurnCounts:
    """What undo or redo does, in rows; the numbers of ``UndoResult``."""

    removed: int = 0
    restored: int = 0
    kept: int = 0
    fixed: int = 0
    fixed_by: tuple[str, ...] = ()
    fixes_stay: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants a batch undone or redone; ``counts`` are kept before the table changes, when nobody can count again."""

    author: str
    counts: TurnCounts | None = None


@dataclass(frozen=True, slots=True)
class BatchPart:
    """A stretch of a batch that was read, checked and staged: where a killed run goes on.

    Only the plan has ``table_version`` (of the validated table that the checks over all rows looked at), ``changes``,
    and ``problem``: why a person must see the batch before it is published. ``wish``: of the part that says that the
    batch is to be undone or redone.
    """

    batch: str
    number: int
    start: Position
    end: Position
    account: LineAccount
    staged: Mapping[str, StagedFile] = field(default_factory=dict[str, StagedFile])  # layer → file
    checks: tuple[CheckResult, ...] = ()
    table_version: int | None = None
    changes: Changes | None = None
    problem: Problem | None = None
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row of an undone (or redone) batch that a later batch replaced: what names it, its line, by which batch."""

    identity: str
    line: int
    replaced_by: str


@dataclass(frozen=True)
class UndoResult:
    """What undo or redo did, or would do, to the validated table, in rows.

    ``removed`` rows leave, ``restored`` rows come back, ``kept`` stay as a later batch or edit left them; the first of
    those are in ``kept_rows``. ``fixed``: rows of a file that were set aside and loaded since, by the batches
    ``fixed_by``, and are in the table; they are among the ``removed`` (of redo: ``restored``), or left alone where
    ``fixes_stay``.
    """

    batch: Batch
    removed: int = 0
    restored: int = 0
    kept: int = 0
    kept_rows: tuple[KeptRow, ...] = ()
    fixed: int = 0
    fixed_by: tuple[str, ...] = ()
    fixes_stay: bool = False

    @property
    def counts(self) -> TurnCounts:
        """Its numbers alone."""
        return TurnCounts(self.removed, self.restored, self.kept, self.fixed, self.fixed_by, self.fixes_stay)


@dataclass(frozen=True, slots=True)
class Expired:
    """What left a dataset's history for good: ``batches`` that cannot be undone any more, ``versions`` of rows."""

    batches: int = 0
    versions: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """Outcome of handing in a file. ``known``: the very same bytes had arrived in this dataset before."""

    batch: Batch
    known: bool


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An immutable original, named by its SHA-256."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that lies in a dataset's drop folder."""

    dataset: str
    path: str
    size_bytes: int
    modified_at: datetime
