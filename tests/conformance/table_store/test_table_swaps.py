"""Single rows out, staged rows in: all at once, once per batch."""

import polars as pl
import pytest
from table_work import REF, leases_of

from hestia_assets.core.errors import LeaseHeldError, TableError
from hestia_assets.core.ports import TableStore
from hestia_assets.core.results import StagedFile

SCHEMA = pl.Schema({"_batch": pl.String, "_row": pl.Int64, "id": pl.Int64})


def rows(batch: str, *numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"_batch": [batch] * len(numbers), "_row": numbers, "id": numbers}, schema=SCHEMA)


def staged(store: TableStore, batch: str, *numbers: int, part: int = 0) -> StagedFile:
    return store.stage(REF, rows(batch, *numbers), batch=batch, part=part)


@pytest.fixture
def numbered(store: TableStore) -> TableStore:
    files = [staged(store, "a", 1, 2, 3), staged(store, "a", 4, 5, part=1)]
    store.commit(REF, files, batch="a", schema=SCHEMA)
    return store


def found(store: TableStore, *, version: int | None = None) -> list[tuple]:
    return sorted(store.scan(REF, version=version).select("_batch", "_row").collect().rows())


def test_only_files_with_leaving_rows_are_written_anew(numbered: TableStore):
    before = numbered.version(REF)
    version = numbered.swap(REF, rows("a", 2), [staged(numbered, "b", 9)], batch="b", schema=SCHEMA)

    assert version == numbered.version(REF) == before + 1
    assert found(numbered) == [("a", 1), ("a", 3), ("a", 4), ("a", 5), ("b", 9)]
    assert found(numbered, version=before) == [("a", n) for n in range(1, 6)]
    assert next((one.operation, one.batch) for one in numbered.versions(REF)) == ("update", "b")


def test_a_batch_swaps_once(numbered: TableStore):
    file = staged(numbered, "b", 9)
    first = numbered.swap(REF, rows("a", 2), [file], batch="b", schema=SCHEMA)
    numbered.compact(REF)

    assert numbered.swap(REF, rows("a", 1, 3), [file], batch="b", schema=SCHEMA) == first
    assert numbered.has_batch(REF, "b")
    assert found(numbered) == [("a", 1), ("a", 3), ("a", 4), ("a", 5), ("b", 9)]


def test_all_rows_may_leave(numbered: TableStore):
    numbered.swap(REF, None, [staged(numbered, "b", 9)], batch="b", schema=SCHEMA)

    assert found(numbered) == [("b", 9)]


def test_a_file_that_loses_every_row_goes(numbered: TableStore):
    numbered.swap(REF, rows("a", 4, 5), [], batch="b", schema=SCHEMA)

    assert found(numbered) == [("a", 1), ("a", 2), ("a", 3)]
    assert numbered.compact(REF) == 0


def test_a_swap_makes_the_table_and_adds_columns(store: TableStore):
    store.swap(REF, None, [staged(store, "a", 1)], batch="a", schema=SCHEMA)
    wide = rows("b", 2).with_columns(note=pl.lit("x"))
    file = store.stage(REF, wide, batch="b", part=0)
    store.swap(REF, rows("a", 7), [file], batch="b", schema=wide.schema)

    assert store.scan(REF).sort("id").select("id", "note").collect().rows() == [(1, None), (2, "x")]


def test_appends_that_come_between_stay(numbered: TableStore):
    file = staged(numbered, "b", 9)
    numbered.commit(REF, [staged(numbered, "c", 7)], batch="c", schema=SCHEMA)
    numbered.swap(REF, rows("a", 1), [file], batch="b", schema=SCHEMA)

    assert ("c", 7) in found(numbered)


def test_a_swap_waits_for_another_rewrite_and_then_gives_up(kind, tmp_path):
    from table_work import STORES

    store = STORES[kind](tmp_path, seconds=0.05)
    file = staged(store, "a", 1)
    lease = leases_of(tmp_path).acquire(f"table:{REF}", owner="other", ttl_seconds=60)

    with pytest.raises(LeaseHeldError):
        store.swap(REF, None, [file], batch="a", schema=SCHEMA)
    leases_of(tmp_path).release(lease)
    store.swap(REF, None, [file], batch="a", schema=SCHEMA)
    assert found(store) == [("a", 1)]


def test_a_staged_file_that_is_gone_is_told_and_nothing_changes(numbered: TableStore, tmp_path):
    file = staged(numbered, "b", 9)
    next(tmp_path.rglob(file.path)).unlink()

    with pytest.raises(TableError, match="no longer"):
        numbered.swap(REF, rows("a", 1), [file], batch="b", schema=SCHEMA)
    assert ("a", 1) in found(numbered)


def test_a_stream_of_no_rows_is_no_file(store: TableStore):
    assert store.stage_stream(REF, rows("a").lazy(), batch="a", part=0) is None
    file = store.stage_stream(REF, rows("a", 1, 2).lazy(), batch="a", part=0)
    assert file is not None
    assert file.rows == 2
