"""Overwrite, compact, vacuum, restore: what they change, what they keep."""

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from table_work import REF, ROWS, SCHEMA, add, counts, rows_of

from hestia_assets.core.errors import CorruptTableError, NotFoundError, TableError
from hestia_assets.core.ports import TableStore

EIGHT_DAYS = 8 * 24 * 3600


def _files(home: Path) -> set[str]:
    return {path.name for path in home.rglob("*.parquet") if "_delta_log" not in path.parts}


def _age(path: Path) -> None:
    old = time.time() - EIGHT_DAYS
    os.utime(path, (old, old))


def test_overwrite_creates_a_table_with_its_rows_in_one_version(store: TableStore):
    version = store.overwrite(REF, [rows_of("new")], schema=SCHEMA)

    assert version == store.version(REF) == 0
    assert counts(store) == {"new": ROWS}


def test_overwrite_replaces_rows_and_columns(filled: TableStore):
    frame = pl.DataFrame({"id": ["now text"], "at": [date(2024, 1, 1)]})

    version = filled.overwrite(REF, [frame], schema=frame.schema)

    assert filled.version(REF) == version
    assert filled.scan(REF).collect().equals(frame)
    assert filled.schema(REF) == frame.schema


def test_overwrite_with_an_empty_result_leaves_an_empty_table_of_the_new_columns(filled: TableStore):
    filled.overwrite(REF, [], schema=pl.Schema({"total": pl.Float64}))

    assert filled.scan(REF).collect().schema == {"total": pl.Float64}
    assert filled.scan(REF).collect().height == 0


def test_overwrite_that_fails_midway_changes_nothing_and_leaves_no_file(filled: TableStore, tmp_path: Path):
    before, version = _files(tmp_path), filled.version(REF)

    def frames():
        yield rows_of("one")
        raise KeyError("the source broke")

    with pytest.raises(KeyError):
        filled.overwrite(REF, frames(), schema=SCHEMA)

    assert filled.version(REF) == version
    assert _files(tmp_path) == before


def test_overwrite_refuses_frames_without_the_declared_columns(filled: TableStore):
    with pytest.raises(TableError, match="other"):
        filled.overwrite(REF, [rows_of("x")], schema=pl.Schema({"other": pl.Int64}))

    assert counts(filled) == {"first": ROWS}


def test_compact_joins_small_files_and_keeps_every_row(filled: TableStore):
    for number in range(5):
        add(filled, f"b{number}")
    wide = rows_of("wide").with_columns(note=pl.lit("x"))
    staged = filled.stage(REF, wide, batch="wide", part=0)
    filled.commit(REF, [staged], batch="wide", schema=wide.schema)
    before = filled.scan(REF).sort("batch", "id").collect()

    saved = filled.compact(REF)

    assert saved == 6
    assert filled.scan(REF).sort("batch", "id").collect().equals(before)
    assert filled.compact(REF) == 0


def test_batches_are_remembered_through_every_rewrite(filled: TableStore):
    add(filled, "second")
    filled.compact(REF)
    filled.overwrite(REF, [rows_of("x")], schema=SCHEMA)
    filled.restore(REF, 1)

    add(filled, "second")

    assert filled.has_batch(REF, "second")
    assert counts(filled) == {"first": ROWS}


def test_restore_brings_back_rows_and_columns_as_a_new_version(filled: TableStore):
    old = filled.version(REF)
    filled.overwrite(REF, [pl.DataFrame({"total": [1.5]})], schema=pl.Schema({"total": pl.Float64}))

    version = filled.restore(REF, old)

    assert version == old + 2 == filled.version(REF)
    assert filled.schema(REF) == SCHEMA
    assert counts(filled) == {"first": ROWS}


def test_restore_of_a_version_that_never_was_says_which_there_are(filled: TableStore):
    with pytest.raises(NotFoundError, match="version"):
        filled.restore(REF, 99)


def test_restore_after_vacuum_fails_and_changes_nothing(filled: TableStore):
    old = filled.version(REF)
    filled.overwrite(REF, [rows_of("new")], schema=SCHEMA)
    filled.vacuum(REF, keep_hours=0)

    with pytest.raises(TableError, match="deleted"):
        filled.restore(REF, old)

    assert counts(filled) == {"new": ROWS}


