"""A store that has used a table before sees at once what others did to it."""

import shutil
from pathlib import Path

import pytest
from table_work import REF, ROWS, SCHEMA, STORES, add, counts, rows_of

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.ports import TableStore


@pytest.fixture
def other(kind: str, tmp_path: Path) -> TableStore:
    """The same tables, opened by somebody else."""
    return STORES[kind](tmp_path, owner="other")


def test_a_batch_of_another_store_is_seen_and_not_added_again(filled: TableStore, other: TableStore):
    assert not filled.has_batch(REF, "theirs")
    version = add(other, "theirs")

    assert filled.has_batch(REF, "theirs")
    assert filled.version(REF) == version
    assert add(filled, "theirs") == version
    assert counts(filled) == {"first": ROWS, "theirs": ROWS}


def test_two_stores_that_take_turns_add_each_batch_once(filled: TableStore, other: TableStore):
    for number in range(130):  # further than a kept handle is brought up to date, and over several checkpoints
        writer, repeater = (filled, other) if number % 3 else (other, filled)
        version = writer.commit(REF, [], batch=f"b{number}", schema=SCHEMA)
        assert repeater.commit(REF, [], batch=f"b{number}", schema=SCHEMA) == version

    assert filled.version(REF) == other.version(REF) == version
    assert all(store.has_batch(REF, f"b{number}") for store in (filled, other) for number in (0, 64, 129))


def test_columns_that_another_store_added_are_seen(filled: TableStore, other: TableStore):
    filled.schema(REF)
    wide = rows_of("wide").with_columns(note=rows_of("wide")["batch"])
    other.commit(REF, [other.stage(REF, wide, batch="wide", part=0)], batch="wide", schema=wide.schema)

    assert filled.schema(REF) == wide.schema


def test_a_table_that_was_deleted_is_gone(filled: TableStore, tmp_path: Path):
    filled.version(REF)
    shutil.rmtree(tmp_path / "lake")

    assert not filled.exists(REF)
    assert not filled.has_batch(REF, "first")
    with pytest.raises(NotFoundError):
        filled.version(REF)


def test_a_table_that_was_deleted_and_made_anew_knows_only_its_own_batches(
    filled: TableStore, other: TableStore, tmp_path: Path
):
    assert filled.has_batch(REF, "first")
    shutil.rmtree(tmp_path / "lake")
    add(other, "second")

    assert not filled.has_batch(REF, "first")
    assert filled.has_batch(REF, "second")
    add(filled, "first")
    assert counts(filled) == {"first": ROWS, "second": ROWS}


def test_a_restored_version_does_not_bring_a_batch_back_to_be_added(filled: TableStore, other: TableStore):
    add(filled, "second")
    other.restore(REF, 1)

    assert filled.has_batch(REF, "second")
    add(filled, "second")
    assert counts(filled) == {"first": ROWS}


def test_many_batches_come_in_one_commit_each_under_its_own_name(filled: TableStore):
    before = filled.version(REF)
    staged = {name: [filled.stage(REF, rows_of(name), batch=name, part=0)] for name in ("a", "b", "first")}

    version = filled.commit_all(REF, {**staged, "empty": []}, schema=SCHEMA)

    assert version == before + 1
    assert counts(filled) == {"first": ROWS, "a": ROWS, "b": ROWS}
    assert all(filled.has_batch(REF, name) for name in ("a", "b", "empty"))
    assert filled.commit_all(REF, staged, schema=SCHEMA) <= version
    assert filled.version(REF) == version
