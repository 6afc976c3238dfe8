"""The exclusive right to rewrite one table, kept alive while the work lasts."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hestia_assets.core.errors import HestiaError
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
        """Renew until stopped; a failure is left for ``verify`` to meet again."""
        while not self._stopped.wait(self.seconds / 3):
            try:
                self.verify()
            except HestiaError as error:
                log.warning("The lease %s could not be renewed: %s", self.lease.name, error.message)
                return

    def stop(self) -> None:
        """End the renewing."""
        self._stopped.set()


@contextmanager
def rewriting(leases: LeaseStore, name: str, *, owner: str, seconds: float) -> Iterator[HeldLease]:
    """Hold the lease called ``name`` for the time of the block. Raises LeaseHeldError."""
    held = HeldLease(leases, leases.acquire(name, owner=owner, ttl_seconds=seconds), seconds)
    keeper = threading.Thread(target=held.keep, name=f"lease {name}", daemon=True)
    keeper.start()
    try:
        yield held
    finally:
        held.stop()
        keeper.join()
        leases.release(held.lease)