def test_every_version_can_be_read_and_tells_what_made_it(filled: TableStore):
    add(filled, "second")
    filled.compact(REF)
    filled.overwrite(REF, [rows_of("new")], schema=SCHEMA)

    versions = filled.versions(REF)

    assert [(v.version, v.operation, v.batch) for v in versions] == [
        (4, "overwrite", None),
        (3, "compact", None),
        (2, "append", "second"),
        (1, "append", "first"),
        (0, "create", None),
    ]
    assert all(v.at.tzinfo is UTC and abs((datetime.now(UTC) - v.at).total_seconds()) < 60 for v in versions)
    heights = [filled.scan(REF, version=number).collect().height for number in range(5)]
    assert heights == [0, ROWS, 2 * ROWS, 2 * ROWS, ROWS]


def test_a_version_that_never_was_is_not_found(filled: TableStore):
    with pytest.raises(NotFoundError, match="99"):
        filled.scan(REF, version=99)


def test_vacuum_deletes_replaced_files_and_nothing_that_is_needed(filled: TableStore, tmp_path: Path):
    (dead,) = _files(tmp_path)
    filled.overwrite(REF, [rows_of("new")], schema=SCHEMA)

    assert filled.vacuum(REF, keep_hours=1) == []
    deleted = filled.vacuum(REF, keep_hours=0)

    assert deleted == [dead]
    assert counts(filled) == {"new": ROWS}


def test_vacuum_leaves_a_batch_in_progress_alone(filled: TableStore):
    staged = filled.stage(REF, rows_of("slow"), batch="slow", part=0)

    filled.vacuum(REF, keep_hours=0)

    filled.commit(REF, [staged], batch="slow", schema=SCHEMA)
    assert counts(filled) == {"first": ROWS, "slow": ROWS}


def test_vacuum_deletes_what_nobody_committed_for_a_week(filled: TableStore, tmp_path: Path):
    staged = filled.stage(REF, rows_of("left"), batch="left", part=0)
    folder = next(tmp_path.rglob(staged.path)).parent
    (folder / ".killed.tmp").write_bytes(b"half")
    for path in (folder / staged.path, folder / ".killed.tmp"):
        _age(path)

    deleted = filled.vacuum(REF, keep_hours=0)

    assert deleted == [".killed.tmp", staged.path]
    with pytest.raises(TableError, match="no longer"):
        filled.commit(REF, [staged], batch="left", schema=SCHEMA)
    assert counts(filled) == {"first": ROWS}


def test_a_live_file_stays_however_old_it_is(filled: TableStore, tmp_path: Path):
    (live,) = _files(tmp_path)
    _age(next(tmp_path.rglob(live)))

    assert filled.vacuum(REF, keep_hours=0) == []
    assert counts(filled) == {"first": ROWS}


def _race_of_strangers(home: Path) -> None:
    """Two tools without our lease compact at once, as delta-rs lets them: each row is there twice."""
    path = str(home / "lake" / REF.path)
    one, two = DeltaTable(path), DeltaTable(path)
    one.optimize.compact()
    two.optimize.compact()


def test_damage_by_others_is_found_by_the_next_rewrite_and_taken_back(filled: TableStore, tmp_path: Path):
    add(filled, "second")
    _race_of_strangers(tmp_path)
    assert counts(filled) == {"first": 2 * ROWS, "second": 2 * ROWS}
    add(filled, "later")

    with pytest.raises(CorruptTableError, match="taken back"):
        filled.vacuum(REF, keep_hours=1000)

    assert counts(filled) == {"first": ROWS, "second": ROWS, "later": ROWS}
    filled.vacuum(REF, keep_hours=1000)


def test_damage_behind_a_checkpoint_does_not_hide_damage_after_it(filled: TableStore, tmp_path: Path):
    add(filled, "second")
    DeltaTable(str(tmp_path / "lake" / REF.path)).create_checkpoint()
    for log in (tmp_path / "lake" / REF.path / "_delta_log").glob("*0[01].json"):
        log.unlink()
    _race_of_strangers(tmp_path)

    with pytest.raises(CorruptTableError):
        filled.vacuum(REF, keep_hours=1000)

    assert counts(filled) == {"first": ROWS, "second": ROWS}


def test_rows_that_a_strangers_stale_overwrite_left_behind_are_found(filled: TableStore, tmp_path: Path):
    add(filled, "second")
    path = str(tmp_path / "lake" / REF.path)
    stale = DeltaTable(path)
    filled.compact(REF)
    write_deltalake(stale, rows_of("whole"), mode="overwrite")
    assert len(counts(filled)) == 3  # all rows should be those of "whole"

    with pytest.raises(CorruptTableError):
        filled.vacuum(REF, keep_hours=1000)

    assert counts(filled) == {"first": ROWS, "second": ROWS}
