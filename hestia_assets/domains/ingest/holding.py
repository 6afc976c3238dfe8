"""One run per batch: a lease that is renewed in the background while the run lives."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

from hestia_assets.core.errors import LeaseHeldError
from hestia_assets.core.ports import LeaseStore
from hestia_assets.core.results import Lease


@contextmanager
def holding(leases: LeaseStore, name: str, *, owner: str, ttl_seconds: float) -> Generator[None]:
    """Hold the lease ``name``; waits for at most one lifetime, in case its last holder was killed.

    Raises:
        LeaseHeldError: another run is alive and holds it.
    """
    lease = _acquire(leases, name, owner=owner, ttl_seconds=ttl_seconds)
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(leases, lease, ttl_seconds, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
        leases.release(lease)


def _acquire(leases: LeaseStore, name: str, *, owner: str, ttl_seconds: float) -> Lease:
    deadline = time.monotonic() + ttl_seconds + 1
    while True:
        try:
            return leases.acquire(name, owner=owner, ttl_seconds=ttl_seconds)
        except LeaseHeldError:
            if time.monotonic() > deadline:
                raise
            time.sleep(min(0.2, ttl_seconds / 10))


def _keep(leases: LeaseStore, lease: Lease, ttl_seconds: float, done: threading.Event) -> None:
    while not done.wait(ttl_seconds / 3):
        try:
            lease = leases.renew(lease, ttl_seconds=ttl_seconds)
        except LeaseHeldError:  # lost, which takes a pause longer than its lifetime; commits are idempotent by batch
            return
