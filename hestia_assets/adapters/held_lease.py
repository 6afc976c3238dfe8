"""The exclusive right to rewrite one table, or to import into one dataset, kept alive while the work lasts."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from hestia_assets.core.errors import HestiaError, LeaseHeldError
from hestia_assets.core.ports import LeaseStore
from hestia_assets.core.results import Lease

log = logging.getLogger(__name__)


@dataclass
class HeldLease:
    """A lease that a thread renews every third of its life until ``stop``."""

    leases: LeaseStore
    lease: Lease
    seconds: float
    _stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def verify(self) -> None:
        """Extend the lease, right before a commit. Raises LeaseHeldError when it was taken over."""
        with self._lock:
            self.lease = self.leases.renew(self.lease, ttl_seconds=self.seconds)

    def keep(self) -> None:
        """Renew until stopped. A lost lease is met again by ``verify``; a silent database is asked again."""
        while not self._stopped.wait(self.seconds / 3):
            try:
                self.verify()
            except LeaseHeldError as error:
                log.warning("The lease %s was lost: %s", self.lease.name, error.message)
                return
            except (HestiaError, SQLAlchemyError) as error:
                log.warning("The lease %s could not be renewed now: %s", self.lease.name, type(error).__name__)

    def stop(self) -> None:
        """End the renewing."""
        self._stopped.set()


@contextmanager
def holding(
    leases: LeaseStore, name: str, *, owner: str, seconds: float, wait_seconds: float = 0
) -> Iterator[HeldLease]:
    """Hold the lease called ``name`` for the time of the block.

    Waits up to ``wait_seconds`` for another holder to end or, if it was killed, for its lease to expire.

    Raises:
        LeaseHeldError: somebody else still holds it.
    """
    held = HeldLease(leases, _acquired(leases, name, owner, seconds, wait_seconds), seconds)
    keeper = threading.Thread(target=held.keep, name=f"lease {name}", daemon=True)
    keeper.start()
    try:
        yield held
    finally:
        held.stop()
        keeper.join()
        leases.release(held.lease)


def _acquired(leases: LeaseStore, name: str, owner: str, seconds: float, wait_seconds: float) -> Lease:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return leases.acquire(name, owner=owner, ttl_seconds=seconds)
        except LeaseHeldError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(min(0.2, seconds / 10))
