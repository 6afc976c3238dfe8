"""Limits of the machine and of patience."""

from pathlib import Path

import polars as pl
import pytest

from hestia_assets.core.disk import on_disk
from hestia_assets.core.errors import HomeError
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.validation.guess import MOST_GUESSED, guess_types

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_told_in_words():
    with pytest.raises(HomeError, match=r"disk of /data is full") as raised, on_disk("/data"):
        FULL.write_bytes(b"x")

    assert "Make room" in raised.value.hint


def test_other_troubles_of_a_disk_stay_what_they_are():
    with pytest.raises(FileNotFoundError), on_disk("/data"):
        Path("/no/such/file").read_bytes()


def test_a_file_of_thousands_of_columns_is_text_at_once():
    names = [f"c{number}" for number in range(MOST_GUESSED + 1)]
    frame = pl.DataFrame([pl.Series(name, ["1", "2"]) for name in names])
    found = guess_types(frame, tuple(Column(source=name, name=name) for name in names))

    assert {column.type for column in found.columns} == {ColumnType.TEXT}
    assert "not guessed" in found.reasons[0].because
