"""Open the metadata database, creating or migrating it when needed."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from hestia_assets.adapters.metadata.audit import SqlAuditLog
from hestia_assets.adapters.metadata.batches import SqlBatchStore
from hestia_assets.adapters.metadata.engine import Database, connect, explain, parse_url
from hestia_assets.adapters.metadata.file_lock import FileLock
from hestia_assets.adapters.metadata.jobs import SqlJobStore
from hestia_assets.adapters.metadata.leases import SqlLeaseStore
from hestia_assets.adapters.metadata.outbox import SqlOutbox
from hestia_assets.adapters.metadata.revisions import Revisions, revision_of
from hestia_assets.adapters.metadata.seen import SqlSeenStore
from hestia_assets.adapters.metadata.specs import SqlSpecStore
from hestia_assets.adapters.metadata.upgrade import upgrade
from hestia_assets.adapters.metadata.verdicts import SqlVerdictStore
from hestia_assets.core.errors import HomeError
from hestia_assets.core.ports import (
    AuditLog,
    BatchStore,
    Clock,
    JobStore,
    LeaseStore,
    Outbox,
    SeenStore,
    SpecStore,
    VerdictStore,
)


@dataclass(frozen=True)
class Metadata:
    """Everything that is kept in the metadata database."""

    database: Database
    specs: SpecStore
    batches: BatchStore
    jobs: JobStore
    leases: LeaseStore
    seen: SeenStore
    audit: AuditLog
    verdicts: VerdictStore
    outbox: Outbox

    def revision(self) -> str:
        """The revision of the database's tables."""
        with self.database.reading() as session:
            return revision_of(session.connection()) or ""

    def close(self) -> None:
        """Close all connections, and let others upgrade the database."""
        self.database.close()


def open_metadata(database_url: str, *, home: Path, clock: Clock, revisions: Revisions | None = None) -> Metadata:
    """Open the metadata, creating or migrating it when needed; safe while others start too.

    Args:
        database_url: SQLAlchemy URL of a SQLite file or a PostgreSQL database.
        home: named in errors.
        clock: gives the time that is written.
        revisions: the migrations to know; by default those of this package.

    Raises:
        HomeTooNewError: a newer Hestia made the database; it is left alone.
        HomeError: it is no database, or another process keeps it from being upgraded.
        UnavailableError: PostgreSQL does not answer.
    """
    url = parse_url(database_url)
    try:
        database = _open(url, revisions or Revisions(), home=home)
    except OperationalError as error:
        raise explain(error, url) from error
    except DatabaseError as error:
        raise HomeError(
            f"{url.render_as_string()} is not a database that Hestia can use: {error.orig}.",
            hint="Restore the file from a backup, or set HESTIA_HOME to another folder.",
        ) from error
    return Metadata(
        database=database,
        specs=SqlSpecStore(database, clock),
        batches=SqlBatchStore(database, clock),
        jobs=SqlJobStore(database, clock),
        leases=SqlLeaseStore(database, clock),
        seen=SqlSeenStore(database, clock),
        audit=SqlAuditLog(database, clock),
        verdicts=SqlVerdictStore(database, clock),
        outbox=SqlOutbox(database, clock),
    )


def _open(url: URL, revisions: Revisions, *, home: Path) -> Database:
    """Whoever fails must not keep others out for as long as the error lives."""
    is_sqlite = url.get_backend_name() == "sqlite"
    database = connect(url, lock=_lock(Path(url.database or "")) if is_sqlite else None)
    try:
        upgrade(database, revisions, home=home)
    except BaseException:  # whatever it is, the lock is given back
        database.close()
        raise
    return database


def _lock(path: Path) -> FileLock:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(path.with_name(path.name + ".lock"))
    except OSError as error:
        raise HomeError(
            f"The folder {path.parent} cannot be written: {error.strerror}.",
            hint="Set HESTIA_HOME to a folder that you may write.",
        ) from error
