"""Long work with rows in quarantine says how far it is, in counted rows, and whom it waits for."""

from datetime import UTC, datetime
from io import BytesIO
from threading import Thread

import pytest
from set_aside import bring, ids, mended, orders, states

from hestia_assets.adapters.held_lease import holding
from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.core.results import Doing, WorkStep
from hestia_assets.domains.ingest.resubmitting import shelf

LEASE = "dataset:default/orders"
LEASE_SECONDS = 3
"""Longer than a busy machine takes to ask for it."""

NONE_LEFT = [Doing.LOOKING_UP, Doing.CHECKING]


def test_each_piece_of_work_tells_its_steps_in_counted_rows(home, monkeypatch):
    monkeypatch.setattr("hestia_assets.domains.ingest.resubmitting.shelf.TOLD", 4)
    bring(home)
    told: list[WorkStep] = []
    quarantine, book = home.quarantine.watched(told.append), BytesIO()
    for work, doing in (
        (lambda: quarantine.export(orders(), book), [*NONE_LEFT[:1], Doing.WRITING]),
        (lambda: quarantine.read_back(orders(), book, file_name="bad.xlsx"), [Doing.READING, Doing.LOOKING_UP]),
        (lambda: quarantine.preview(orders(), mended(home, 10)), NONE_LEFT),
        (lambda: quarantine.replay_preview(orders()), NONE_LEFT),
        (lambda: quarantine.resubmit(orders(), mended(home, 9), author="bea"), [*NONE_LEFT, Doing.LOADING]),
    ):
        told.clear()
        work()
        assert list(dict.fromkeys(step.doing for step in told)) == doing
        assert all(0 <= step.done <= step.total for step in told if step.total)
        assert [(step.done, step.total) for step in told if step.doing is Doing.LOOKING_UP][:3] == [
            (0, told_rows(told)), (4, told_rows(told)), (8, told_rows(told))]  # fmt: skip
    assert (told[-1].sentence, states(home)["loaded"]) == ("Loading 9 rows …", 9)
    assert shelf.TOLD == 4


def told_rows(told: list[WorkStep]) -> int:
    return next(step.total for step in told if step.doing is Doing.LOOKING_UP)


@pytest.mark.parametrize("killed", [True, False])
def test_who_waits_for_other_work_is_told_for_whom_and_until_when(home, killed):
    bring(home)
    told: list[WorkStep] = []
    leases = open_metadata(home.settings.database_url, home=home.settings.home, clock=lambda: datetime.now(UTC)).leases
    held = holding(leases, LEASE, owner="till-3:17", seconds=LEASE_SECONDS)
    if killed:  # nobody gives the lease back
        leases.acquire(LEASE, owner="till-3:17", ttl_seconds=LEASE_SECONDS)
    else:
        held.__enter__()
    work = Thread(
        target=lambda: home.quarantine.watched(told.append).drop(orders(), ids(home)[:1], reason="x", author="b")
    )

    work.start()
    while not told and work.is_alive():
        work.join(0.05)
    if not killed:
        held.__exit__(None, None, None)
    work.join()

    assert {(step.doing, step.holder) for step in told} == {(Doing.WAITING, "till-3:17")}
    assert all(0 < step.seconds_left <= LEASE_SECONDS for step in told)
    assert "till-3:17 works on this dataset" in told[0].sentence
    assert states(home) == {"open": 9, "dropped": 1}
