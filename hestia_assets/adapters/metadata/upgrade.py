"""Bring a database to the revision of this Hestia, whoever else is starting at the same moment.

PostgreSQL rolls DDL back, so one transaction under an advisory lock is enough. SQLite does not: there a copy
is migrated, checked and swapped in under the exclusive file lock; a crash at any moment leaves the old file.
"""

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DatabaseError

from hestia_assets.adapters.metadata.engine import Database, connect
from hestia_assets.adapters.metadata.file_lock import FileLock
from hestia_assets.adapters.metadata.revisions import Revisions, revision_of
from hestia_assets.core.errors import HomeError, HomeTooNewError

log = logging.getLogger(__name__)

ADVISORY_LOCK = 0x4865737469610001
WAIT_SECONDS = 10.0
SIDECARS = ("", "-wal", "-shm", "-journal")


def upgrade(database: Database, revisions: Revisions, *, home: Path) -> None:
    """Create or migrate. Raises HomeTooNewError, HomeError."""
    if database.lock is None:
        _upgrade_postgres(database, revisions, home=home)
    else:
        _upgrade_sqlite(database.engine.url, revisions, home=home, lock=database.lock)


def _upgrade_postgres(database: Database, revisions: Revisions, *, home: Path) -> None:
    """One transaction; whoever comes second finds the work done."""
    with database.engine.begin() as connection:
        if _is_current(connection, revisions, home=home):
            return
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        if not _is_current(connection, revisions, home=home):
            _run_migrations(connection, revisions, home=home)


def _upgrade_sqlite(url: URL, revisions: Revisions, *, home: Path, lock: FileLock) -> None:
    """Without an error the lock is shared afterwards, for as long as the database is open."""
    path = Path(url.database or "")
    lock.share()
    if _file_is_current(url, path, revisions, home=home):
        return
    alone = lock.exclude(wait_seconds=WAIT_SECONDS)
    if not _file_is_current(url, path, revisions, home=home):
        if not alone:
            raise _in_use(path)
        _migrate_copy(url, path, revisions, home=home)
    lock.share()


def _is_current(connection: Connection, revisions: Revisions, *, home: Path) -> bool:
    """Whether nothing is to be done. Raises HomeTooNewError."""
    revision = revision_of(connection)
    if revision is not None and revision not in revisions.known:
        raise HomeTooNewError(str(home), revision)
    return revision == revisions.head


def _file_is_current(url: URL, path: Path, revisions: Revisions, *, home: Path) -> bool:
    if not path.exists():
        return False
    database = connect(url)
    try:
        with database.engine.connect() as connection:
            return _is_current(connection, revisions, home=home)
    finally:
        database.engine.dispose()


def _migrate_copy(url: URL, path: Path, revisions: Revisions, *, home: Path) -> None:
    copy = path.with_name(path.name + ".migrating")
    _remove(copy)  # left by a start that was killed
    if path.exists():
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    _upgrade_file(url.set(database=str(copy)), revisions, home=home)
    if path.exists():
        _fold_in_wal(path)
    _swap(copy, path)
    log.info("the metadata database is at revision %s", revisions.head)


def _upgrade_file(url: URL, revisions: Revisions, *, home: Path) -> None:
    """Foreign keys are off meanwhile: rebuilding a table would cascade into those that refer to it."""
    database = connect(url, foreign_keys=False)
    try:
        with database.engine.begin() as connection:
            _run_migrations(connection, revisions, home=home)
        with database.engine.connect() as connection:
            _check(connection, revisions)
    finally:
        database.engine.dispose()
    with closing(sqlite3.connect(url.database or "")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _run_migrations(connection: Connection, revisions: Revisions, *, home: Path) -> None:
    try:
        revisions.upgrade(connection, home=home)
    except DatabaseError as error:
        raise _failed(str(error.orig).strip()) from error


def _check(connection: Connection, revisions: Revisions) -> None:
    broken = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
    broken += [f"{row[0]} refers to {row[2]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    if revision_of(connection) != revisions.head:
        broken.append("the revision is not the newest")
    if broken:
        raise _failed(broken[0])


def _fold_in_wal(path: Path) -> None:
    """Leave no write-ahead log: SQLite would replay the old file's log into the new one."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise _in_use(path) from error


def _swap(copy: Path, path: Path) -> None:
    for each in (copy, copy.parent):
        descriptor = os.open(each, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    copy.replace(path)


def _remove(path: Path) -> None:
    for suffix in SIDECARS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _failed(reason: str) -> HomeError:
    return HomeError(
        f"The metadata database could not be upgraded ({reason}); it stays as it was.",
        hint="Check the disk's free space, or go on with the Hestia that made it and report this.",
    )


def _in_use(path: Path) -> HomeError:
    return HomeError(
        f"{path} must be upgraded, but another process has it open.",
        hint="Stop every Hestia that uses this home (pages, Dagster, commands), then start again.",
    )
