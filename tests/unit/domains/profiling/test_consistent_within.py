"""Rows that contradict the others of their key, against a plain count."""

from collections import Counter, defaultdict
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import rule_validator

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import CheckSpec

pairs = st.lists(st.tuples(st.none() | st.sampled_from("ab"), st.none() | st.sampled_from("xyz")), max_size=12)
SCHEMA = {"key": pl.String, "said": pl.String}


def naive(rows, existing, *, filled: bool, share: float) -> list[int]:
    votes = defaultdict(Counter)
    for key, said in [*rows, *existing]:
        if key is not None and said is not None:
            votes[key][said] += 1
    failing = []
    for number, (key, said) in enumerate(rows, start=1):
        counts = votes[key] if key is not None else Counter()
        best = max(counts.values(), default=0)
        unclear = best <= share * counts.total()
        if best and (filled if said is None else counts[said] < best or unclear):
            failing.append(number)
    return failing


@settings(max_examples=25, deadline=None)
@given(rows=pairs, existing=pairs, filled=st.booleans(), share=st.sampled_from([0, 0.5, 0.9]))
def test_the_most_frequent_value_of_a_key_is_right(rows, existing, filled, share):
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("_row", offset=1)
    frame = frame.with_columns(pl.col("_row").cast(pl.Int64), _line=pl.col("_row").cast(pl.Int64))
    table = pl.DataFrame(existing, schema=SCHEMA, orient="row").lazy()
    check = CheckSpec(
        rule="consistent_within", columns=("said",), params={"key": ["key"], "filled": filled, "share": share}
    )

    (found,) = rule_validator().judge_set(frame.lazy(), table, [check])

    assert found.rows.to_list() == naive(rows, existing, filled=filled, share=share)


TABLES = {
    "unicode, blanks and empty texts are values like others": (
        [("ä", "Bonn"), ("ä", "Bonn"), ("ä", ""), ("ä", " "), ("a", "Köln"), ("\U0001d518", "x")], [3, 4]
    ),
    "extremes of numbers": ([(2**63 - 1, 0), (2**63 - 1, 0), (2**63 - 1, -(2**63)), (-(2**63), 7)], [3]),
    "two against two says nothing": ([("a", 1), ("a", 1), ("a", 2), ("a", 2), ("a", 3)], [5]),
    "one row alone is right": ([("a", 1), ("b", 2)], []),
    "dates": ([("a", date(2024, 2, 29))] * 2 + [("a", date(2024, 3, 1))], [3]),
    "no row": ([], []),
}  # fmt: skip


@pytest.mark.parametrize("case", list(TABLES))
def test_of_values_that_pass_and_fail(case):
    rows, expected = TABLES[case]

    assert failing(pl.DataFrame(rows, schema=["k", "v"], orient="row"), ["k"]) == expected


def test_several_columns_can_be_the_key():
    rows = pl.DataFrame(
        [("a", 1, "x"), ("a", 1, "x"), ("a", 1, "y"), ("a", 2, "z")], schema=["k", "l", "v"], orient="row"
    )

    assert failing(rows, ["k", "l"]) == [3]


@pytest.mark.parametrize("key", [[], ["v"], ["k", "v"]], ids=["none", "itself", "with itself"])
def test_a_key_that_is_none_is_an_error(key):
    with pytest.raises(SpecError, match="has no key"):
        failing(pl.DataFrame({"k": ["a"], "v": ["b"]}), key)


def test_a_share_that_is_none_is_an_error():
    with pytest.raises(SpecError, match="share of check"):
        failing(pl.DataFrame({"k": ["a"], "v": ["b"]}), ["k"], share=1.5)


def failing(rows: pl.DataFrame, key: list[str], **params: float) -> list[int]:
    """Rows, from 1, whose column v is not what most say."""
    frame = rows.with_columns(_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    check = CheckSpec(rule="consistent_within", columns=("v",), params={"key": key, **params})
    (found,) = rule_validator().judge_set(frame.with_columns(_line="_row").lazy(), None, [check])
    return found.rows.to_list()
