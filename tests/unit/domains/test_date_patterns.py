"""Patterns of dates: one that cannot be meant is refused in words; no second and no time of day is lost."""

from datetime import date, datetime

import polars as pl
import pytest

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Column
from hestia_assets.domains.validation.types import cast_all, misfits


def column(kind: str, pattern: str | None = None) -> Column:
    return Column.model_validate({"source": "c", "name": "c", "type": kind, "format": pattern})


@pytest.mark.parametrize("kind", ["date", "timestamp"])
@pytest.mark.parametrize("pattern", ["DD.MM.YYYY", "%d.%m", "%q", "%", "%d.%m.%Y %I:%M"])
def test_a_pattern_that_nobody_can_read_is_refused_in_words(kind: str, pattern: str):
    with pytest.raises(SpecError, match=r"%d\.%m\.%Y"):
        cast_all(pl.DataFrame({"c": ["31.12.2024"]}), (column(kind, pattern),))


def test_a_time_of_day_is_no_timestamp_of_the_year_one():
    with pytest.raises(SpecError):
        cast_all(pl.DataFrame({"c": ["10:30"]}), (column("timestamp", "%H:%M"),))


def test_a_date_does_not_cut_the_time_off():
    with pytest.raises(SpecError, match="timestamp"):
        cast_all(pl.DataFrame({"c": ["2024-12-31 10:30"]}), (column("date", "%Y-%m-%d %H:%M"),))


def test_a_time_that_is_always_the_same_may_stand_in_the_pattern_of_a_date():
    frame, how = (
        pl.DataFrame({"c": ["2024-12-31 00:00:00", "2024-12-31 10:30:00"]}),
        column("date", "%Y-%m-%d 00:00:00"),
    )

    rows = cast_all(frame, (how,))

    assert rows["c"].to_list() == [date(2024, 12, 31), None]
    assert misfits(frame, rows, how).to_list() == [1]


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (None, ["2016-12-31 23:59:60", "2060-12-31 23:59:59"]),
        (None, ["2016-12-31 23:59: 60", "2060-12-31 23:59:59"]),
        ("%Y-%m-%d %H:%M %S", ["2016-12-31 23:59\t60", "2060-12-31 23:59 59"]),
        ("%d.%m.%Y %H.%M.%S", ["31.12.2016 23.59.60", "31.12.2060 23.59.59"]),
        ("%Y%m%d%H%M%S", ["20161231235960", "20601231235959"]),
        ("%H:%M:%S %d.%m.%Y", ["23:59:60 31.12.2016", "23:59:59 31.12.2060"]),
    ],
)
def test_the_sixtieth_second_is_set_aside_and_not_made_the_next_minute(pattern: str | None, texts: list[str]):
    frame, how = pl.DataFrame({"c": texts}), column("timestamp", pattern)

    rows = cast_all(frame, (how,))

    assert rows["c"].to_list() == [None, datetime(2060, 12, 31, 23, 59, 59)]  # noqa: DTZ001 - no zone in the file
    assert misfits(frame, rows, how).to_list() == [0]
