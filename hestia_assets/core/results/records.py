"""What the metadata database and the tables remember: versions, leases, jobs, events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from hestia_assets.core.results.problems import Problem
from hestia_assets.core.specs import AnySpec


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


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """The batches of a dataset: all of them, files that are in its table, and rows of those that were set aside."""

    batches: int
    files: int
    rows_quarantined: int


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
class DeletedSpec:
    """A spec that was deleted, as it was last. ``remembered``: files of a source that are known as fetched no more."""

    last: SpecVersion
    remembered: int = 0


@dataclass(frozen=True)
class AuditEvent:
    """Who did what, when, to what."""

    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
