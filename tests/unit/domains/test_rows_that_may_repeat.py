"""Hashes only say which rows have to be compared: the verdict on repeated keys is that of comparing all of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from judging import rule_validator

from hestia_assets.core.specs import CheckSpec
from hestia_assets.domains.validation import _repeats

VALIDATOR = rule_validator()
COUNT = 120
DISTINCT: dict[str, list[Any]] = {
    "text": [f"key {number}" for number in range(COUNT)],
    "whole": list(range(COUNT)),
    "money": [Decimal(number).scaleb(-2) for number in range(COUNT)],
    "day": [date.fromordinal(730_000 + number) for number in range(COUNT)],
    "fraction": [number / 7 for number in range(COUNT)],
}


def frame(columns: dict[str, list[Any]]) -> pl.DataFrame:
    rows = range(1, COUNT + 1)
    return pl.DataFrame(columns | {"_row": list(rows), "_line": [row + 1 for row in rows]})


def with_repeats(values: list[Any]) -> list[Any]:
    """Row 11 repeats row 3, row 90 again; rows 20 and 21 have no value."""
    return [
        None if row in (20, 21) else values[2] if row in (11, 90) else values[row - 1] for row in range(1, COUNT + 1)
    ]


def failing(rows: pl.DataFrame, existing: pl.DataFrame | None, *columns: str) -> list[int]:
    beside = None if existing is None else existing.lazy()
    (failure,) = VALIDATOR.judge_set(rows.lazy(), beside, [CheckSpec(rule="unique", columns=columns)])
    assert failure.result.checked_rows == COUNT
    return failure.rows.to_list()


def test_few_rows_that_repeat_are_found_whatever_the_type_of_the_key():
    for name, values in DISTINCT.items():
        rows = frame({name: with_repeats(values)})
        table = frame({name: values}).filter(pl.col("_row") == 100)

        assert failing(frame({name: values}), None, name) == [], name
        assert failing(rows, None, name) == [11, 90], name
        assert failing(rows, table, name) == [11, 90, 100], name
    rows = frame({"text": with_repeats(DISTINCT["text"]), "whole": with_repeats(DISTINCT["whole"])})
    assert failing(rows, None, "text", "whole") == [11, 90]
    twice = frame({"text": DISTINCT["text"], "whole": DISTINCT["whole"]}).filter(pl.col("_row") == 100)
    assert failing(rows, twice, "text", "whole") == [11, 90, 100]


def test_many_rows_that_repeat_are_found_as_well():
    rows = frame({"text": [f"key {number // 2}" for number in range(COUNT)]})

    assert failing(rows, None, "text") == list(range(2, COUNT + 1, 2))


def test_only_suspect_rows_are_left_and_none_is_left_out_where_hashes_cannot_tell():
    keys = frame({"text": with_repeats(DISTINCT["text"]), "fraction": DISTINCT["fraction"]}).lazy()
    other = pl.LazyFrame({"text": [1, 2]})

    found = _repeats.suspects(keys, None, ["text"], total=COUNT)
    assert found is not None
    assert (found.none, found.rows.collect()["_row"].to_list()) == (False, [3, 11, 90])
    assert _repeats.suspects(keys, None, ["fraction"], total=COUNT) is None
    assert _repeats.suspects(keys, None, ["text"], total=_repeats.MOST_ROWS + 1) is None
    assert _repeats.suspects(keys, keys, ["text"], total=_repeats.MOST_ROWS // 2 + 1) is None
    assert _repeats.suspects(keys, other, ["text"], total=COUNT) is None
