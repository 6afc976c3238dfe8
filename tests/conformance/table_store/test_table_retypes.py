"""All rows back under other types: all at once, on the version that was read."""

from datetime import datetime

import polars as pl
import pytest
from table_work import REF

from hestia_assets.core.errors import TableError
from hestia_assets.core.ports import TableStore
from hestia_assets.core.results import StagedFile

TEXT = pl.Schema({"_batch": pl.String, "_row": pl.Int64, "at": pl.String})
TIME = pl.Schema({"_batch": pl.String, "_row": pl.Int64, "at": pl.Datetime("us")})


@pytest.fixture
def texts(store: TableStore) -> TableStore:
    for number, batch in enumerate("abc", start=1):
        frame = pl.DataFrame({"_batch": [batch], "_row": [number], "at": [f"2024-01-0{number} 08:00:00"]}, schema=TEXT)
        store.commit(REF, [store.stage(REF, frame, batch=batch, part=0)], batch=batch, schema=TEXT)
    return store


def converted(store: TableStore) -> list[StagedFile]:
    stretches = store.stretches(REF, version=store.version(REF))
    return [
        store.stage(REF, rows.with_columns(pl.col("at").str.to_datetime(time_unit="us")), batch="retype", part=number)
        for number, rows in enumerate(stretches)
    ]


def test_every_row_has_the_new_type_and_old_versions_the_old_one(texts: TableStore):
    before = texts.version(REF)
    after = texts.retype(REF, converted(texts), batch="retype", schema=TIME, version=before)

    assert (texts.version(REF), texts.schema(REF), texts.has_batch(REF, "retype")) == (after, TIME, True)
    assert texts.scan(REF).sort("_row").collect()["at"].to_list() == [
        datetime(2024, 1, day, 8) for day in (1, 2, 3)  # noqa: DTZ001 - it has no zone
    ]  # fmt: skip
    assert texts.scan(REF, version=before).collect().schema == TEXT


def test_a_table_that_grew_meanwhile_stays_as_it_is(texts: TableStore):
    before, files = texts.version(REF), converted(texts)
    frame = pl.DataFrame({"_batch": ["d"], "_row": [4], "at": ["x"]}, schema=TEXT)
    texts.commit(REF, [texts.stage(REF, frame, batch="d", part=0)], batch="d", schema=TEXT)
    with pytest.raises(TableError, match="meanwhile"):
        texts.retype(REF, files, batch="retype", schema=TIME, version=before)

    assert (texts.schema(REF), texts.scan(REF).collect().height) == (TEXT, 4)


def test_a_table_without_rows_changes_its_types_too(store: TableStore):
    store.commit(REF, [], batch="a", schema=TEXT)
    store.retype(REF, [], batch="retype", schema=TIME, version=store.version(REF))

    assert store.schema(REF) == TIME
    assert list(store.stretches(REF, version=store.version(REF))) == []


def test_batches_of_before_are_known_afterwards(texts: TableStore):
    texts.retype(REF, converted(texts), batch="retype", schema=TIME, version=texts.version(REF))
    texts.commit(REF, [], batch="a", schema=TIME)

    assert texts.has_batch(REF, "a")
    assert texts.scan(REF).collect().height == 3
