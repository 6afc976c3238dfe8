"""One database, two dialects: connections, transactions, and errors in our own words."""

import logging
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from hestia_assets.adapters.metadata.file_lock import FileLock
from hestia_assets.adapters.metadata.models import Table, TenantRow
from hestia_assets.adapters.signals import undisturbed
from hestia_assets.core.errors import HestiaError, HomeError, TransientError, UnavailableError

log = logging.getLogger(__name__)

BUSY_SECONDS = 30
_WRITES = "hestia_writes"
_RowT = TypeVar("_RowT", bound=Table)

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()
_parents_pools: list[Pool] = []


def _close_idle_sqlite_before_fork() -> None:
    """SQLite keeps its locks by process, in memory: a child would inherit the belief, but not the locks."""
    for engine in list(_engines):
        if engine.dialect.name == "sqlite":
            engine.dispose()


def _forget_connections_after_fork() -> None:
    """A child must neither use nor close its parent's connections."""
    for engine in list(_engines):
        _parents_pools.append(engine.pool)  # never collected, so never closed
        engine.dispose(close=False)


os.register_at_fork(before=_close_idle_sqlite_before_fork, after_in_child=_forget_connections_after_fork)


def parse_url(text: str) -> URL:
    """The URL with the driver that we bring: pysqlite or psycopg2.

    Raises:
        HomeError: it is no URL, or of another kind of database.
    """
    hint = "Set HESTIA_METADATA_URL to postgresql://user:password@host/database, or leave it empty."
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise HomeError("The metadata URL cannot be read.", hint=hint) from error
    kind = url.drivername.split("+")[0]
    if kind in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg2")
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+pysqlite")
    raise HomeError(f"Metadata cannot be kept in '{url.render_as_string()}'.", hint=hint)


@dataclass(frozen=True)
class Database:
    """Hands out transactions."""

    engine: Engine
    lock: FileLock | None = None  # kept while the database is open
    _joined: threading.local = field(default_factory=threading.local, compare=False, repr=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the file in the home."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads."""
        if (joined := self._fresh()) is not None:
            yield joined
            return
        with self._begun(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write; on SQLite it holds the write lock from its start."""
        if (joined := self._fresh()) is not None:
            yield joined
            return
        writer = self.engine.execution_options(**{_WRITES: True})
        with self._begun(writer) as session:
            yield session

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction that may write, for whatever this thread reads and writes inside the block."""
        if getattr(self._joined, "session", None) is not None:
            yield
            return
        with self.writing() as session:
            self._joined.session = session
            try:
                yield
            finally:
                self._joined.session = None

    def _fresh(self) -> Session | None:
        """The session of ``together``, without the rows that were read in it: they may have been changed since."""
        session: Session | None = getattr(self._joined, "session", None)
        if session is not None:
            session.flush()
            session.expunge_all()
        return session

    def insert(self, table: type[_RowT]) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def ensure_tenant(self, session: Session, tenant: str, *, now: datetime) -> None:
        """Make sure that the tenant's row exists."""
        values = {"name": tenant, "created_at": now}
        session.execute(self.insert(TenantRow).values(values).on_conflict_do_nothing())

    def close(self) -> None:
        """Close all connections and give up the lock."""
        self.engine.dispose()
        if self.lock is not None:
            self.lock.close()

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Session]:
        """A transaction that no Ctrl-C cuts in half, with the database's errors as ours."""
        try:
            with undisturbed(), Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except OperationalError as error:
            log.warning("the metadata database failed: %s", type(error.orig).__name__)
            raise explain(error, self.engine.url) from error


def connect(url: URL, *, lock: FileLock | None = None, foreign_keys: bool = True) -> Database:
    """Make the engine; nothing is opened yet. Foreign keys may be off on SQLite only."""
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = _sqlite_engine(url, foreign_keys=foreign_keys) if is_sqlite else _postgres_engine(url)
    _engines.add(engine)
    return Database(engine, lock)


def _postgres_engine(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)


def _sqlite_engine(url: URL, *, foreign_keys: bool) -> Engine:
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver would begin late and commit before DDL; we begin ourselves
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA synchronous = FULL")

    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Any) -> None:
    """A transaction that reads first and writes later fails when another wrote between: lock first."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def explain(error: OperationalError, url: URL) -> HestiaError:
    """Our error for one of the database's."""
    if isinstance(error.orig, sqlite3.OperationalError):
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            return TransientError("The metadata database is busy.", hint="Try again in a moment.")
        return HomeError(
            f"The metadata database {url.database} cannot be used: {error.orig}.",
            hint="Check the disk's free space and the file's permissions.",
        )
    return UnavailableError(
        f"The metadata database {url.render_as_string()} does not answer.",
        hint="Check that PostgreSQL runs and that HESTIA_METADATA_URL is right.",
    )
