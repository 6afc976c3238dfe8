"""Exclusive leases that expire."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.models import LeaseRow
from hestia_assets.core.errors import LeaseHeldError
from hestia_assets.core.ports import Clock
from hestia_assets.core.results import Lease

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SqlLeaseStore:
    """Leases in the metadata database; its row lock decides who is first."""

    database: Database
    clock: Clock

    def acquire(self, name: str, *, owner: str, ttl_seconds: float) -> Lease:
        """Take the lease if it is free or expired; no owner holds it twice. Raises LeaseHeldError."""
        with self.database.writing() as session:
            row = self._locked(session, name)
            now = self.clock()  # after the wait for the lock
            if row.expires_at > now:
                raise _held(row, now=now)
            row.owner, row.token = owner, row.token + 1
            row.expires_at = now + timedelta(seconds=ttl_seconds)
            return _lease(row)

    def renew(self, lease: Lease, *, ttl_seconds: float) -> Lease:
        """Extend it, even when expired. Raises LeaseHeldError when somebody else took it over."""
        with self.database.writing() as session:
            row = self._locked(session, lease.name)
            now = self.clock()
            if row.token != lease.token:
                raise _held(row, now=now)
            row.expires_at = now + timedelta(seconds=ttl_seconds)
            return _lease(row)

    def release(self, lease: Lease) -> None:
        """Give it back; does nothing when it was taken over."""
        mine = (LeaseRow.name == lease.name, LeaseRow.token == lease.token)
        with self.database.writing() as session:
            session.execute(update(LeaseRow).where(*mine).values(expires_at=LONG_AGO))

    def _locked(self, session: Session, name: str) -> LeaseRow:
        """The row of this name, made when missing, ours until the transaction ends."""
        blank = {"name": name, "owner": "nobody", "token": 0, "expires_at": LONG_AGO}
        session.execute(self.database.insert(LeaseRow).values(blank).on_conflict_do_nothing())
        return session.scalars(select(LeaseRow).where(LeaseRow.name == name).with_for_update()).one()


def _lease(row: LeaseRow) -> Lease:
    return Lease(row.name, row.owner, row.token, row.expires_at)


def _held(row: LeaseRow, *, now: datetime) -> LeaseHeldError:
    return LeaseHeldError(row.name, owner=row.owner, seconds_left=(row.expires_at - now).total_seconds())
