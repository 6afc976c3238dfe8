"""Specs, batches, jobs, leases, the audit log, and the time."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from hestia_assets.core.errors import LeaseHeldError
from hestia_assets.core.results import (
    AuditEvent,
    Batch,
    BatchCounts,
    BatchPart,
    BatchState,
    Job,
    Lease,
    Problem,
    SpecVersion,
)
from hestia_assets.core.specs import AnySpec

Clock = Callable[[], datetime]
"""Gives the time now, in UTC."""


class SpecStore(Protocol):
    """Specs by kind, tenant and name; every save is a new version."""

    def save(self, spec: AnySpec, *, author: str) -> SpecVersion:
        """Keep a new version; an unchanged spec keeps its version."""
        ...

    def get(self, kind: str, tenant: str, name: str, *, version: int | None = None) -> SpecVersion:
        """The latest or one version. Raises NotFoundError."""
        ...

    def all(self, kind: str, *, tenant: str | None = None) -> list[SpecVersion]:
        """The latest version of each, sorted by tenant and name."""
        ...

    def history(self, kind: str, tenant: str, name: str) -> list[SpecVersion]:
        """Every version, newest first."""
        ...

    def delete(self, kind: str, tenant: str, name: str) -> SpecVersion:
        """Forget every version; returns the latest. Raises NotFoundError."""
        ...


class BatchStore(Protocol):
    """Batches and their parts. Every call is one transaction, or a part of one in ``together``."""

    def together(self) -> AbstractContextManager[None]:
        """One transaction for all that this thread does in the metadata inside the block: nothing slow, no files."""
        ...

    def create(self, batch: Batch) -> Batch:
        """Keep a new batch; if the same bytes live in the dataset already, return that batch instead."""
        ...

    def get(self, batch: str) -> Batch:
        """One batch. Raises NotFoundError."""
        ...

    def update(self, batch: str, **changes: Any) -> Batch:
        """Change named fields of a Batch; ``updated_at`` is set.

        Raises:
            NotFoundError: there is no such batch.
            HeldError: an undone batch would live again while another one holds the same bytes.
        """
        ...

    def recent(
        self,
        tenant: str,
        dataset: str | None = None,
        *,
        limit: int = 50,
        skip: int = 0,
        states: Collection[BatchState] = (),
    ) -> list[Batch]:
        """The newest first, after ``skip`` of them; only of these ``states``, where any are named."""
        ...

    def counts(self, tenant: str, dataset: str) -> BatchCounts:
        """How many there are of a dataset, and what they hold."""
        ...

    def pending(self, tenant: str, dataset: str) -> list[Batch]:
        """Batches that wait for a run or were cut off in one, oldest first."""
        ...

    def sequenced(self, tenant: str, dataset: str) -> list[Batch]:
        """Batches that were committed at some time, undone ones too, in the order of their first commit."""
        ...

    def last_files(self, tenant: str, dataset: str, *, limit: int) -> list[Batch]:
        """Committed batches that are files, the one that was committed last first."""
        ...

    def last_sequence(self, tenant: str, dataset: str) -> int:
        """The sequence of the batch that was committed last, 0 before the first."""
        ...

    def parted(self, tenant: str, dataset: str, *, at_least: int) -> list[Batch]:
        """Batches that have a part of this number or a higher one, oldest first."""
        ...

    def add_part(self, part: BatchPart) -> None:
        """Remember a finished stretch, replacing one of the same number."""
        ...

    def parts(self, batch: str) -> list[BatchPart]:
        """Finished stretches in order."""
        ...

    def clear_parts(self, batch: str) -> None:
        """Forget the stretches: the batch is committed or starts anew."""
        ...


class JobStore(Protocol):
    """Jobs with progress."""

    def start(
        self,
        kind: str,
        tenant: str,
        subject: str,
        *,
        batch: str | None = None,
        run_id: str | None = None,
        bytes_total: int = 0,
    ) -> Job:
        """Open a job."""
        ...

    def progress(self, job: int, *, rows_done: int, bytes_done: int) -> None:
        """Say how far it is."""
        ...

    def finish(self, job: int, *, problem: Problem | None = None) -> None:
        """Close it as succeeded, or failed with a problem."""
        ...

    def recent(self, tenant: str, *, limit: int = 20) -> list[Job]:
        """The newest first."""
        ...


class LeaseStore(Protocol):
    """Exclusive leases that expire, so a killed holder blocks nobody for long."""

    def acquire(self, name: str, *, owner: str, ttl_seconds: float) -> Lease:
        """Take the lease if it is free or expired. Raises LeaseHeldError."""
        ...

    def renew(self, lease: Lease, *, ttl_seconds: float) -> Lease:
        """Extend it. Raises LeaseHeldError when somebody else took it over meanwhile."""
        ...

    def release(self, lease: Lease) -> None:
        """Give it back; does nothing when it was taken over."""
        ...


class Hold(Protocol):
    """A lease that is being renewed."""

    def verify(self) -> None:
        """Make sure, right before a commit, that it is still ours. Raises LeaseHeldError."""
        ...


OnWait = Callable[[LeaseHeldError], None]
"""Told several times a second who holds a lease, and for how long if that one was killed."""


class Holding(Protocol):
    """Holds an exclusive lease for the time of a ``with`` block."""

    def __call__(
        self, name: str, *, wait_seconds: float, on_wait: OnWait | None = None
    ) -> AbstractContextManager[Hold]:
        """Take the lease, waiting that long for its holder to end. Raises LeaseHeldError."""
        ...


class AuditLog(Protocol):
    """Who did what."""

    def record(self, actor: str, action: str, subject: str, **details: Any) -> None:
        """Add one event."""
        ...

    def recent(self, *, subject: str | None = None, limit: int = 100) -> list[AuditEvent]:
        """The newest first."""
        ...
