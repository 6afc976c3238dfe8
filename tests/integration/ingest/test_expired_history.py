"""Old versions of rows leave the history, and whatever can still be undone is undone as before."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from ingest_modes import bring, change, keyed, said
from ingest_orders import dataset

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.errors import HeldError, LeaseHeldError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch
from hestia_assets.domains.ingest.rewriting.expiring import Expiry
from hestia_assets.settings import Settings

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

HISTORY = TableRef(Layer.HISTORY, "default", "orders")


def expire(home: Hestia, newest: Batch):
    """Everything up to this batch is old."""
    before = home.batches.get(newest.id).updated_at + timedelta(microseconds=1)
    return home.ingest.expire("default", "orders", before=before)


def versions(home: Hestia) -> int:
    return home.tables.scan(HISTORY).collect().height if home.tables.exists(HISTORY) else 0


def test_versions_that_no_undo_can_bring_back_go_and_the_table_stays(home: Hestia):
    spec = keyed()
    for quantity in (1, 2, 3):
        last = bring(home, f"a,{quantity},\nb,{quantity},\n", spec)
    before = said(home)

    gone = expire(home, last)

    assert (gone.batches, gone.versions, versions(home)) == (3, 4, 0)
    assert said(home) == before == [("a", 3), ("b", 3)]


def test_a_batch_that_expired_is_neither_undone_nor_redone_and_says_why(home: Hestia):
    spec = keyed()
    first, second = bring(home, "a,1,\n", spec), bring(home, "a,2,\n", spec)
    home.ingest.undo(second.id, author="ada")
    expire(home, second)

    for refused in (home.ingest.undo_preview, lambda batch: home.ingest.undo(batch, author="ada")):
        with pytest.raises(HeldError, match="can be neither undone nor redone any more") as told:
            refused(first.id)
        assert told.value.code == "history.expired"
    with pytest.raises(HeldError, match="rows that it replaced were given up"):
        home.ingest.redo(second.id, author="ada")
    with pytest.raises(HeldError):
        home.ingest.reimport(first.id, author="ada")
    assert said(home) == [("a", 1)]


def test_what_a_younger_batch_replaced_comes_back_when_it_is_undone(home: Hestia):
    spec = keyed()
    bring(home, "a,1,\nb,1,\n", spec)
    old = bring(home, "a,2,\n", spec)
    young = bring(home, "a,3,\nc,3,\n", spec)

    gone = expire(home, old)
    home.ingest.undo(young.id, author="ada")

    assert (gone.batches, gone.versions) == (2, 1)
    assert said(home) == [("a", 2), ("b", 1)]


def test_a_replacement_that_can_be_undone_keeps_what_it_replaced(home: Hestia):
    spec = dataset()
    old = bring(home, "a,1,\n", spec)
    young = bring(home, "b,2,\n", spec, mode="replace")

    expire(home, old)
    home.ingest.undo(young.id, author="ada")

    assert said(home) == [("a", 1)]


def test_the_row_that_an_edit_was_made_of_stays(home: Hestia):
    spec = dataset()
    bring(home, "a,1,\n", spec)
    edit = change(home, spec, "a", qty="7")

    gone = expire(home, edit)

    assert (gone.versions, said(home)) == (0, [("a", 7)])


def test_a_batch_behind_one_that_may_be_undone_waits_for_it(home: Hestia):
    spec = keyed()
    first, second = bring(home, "a,1,\n", spec), bring(home, "a,2,\n", spec)
    home.batches.update(first.id, problem=None)  # somebody touched it after the second one

    assert expire(home, second).batches == 0
    assert home.ingest.undo(second.id, author="ada").restored == 1


def test_what_is_closed_stays_closed_and_a_second_night_finds_nothing(home: Hestia):
    spec = keyed()
    bring(home, "a,1,\n", spec)
    last = bring(home, "a,2,\n", spec)
    expire(home, last)

    again = home.ingest.expire("default", "orders", before=home.ingest.clock() - timedelta(days=9_999))

    assert (again.batches, again.versions) == (0, 0)


def test_cut_off_before_the_versions_went_the_next_night_removes_them(home: Hestia):
    spec = keyed()
    bring(home, "a,1,\n", spec)
    last = bring(home, "a,2,\n", spec)
    for batch in home.batches.sequenced("default", "orders"):
        home.batches.update(batch.id, closed_at=home.ingest.clock())

    assert expire(home, last).versions == 1
    assert said(home) == [("a", 2)]


def test_who_lost_the_dataset_closes_nothing(home: Hestia):
    class Lost:
        def verify(self) -> None:
            raise LeaseHeldError("default/orders", owner="somebody else", seconds_left=1)

    last = bring(home, "a,1,\n", keyed())
    book = home.ingest.runner.book("default", "orders")
    expiry = Expiry(home.tables, home.catalog.store, home.batches, book, "default", "orders")
    now = home.ingest.clock() + timedelta(days=1)

    with pytest.raises(LeaseHeldError):
        expiry.expire(Lost(), before=now, now=now)

    assert home.batches.get(last.id).closed_at is None


def _play(home: Hestia, seed: int) -> list[Batch]:
    """A few files of every mode, edits and undos, the same for the same seed."""
    chance, spec, done = random.Random(seed), keyed(), list[Batch]()
    for step in range(9):
        rows = "".join(f"{chance.choice('abcd')}{number % 2},{step},\n" for number in range(chance.randint(1, 3)))
        mode = chance.choice(["upsert", "upsert", "append", "replace"])
        ids = [row_id for row_id, _ in said(home)] if done else []
        single = [row_id for row_id in ids if ids.count(row_id) == 1]
        if chance.random() < 0.25 and single:
            done.append(change(home, spec, chance.choice(sorted(single)), qty=str(100 + step)))
        else:
            done.append(bring(home, rows, spec, mode=mode))
        if chance.random() < 0.3:
            turned = chance.choice(done)
            if home.batches.get(turned.id).state.value == "committed":
                home.ingest.undo(turned.id, author="ada")
    return done


@pytest.mark.parametrize("seed", range(2))
def test_whatever_can_still_be_undone_is_undone_as_if_nothing_had_expired(home: Hestia, tmp_path: Path, seed: int):
    other = open_home(settings=Settings(home=tmp_path / "other", lease_seconds=2))
    mine, theirs = _play(home, seed), _play(other, seed)
    assert said(home) == said(other)
    old = max(home.batches.get(batch.id).updated_at for batch in mine[:5]) + timedelta(microseconds=1)

    home.ingest.expire("default", "orders", before=old)

    assert said(home) == said(other)
    for kept, same in zip(reversed(mine), reversed(theirs), strict=True):
        found = home.batches.get(kept.id)
        if found.closed_at is None:
            word = "undo" if found.state.value == "committed" else "redo"
            for where, batch in ((home, kept), (other, same)):
                getattr(where.ingest, word)(batch.id, author="ada")
            assert said(home) == said(other)
