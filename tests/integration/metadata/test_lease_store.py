import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.core.errors import LeaseHeldError

TABLE = "default.validated.orders"


def test_a_free_lease_is_taken_until_its_time(metadata, clock):
    lease = metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)

    assert (lease.name, lease.owner, lease.token) == (TABLE, "ada", 1)
    assert lease.expires_at == clock.now + timedelta(seconds=60)


@pytest.mark.parametrize("owner", ["ada", "bob"])
def test_nobody_gets_a_lease_that_is_held_not_even_its_owner(metadata, clock, owner):
    metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)
    clock.advance(20)

    with pytest.raises(LeaseHeldError, match=r"by ada.* in 40 s"):
        metadata.leases.acquire(TABLE, owner=owner, ttl_seconds=60)


def test_leases_of_two_tables_do_not_meet(metadata):
    metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)

    assert metadata.leases.acquire("default.validated.returns", owner="bob", ttl_seconds=60).token == 1


def test_the_token_grows_with_each_holder_and_never_falls_back(metadata, clock):
    tokens = []
    for _ in range(3):
        lease = metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)
        tokens.append(lease.token)
        metadata.leases.release(lease)
    metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)
    clock.advance(60)
    tokens.append(metadata.leases.acquire(TABLE, owner="bob", ttl_seconds=60).token)

    assert tokens == [1, 2, 3, 5]


def test_a_renewed_lease_lasts_longer_under_the_same_token(metadata, clock):
    lease = metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)
    clock.advance(50)

    renewed = metadata.leases.renew(lease, ttl_seconds=60)

    assert (renewed.token, renewed.expires_at) == (lease.token, clock.now + timedelta(seconds=60))
    clock.advance(50)
    with pytest.raises(LeaseHeldError):
        metadata.leases.acquire(TABLE, owner="bob", ttl_seconds=60)


def test_an_expired_lease_that_nobody_took_can_be_renewed(metadata, clock):
    lease = metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)
    clock.advance(61)

    assert metadata.leases.renew(lease, ttl_seconds=60).token == lease.token


def test_a_lease_that_was_taken_over_can_be_neither_renewed_nor_released(metadata, clock):
    lost = metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)
    clock.advance(61)
    metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)

    with pytest.raises(LeaseHeldError):
        metadata.leases.renew(lost, ttl_seconds=60)
    metadata.leases.release(lost)
    with pytest.raises(LeaseHeldError):
        metadata.leases.acquire(TABLE, owner="bob", ttl_seconds=60)


def _count_to_ten(url: str, home: Path, counter: Path) -> int:
    """Read, wait, write: every collision would lose a count."""
    leases, taken = open_metadata(url, home=home, clock=lambda: datetime.now(UTC)).leases, 0
    while taken < 10:
        try:
            lease = leases.acquire(TABLE, owner=str(os.getpid()), ttl_seconds=60)
        except LeaseHeldError:
            time.sleep(0.002)
            continue
        before = int(counter.read_text())
        time.sleep(0.003)
        counter.write_text(str(before + 1))
        leases.release(lease)
        taken += 1
    return taken


def test_of_many_processes_one_at_a_time_holds_the_lease(metadata, race, database_url, tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")

    taken = race(_count_to_ten, [(database_url, tmp_path, counter)] * 4)

    assert taken == [10] * 4
    assert counter.read_text() == "40"
    assert metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=1).token == 41


def _grab(url: str, home: Path) -> int | str:
    leases = open_metadata(url, home=home, clock=lambda: datetime.now(UTC)).leases
    try:
        return leases.acquire(TABLE, owner="racer", ttl_seconds=60).token
    except LeaseHeldError as error:
        return error.code


def test_of_many_who_want_an_expired_lease_one_gets_it(metadata, race, database_url, tmp_path):
    metadata.leases.acquire(TABLE, owner="killed", ttl_seconds=60)

    results = race(_grab, [(database_url, tmp_path)] * 4)

    assert sorted(map(str, results)) == ["2", "lease.held", "lease.held", "lease.held"]


def test_a_killed_holder_blocks_nobody_for_longer_than_its_time(metadata, clock, in_child):
    def work() -> int:
        metadata.leases.acquire(TABLE, owner="child", ttl_seconds=60)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    assert in_child(work) == -signal.SIGKILL
    with pytest.raises(LeaseHeldError, match="child"):
        metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60)
    clock.advance(60)
    assert metadata.leases.acquire(TABLE, owner="ada", ttl_seconds=60).token == 2
