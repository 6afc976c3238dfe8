"""The exclusive right to rewrite one table, or to import into one dataset, kept alive while the work lasts."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from hestia_assets.adapters.signals import undisturbed
from hestia_assets.core.errors import HestiaError, LeaseHeldError
from hestia_assets.core.ports import LeaseStore, OnWait
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
    _keeper: threading.Thread | None = None

    def start(self) -> None:
        """Begin the renewing."""
        self._keeper = threading.Thread(target=self.keep, name=f"lease {self.lease.name}", daemon=True)
        self._keeper.start()

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
        if self._keeper is not None:
            self._keeper.join()


@contextmanager
def holding(
    leases: LeaseStore,
    name: str,
    *,
    owner: str,
    seconds: float,
    wait_seconds: float = 0,
    on_wait: OnWait | None = None,
) -> Iterator[HeldLease]:
    """Hold the lease called ``name`` for the time of the block.

    Waits up to ``wait_seconds`` for another holder to end or, if it was killed, for its lease to expire. A Ctrl-C while
    the lease is taken or given back waits, so that none is left behind which the next run must wait for. ``on_wait`` is
    told again and again who holds it.

    Raises:
        LeaseHeldError: somebody else still holds it.
    """
    held, deadline = None, time.monotonic() + wait_seconds
    try:
        while held is None:
            with undisturbed():
                taken = _taken(leases, name, owner, seconds, deadline)
                held = None if isinstance(taken, LeaseHeldError) else taken
            if isinstance(taken, LeaseHeldError):
                if on_wait is not None:
                    on_wait(taken)
                time.sleep(min(0.2, seconds / 10))
        yield held
    finally:
        with undisturbed():
            if held is not None:
                held.stop()
                leases.release(held.lease)


def _taken(leases: LeaseStore, name: str, owner: str, seconds: float, deadline: float) -> HeldLease | LeaseHeldError:
    """The lease, kept alive from now on; who holds it while somebody else does and there is time left."""
    try:
        held = HeldLease(leases, leases.acquire(name, owner=owner, ttl_seconds=seconds), seconds)
    except LeaseHeldError as error:
        if time.monotonic() >= deadline:
            raise
        return error
    held.start()
    return held
