"""What a batch becomes when it is cut off between two steps, while the spec or the table changes meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from ingest_orders import check, dataset

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HeldError, LeaseHeldError, RetypeError
from hestia_assets.core.layers import TableRef
from hestia_assets.core.ports import TableStore
from hestia_assets.core.results import BatchState, LineAccount
from hestia_assets.core.specs import ColumnType, DatasetSpec

UNIQUE = dataset(check("unique", "id"))
COMMITS = ("imported", "quarantine", "validated")


class Cut(BaseException):
    """Ends a run as a kill would: nothing that handles errors sees it."""


class CuttingStore:
    """The real store, cut off before or after one of its commits."""

    def __init__(self, store: TableStore, *, before: str, after: str) -> None:
        self._store, self._before, self._after = store, before, after

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def commit(self, ref: TableRef, *args, **kwargs):
        if ref.layer == self._before:
            raise Cut
        version = self._store.commit(ref, *args, **kwargs)
        if ref.layer == self._after:
            raise Cut
        return version


def receive(home: Hestia, data: bytes, spec: DatasetSpec = UNIQUE) -> str:
    home.catalog.save(spec, author="ada")
    return home.ingest.receive(spec, BytesIO(data), file_name="orders.csv", author="ada").batch.id


def cut(home: Hestia, batch: str, *, before: str = "", after: str = "") -> None:
    cutting = CuttingStore(home.tables, before=before, after=after)
    with pytest.raises(Cut):
        replace(home.ingest, tables=cutting).run(batch)


def ids(table: Callable, layer: str = "validated") -> list[str]:
    return sorted(table(layer)["id"].to_list())


@pytest.mark.parametrize("after", COMMITS)
def test_cut_off_after_a_commit_the_next_run_finishes_without_doubling(home, table, after):
    batch = receive(home, b"id,qty,day\n1,1,\n2,x,\n2,2,\n")
    cut(home, batch, after=after)
    done = home.ingest.run(batch)

    assert done.account == LineAccount(total=4, header=1, loaded=2, quarantined=1)
    assert (ids(table), table("imported").height, table("quarantine").height) == (["1", "2"], 3, 1)


@pytest.mark.parametrize("after", COMMITS[:2])
def test_a_new_spec_does_not_change_a_batch_that_is_half_published(home, table, after):
    batch = receive(home, b"id,qty,day\n1,1,\n2,x,\n")
    cut(home, batch, after=after)
    text = tuple(column.model_copy(update={"type": ColumnType.TEXT}) for column in UNIQUE.recipe.columns)
    home.catalog.save(dataset(columns=text), author="ada")
    done = home.ingest.run(batch)

    assert (done.rows_loaded, done.rows_quarantined) == (1, 1)
    assert (ids(table), table("quarantine")["text"].to_list()) == (["1"], ["2,x,"])


def test_a_type_that_does_not_fit_the_table_is_refused_before_anything_is_published(home, table):
    home.ingest.run(receive(home, b"id,qty,day\na,1,\n"))
    number = UNIQUE.recipe.columns[0].model_copy(update={"type": ColumnType.INTEGER})
    batch = receive(home, b"id,qty,day\n2,x,\n", dataset(columns=(number, *UNIQUE.recipe.columns[1:])))
    with pytest.raises(RetypeError):
        home.ingest.run(batch)
    home.catalog.save(UNIQUE, author="ada")
    done = home.ingest.run(batch)

    assert (done.rows_loaded, done.rows_quarantined) == (0, 1)
    assert (table("imported").height, table("quarantine")["text"].to_list()) == (2, ["2,x,"])


@pytest.mark.parametrize("after", COMMITS)
def test_a_batch_that_is_half_published_cannot_be_discarded(home, table, after):
    batch = receive(home, b"id,qty,day\n1,1,\n2,2,\n")
    cut(home, batch, after=after)
    with pytest.raises(HeldError, match="published"):
        home.ingest.discard(batch, author="ada")
    home.ingest.run(batch)

    assert ids(table) == ids(table, "imported") == ["1", "2"]


def test_a_plan_is_made_anew_when_the_table_grew_meanwhile(home, table):
    first = receive(home, b"id,qty,day\n1,1,\n2,2,\n")
    cut(home, first, before="imported")
    home.ingest.run(receive(home, b"id,qty,day\n1,9,\n"))
    done = home.ingest.run(first)

    assert (done.rows_loaded, done.rows_quarantined) == (1, 1)
    assert ids(table) == ["1", "2"]
    assert done.account.balanced


def test_a_held_batch_is_judged_anew_when_it_is_released(home, table):
    spec = dataset(check("unique", "id"), check("in_range", "qty", "hold", max=5))
    held = receive(home, b"id,qty,day\n1,9,\n2,2,\n", spec)
    assert home.ingest.run(held).state is BatchState.HELD
    home.ingest.run(receive(home, b"id,qty,day\n1,1,\n", spec))
    home.ingest.release(held, author="ada")
    home.ingest.run(held)

    assert ids(table) == ["1", "2"]


def test_a_half_published_batch_is_finished_before_another_of_its_dataset(home, table):
    first = receive(home, b"id,qty,day\n1,1,\n2,2,\n")
    cut(home, first, after="imported")
    second = home.ingest.run(receive(home, b"id,qty,day\n2,9,\n3,3,\n"))

    assert home.batches.get(first).state is BatchState.COMMITTED
    assert second.rows_quarantined == 1
    assert ids(table) == ["1", "2", "3"]


def test_a_release_holds_for_the_checks_it_was_given_for(home):
    spec = dataset(check("in_range", "qty", "hold", max=5))
    batch = receive(home, b"id,qty,day\n,9,\n", spec)
    home.ingest.run(batch)
    home.ingest.release(batch, author="ada")
    home.catalog.save(dataset(*spec.checks, check("not_null", "id", "hold")), author="ada")

    assert home.ingest.run(batch).state is BatchState.HELD


def test_a_batch_cannot_be_discarded_while_its_dataset_is_at_work(home):
    batch = receive(home, b"id,qty,day\n1,1,\n")
    with home.ingest.holding("dataset:default/orders", wait_seconds=0), pytest.raises(LeaseHeldError):
        home.ingest.discard(batch, author="ada")


def test_staged_files_that_are_gone_are_made_again(home, table, settings):
    spec = dataset(check("in_range", "qty", "hold", max=5))
    held = receive(home, b"id,qty,day\n1,9,\n2,x,\n", spec)
    home.ingest.run(held)
    for file in (settings.lake / "default").rglob("part-*.parquet"):
        file.unlink()
    home.ingest.release(held, author="ada")
    done = home.ingest.run(held)

    assert (done.rows_loaded, done.rows_quarantined) == (1, 1)
    assert ids(table) == ["1"]


def test_bytes_of_a_failed_batch_that_are_handed_in_again_wait_for_a_run(home, table):
    batch = receive(home, b"id,qty\n1,1\n")
    with pytest.raises(Exception, match="missing: day"):
        home.ingest.run(batch)
    narrow = dataset(columns=UNIQUE.recipe.columns[:2])
    assert receive(home, b"id,qty\n1,1\n", narrow) == batch
    (pending,) = home.ingest.pending("default", "orders")
    home.ingest.run(pending.id)

    assert ids(table) == ["1"]


def test_a_row_that_is_set_aside_speaks_against_no_other(home, table):
    spec = dataset(check("unique", "id"), check("unique", "qty"))
    home.ingest.run(receive(home, b"id,qty,day\n1,1,\n1,2,\n2,2,\n", spec))

    assert ids(table) == ["1", "2"]


def test_many_rows_that_are_known_already_are_set_aside_together(home, table):
    data = b"id,qty,day\n" + b"".join(b"%d,%d,\n" % (n, n) for n in range(30_000))
    spec = dataset(check("unique", "id"), chunk_bytes=64 * 1024)
    home.ingest.run(receive(home, data, spec))
    done = home.ingest.run(receive(home, data + b"30000,1,\n", spec))

    assert (done.rows_loaded, done.rows_quarantined, done.account.balanced) == (1, 30_000, True)
    assert table("quarantine")["_line"].to_list() == list(range(2, 30_002))
