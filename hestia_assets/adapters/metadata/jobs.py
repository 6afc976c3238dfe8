"""Jobs with progress."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hestia_assets.adapters.metadata import codecs
from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.models import JobRow
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.ports import Clock
from hestia_assets.core.results import Job, JobState, Problem

INTERRUPTED = Problem(
    code="job.interrupted",
    message="The process that did this work ended before it was done.",
    hint="See the newer job of the same name, which took the work over.",
)
FIELDS = tuple(field.name for field in fields(Job))


@dataclass(frozen=True)
class SqlJobStore:
    """Keeps jobs."""

    database: Database
    clock: Clock

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
        """Open a job. One of the same work that never ended was cut off: it is closed as failed.

        Should its process live after all, its own ``finish`` sets the record right.
        """
        now = self.clock()
        row = JobRow(
            kind=kind, tenant=tenant, subject=subject, state=JobState.RUNNING.value, started_at=now,
            updated_at=now, batch=batch, run_id=run_id, bytes_total=bytes_total,
        )  # fmt: skip
        with self.database.writing() as session:
            self.database.ensure_tenant(session, tenant, now=now)
            _close_interrupted(session, row, now=now)
            session.add(row)
            session.flush()
            return _job(row)

    def progress(self, job: int, *, rows_done: int, bytes_done: int) -> None:
        """Say how far it is. Raises NotFoundError."""
        self._change(job, updated_at=self.clock(), rows_done=rows_done, bytes_done=bytes_done)

    def finish(self, job: int, *, problem: Problem | None = None) -> None:
        """Close it as succeeded, or failed with a problem. Raises NotFoundError."""
        now, state = self.clock(), JobState.FAILED if problem else JobState.SUCCEEDED
        stored = codecs.problem_to_json(problem)
        self._change(job, state=state.value, updated_at=now, finished_at=now, problem=stored)

    def recent(self, tenant: str, *, limit: int = 20) -> list[Job]:
        """The newest first."""
        query = select(JobRow).where(JobRow.tenant == tenant).order_by(JobRow.id.desc()).limit(limit)
        with self.database.reading() as session:
            return [_job(row) for row in session.scalars(query)]

    def _change(self, job: int, **values: Any) -> None:
        statement = update(JobRow).where(JobRow.id == job).values(values).returning(JobRow.id)
        with self.database.writing() as session:
            if session.scalar(statement) is None:
                raise NotFoundError("job", str(job))


def _close_interrupted(session: Session, new: JobRow, *, now: datetime) -> None:
    same = [JobRow.kind == new.kind, JobRow.tenant == new.tenant, JobRow.state == JobState.RUNNING.value]
    same += [JobRow.batch == new.batch] if new.batch else [JobRow.subject == new.subject, JobRow.batch.is_(None)]
    closed = {
        "state": JobState.FAILED.value,
        "finished_at": now,
        "problem": codecs.problem_to_json(INTERRUPTED),
    }
    session.execute(update(JobRow).where(*same).values(closed))


def _job(row: JobRow) -> Job:
    job = Job(**{name: getattr(row, name) for name in FIELDS})
    return replace(job, state=JobState(row.state), problem=codecs.problem_from_json(row.problem))
