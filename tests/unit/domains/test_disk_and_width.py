"""Limits of the machine and of patience."""

import errno
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


def test_a_disk_that_takes_no_file_of_this_size_is_told_in_words():
    with pytest.raises(HomeError, match=r"disk of /data takes no file of this size"), on_disk("/data"):
        raise OSError(errno.EFBIG, "File too large")


def test_other_troubles_of_a_disk_stay_what_they_are():
    with pytest.raises(FileNotFoundError), on_disk("/data"):
        Path("/no/such/file").read_bytes()


def test_of_thousands_of_columns_the_plain_numbers_are_recognised_at_once():
    texts = {
        "plz": ["10115", "80331"],
        "code": ["1", "2"],
        "zero": ["01", "2"],
        "day": ["2024-01-01", ""],
        "no": ["", None],
    }
    special = texts | {"price": ["1.50", ""], "mass": ["1.234", "5.678"]}
    values = {f"c{number}": ["1", "-20"] for number in range(MOST_GUESSED)} | special
    found = guess_types(pl.DataFrame(values), tuple(Column(source=name, name=name) for name in values))
    types = {column.name: column.type for column in found.columns}

    assert {types[f"c{number}"] for number in range(MOST_GUESSED)} == {ColumnType.INTEGER}
    assert [types[name] for name in ("price", "mass")] == [ColumnType.DECIMAL] * 2
    assert {types[name] for name in texts} == {ColumnType.TEXT}
    assert "only plain numbers are recognised: 2,002 columns are numbers" in found.reasons[0].because


def test_of_thousands_of_columns_those_that_may_be_thousands_stay_text():
    values = {f"c{number}": ["1.234", "5.678"] for number in range(MOST_GUESSED + 1)}
    found = guess_types(pl.DataFrame(values), tuple(Column(source=name, name=name) for name in values))

    assert {column.type for column in found.columns} == {ColumnType.TEXT}
