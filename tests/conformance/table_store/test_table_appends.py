"""Appends: staged rows become part of a table all at once, once per batch."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from table_work import REF, ROWS, SCHEMA, add, counts, rows_of

from hestia_assets.core.errors import NotFoundError, SchemaConflictError, TableError
from hestia_assets.core.layers import TableRef
from hestia_assets.core.ports import TableStore

NOON = datetime.fromisoformat("2024-07-01T12:00")  # a time without a zone


def _put(store: TableStore, frame: pl.DataFrame, batch: str) -> int:
    staged = store.stage(REF, frame, batch=batch, part=0)
    return store.commit(REF, [staged], batch=batch, schema=frame.schema)


def test_staged_rows_are_seen_by_nobody_before_the_commit(filled: TableStore):
    staged = filled.stage(REF, rows_of("second"), batch="second", part=0)

    assert counts(filled) == {"first": ROWS}
    assert filled.read_staged(REF, [staged]).collect().height == ROWS


def test_all_parts_of_a_batch_come_at_once(store: TableStore):
    parts = [store.stage(REF, rows_of("b"), batch="b", part=number) for number in range(3)]

    version = store.commit(REF, parts, batch="b", schema=SCHEMA)

    assert counts(store) == {"b": 3 * ROWS}
    assert store.version(REF) == version


def test_a_repeated_append_of_a_batch_adds_nothing(filled: TableStore):
    version = add(filled, "second")

    assert add(filled, "second") == version
    assert counts(filled) == {"first": ROWS, "second": ROWS}


def test_a_repeated_append_with_other_rows_adds_nothing_either(filled: TableStore):
    add(filled, "first", rows=ROWS + 5)

    assert counts(filled) == {"first": ROWS}


def test_staging_a_part_again_gives_the_same_file(store: TableStore):
    first = store.stage(REF, rows_of("b"), batch="b", part=0)
    again = store.stage(REF, rows_of("b"), batch="b", part=0)

    assert again == first


def test_staging_other_rows_for_a_committed_part_leaves_the_committed_ones_alone(filled: TableStore):
    filled.stage(REF, rows_of("changed"), batch="first", part=0)

    assert counts(filled) == {"first": ROWS}


def test_a_batch_without_rows_creates_the_table_and_is_remembered(store: TableStore):
    store.commit(REF, [], batch="empty", schema=SCHEMA)

    assert store.has_batch(REF, "empty")
    assert not store.has_batch(REF, "other")
    assert store.schema(REF) == SCHEMA
    assert store.scan(REF).collect().height == 0


def test_a_batch_id_may_hold_any_character(store: TableStore):
    add(store, "2024/01 ü:%20#1")

    assert counts(store) == {"2024/01 ü:%20#1": ROWS}


def test_a_commit_without_its_staged_file_is_refused(filled: TableStore, tmp_path: Path):
    staged = filled.stage(REF, rows_of("gone"), batch="gone", part=0)
    next(tmp_path.rglob(staged.path)).unlink()

    with pytest.raises(TableError, match="no longer"):
        filled.commit(REF, [staged], batch="gone", schema=SCHEMA)

    assert not filled.has_batch(REF, "gone")


def test_new_columns_are_added_and_null_in_old_rows(filled: TableStore):
    wide = rows_of("wide").with_columns(
        note=pl.lit("x"), at=pl.lit(NOON), price=pl.lit(Decimal("1.25"), dtype=pl.Decimal(18, 2))
    )

    _put(filled, wide, "wide")

    assert filled.schema(REF) == wide.schema
    notes = dict(filled.scan(REF).group_by("batch").agg(pl.col("note").null_count()).collect().rows())
    assert notes == {"first": ROWS, "wide": 0}


def test_missing_columns_are_null_in_new_rows(filled: TableStore):
    _put(filled, pl.DataFrame({"batch": ["narrow"]}), "narrow")

    row = filled.scan(REF).filter(pl.col("batch") == "narrow").collect()
    assert row.rows() == [(None, "narrow")]


def test_a_commit_may_declare_columns_that_no_file_has(filled: TableStore):
    staged = filled.stage(REF, rows_of("second"), batch="second", part=0)

    filled.commit(REF, [staged], batch="second", schema=pl.Schema({**SCHEMA, "later": pl.Date}))

    assert filled.scan(REF).collect()["later"].null_count() == 2 * ROWS


def test_a_column_that_changes_its_type_is_refused_and_nothing_is_committed(filled: TableStore):
    version = filled.version(REF)
    frame = pl.DataFrame({"id": ["x"], "batch": ["b"], "fresh": [1]})

    with pytest.raises(SchemaConflictError, match="'id'"):
        _put(filled, frame, "bad")

    assert filled.version(REF) == version
    assert not filled.has_batch(REF, "bad")


def test_a_file_of_other_types_than_declared_is_refused(filled: TableStore):
    staged = filled.stage(REF, pl.DataFrame({"id": ["x"], "batch": ["b"]}), batch="bad", part=0)

    with pytest.raises(SchemaConflictError, match="'id'"):
        filled.commit(REF, [staged], batch="bad", schema=SCHEMA)

    assert counts(filled) == {"first": ROWS}


def test_every_type_comes_back_as_it_was(store: TableStore):
    frame = pl.DataFrame(
        {
            "text": ["007", None, "", "Zoë 🏠"],
            "integer": [1, None, -(2**63), 2**63 - 1],
            "small": pl.Series([1, 2, 3, None], dtype=pl.Int16),
            "float": [1.5, None, float("inf"), -0.0],
            "yes": [True, False, None, True],
            "day": [date(1, 1, 1), date(2024, 2, 29), None, date(9999, 12, 31)],
            "decimal": pl.Series([Decimal("1.10"), None, Decimal("-99.99"), Decimal("0")], dtype=pl.Decimal(38, 2)),
            "local": pl.Series([NOON, None, datetime.fromisoformat("0001-01-01"), NOON]),
            "instant": pl.Series([datetime(2024, 1, 1, tzinfo=UTC)] * 3 + [None]),
            "list": [["a"], [], None, ["b", None]],
            "bytes": [b"\x00", None, b"", b"x"],
        }
    )

    _put(store, frame, "types")

    assert_frame_equal(store.scan(REF).collect(), frame)


def test_types_without_a_counterpart_become_the_smallest_that_holds_them(store: TableStore):
    frame = pl.DataFrame(
        {
            "u8": pl.Series([255], dtype=pl.UInt8),
            "u64": pl.Series([2**64 - 1], dtype=pl.UInt64),
            "category": pl.Series(["a"], dtype=pl.Categorical),
            "nothing": pl.Series([None], dtype=pl.Null),
            "berlin": pl.Series([datetime(2024, 7, 1, tzinfo=UTC)]).dt.convert_time_zone("Europe/Berlin"),
            "ns": pl.Series([NOON], dtype=pl.Datetime("ns")),
        }
    )

    _put(store, frame, "types")

    row = store.scan(REF).collect().row(0)
    assert row == (255, Decimal(2**64 - 1), "a", None, datetime(2024, 7, 1, tzinfo=UTC), NOON)


def test_a_duration_is_refused_with_the_column_named(store: TableStore):
    frame = pl.DataFrame({"took": [timedelta(days=1)]})

    with pytest.raises(TableError, match="'took'"):
        store.stage(REF, frame, batch="b", part=0)


def test_two_columns_that_differ_only_in_case_are_refused(store: TableStore):
    with pytest.raises(TableError, match="'Id'"):
        store.stage(REF, pl.DataFrame({"id": [1], "Id": [2]}), batch="b", part=0)


def test_tables_lists_what_exists_per_tenant(filled: TableStore):
    assert filled.tables("default") == [REF]
    assert filled.tables("other") == []
    assert not filled.exists(TableRef.parse("imported.orders"))


def test_a_missing_table_is_named_with_what_there_is(filled: TableStore):
    with pytest.raises(NotFoundError, match=r"Did you mean 'default\.validated\.orders'"):
        filled.scan(TableRef.parse("validated.order"))


def test_a_hundred_appends_leave_a_checkpoint_and_the_batches_known(store: TableStore, tmp_path: Path):
    for number in range(105):
        store.commit(REF, [], batch=f"b{number}", schema=SCHEMA)

    assert list(tmp_path.rglob("*.checkpoint*.parquet"))
    assert all(store.has_batch(REF, f"b{number}") for number in (0, 50, 104))


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from table_work import STORES, REF, SCHEMA, add, rows_of
from hestia_assets.core.errors import TableError
store = STORES[sys.argv[1]](Path(sys.argv[2]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    add(store, "large", rows=2_000_000)
except TableError as error:
    print(error.message, "|", error.hint)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_a_disk_that_takes_no_more_is_a_table_error_and_the_table_stays(filled: TableStore, kind: str, tmp_path: Path):
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}

    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, kind, str(tmp_path)], capture_output=True, text=True, env=here, check=True
    )

    assert "could not be used" in done.stdout or "disk is full" in done.stdout
    assert counts(filled) == {"first": ROWS}
    assert not list(tmp_path.rglob("*.tmp"))
