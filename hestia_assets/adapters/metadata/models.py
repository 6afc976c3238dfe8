"""The tables of the metadata database.

Every name starts with ``hestia_``: on PostgreSQL Dagster keeps its own, such as ``jobs``, beside them.
"""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Float, ForeignKey, Index, Integer, MetaData, Text, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

BIG = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both databases; SQLite counts up by itself only where the type is called INTEGER."""


class UtcTime(TypeDecorator[datetime]):
    """A moment: aware on the way in, UTC in the database, aware UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; SQLite has no time zones and stores it bare. A naive time is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Text from outside, such as a file name; what databases refuse (lone surrogates, NUL) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of SQLAlchemy
        """Replace what cannot be stored."""
        if value is None:
            return None
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "\ufffd")

    def coerce_compared_value(self, op: Any, value: Any) -> "PlainText":  # noqa: ARG002 - signature of SQLAlchemy
        """Compare under the same replacement."""
        return self


class JsonText(TypeDecorator[Any]):
    """JSON as text: unlike a database's own type it keeps NUL, lone surrogates and infinity, escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of SQLAlchemy
        """Write it, keys in order, so that equal values are equal text."""
        return None if value is None else json.dumps(value, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature of SQLAlchemy
        """Read it."""
        return None if value is None else json.loads(value)


class Table(DeclarativeBase):
    """All tables share one set of names for constraints, so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime, str: PlainText, int: BIG, float: Float(53)}  # noqa: RUF012 - SQLAlchemy's own attribute


class TenantRow(Table):
    """An owner of datasets."""

    __tablename__ = "hestia_tenants"

    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class SpecRow(Table):
    """One version of a spec."""

    __tablename__ = "hestia_specs"
    __table_args__ = (Index("uq_hestia_specs_version", "kind", "tenant", "name", "version", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    tenant: Mapped[str] = mapped_column(ForeignKey("hestia_tenants.name"))
    name: Mapped[str]
    version: Mapped[int]
    body: Mapped[Any] = mapped_column(JsonText)
    author: Mapped[str]
    created_at: Mapped[datetime]


_ALIVE = text("state <> 'undone'")


class BatchRow(Table):
    """A file that arrived. ``number`` tells the order of arrival where clocks cannot."""

    __tablename__ = "hestia_batches"
    __table_args__ = (
        Index(
            "uq_hestia_batches_bytes",
            "tenant",
            "dataset",
            "sha256",
            unique=True,
            sqlite_where=_ALIVE,
            postgresql_where=_ALIVE,
        ),
        Index("ix_hestia_batches_recent", "tenant", "dataset", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("hestia_tenants.name"))
    dataset: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    state: Mapped[str]
    spec_version: Mapped[int]
    author: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    rows_done: Mapped[int]
    bytes_done: Mapped[int]
    rows_loaded: Mapped[int]
    rows_quarantined: Mapped[int]
    seconds: Mapped[float]
    account: Mapped[Any] = mapped_column(JsonText)
    checks: Mapped[Any] = mapped_column(JsonText)
    problem: Mapped[Any | None] = mapped_column(JsonText)
    released_by: Mapped[str | None]
    run_id: Mapped[str | None]
    mode: Mapped[str | None]
    origin: Mapped[str] = mapped_column(server_default="")
    sequence: Mapped[int | None]
    changes: Mapped[Any | None] = mapped_column(JsonText)
    drift: Mapped[Any | None] = mapped_column(JsonText)
    profile: Mapped[Any | None] = mapped_column(JsonText)
    closed_at: Mapped[datetime | None]


class PartRow(Table):
    """A finished stretch of a batch."""

    __tablename__ = "hestia_batch_parts"

    batch: Mapped[str] = mapped_column(ForeignKey("hestia_batches.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[Any] = mapped_column(JsonText)


class JobRow(Table):
    """Work that a person can watch."""

    __tablename__ = "hestia_jobs"
    __table_args__ = (Index("ix_hestia_jobs_recent", "tenant", "id"), Index("ix_hestia_jobs_state", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    tenant: Mapped[str] = mapped_column(ForeignKey("hestia_tenants.name"))
    subject: Mapped[str]
    state: Mapped[str]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    batch: Mapped[str | None]
    run_id: Mapped[str | None]
    rows_done: Mapped[int] = mapped_column(default=0)
    bytes_done: Mapped[int] = mapped_column(default=0)
    bytes_total: Mapped[int] = mapped_column(default=0)
    problem: Mapped[Any | None] = mapped_column(JsonText)


class SeenRow(Table):
    """The version of a file that a source took last. ``digest``: of the address, which may be too long for a key."""

    __tablename__ = "hestia_seen_files"

    tenant: Mapped[str] = mapped_column(ForeignKey("hestia_tenants.name"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    version: Mapped[str]


class LeaseRow(Table):
    """A lease, free once ``expires_at`` has passed. The row stays, so that ``token`` never falls back."""

    __tablename__ = "hestia_leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    token: Mapped[int]
    expires_at: Mapped[datetime]


class AuditRow(Table):
    """Who did what."""

    __tablename__ = "hestia_audit_events"
    __table_args__ = (Index("ix_hestia_audit_events_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[Any] = mapped_column(JsonText)


class NormalVerdictRow(Table):
    """A person's word that a figure is normal."""

    __tablename__ = "hestia_normal_verdicts"
    __table_args__ = (Index("uq_hestia_normal_verdicts_point", "tenant", "dataset", "metric", "at", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(ForeignKey("hestia_tenants.name"))
    dataset: Mapped[str]
    metric: Mapped[str]
    at: Mapped[datetime]
    value: Mapped[float]
    batch: Mapped[str]
    level: Mapped[bool] = mapped_column(Boolean)
    author: Mapped[str]
    note: Mapped[str]
    decided_at: Mapped[datetime]
