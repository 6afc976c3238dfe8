"""Rows that contradict the others of their key, against a plain count."""

from collections import Counter, defaultdict

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import rule_validator

from hestia_assets.core.specs import CheckSpec

pairs = st.lists(st.tuples(st.none() | st.sampled_from("ab"), st.none() | st.sampled_from("xyz")), max_size=12)
SCHEMA = {"key": pl.String, "said": pl.String}


def naive(rows, existing, *, filled: bool) -> list[int]:
    votes = defaultdict(Counter)
    for key, said in [*rows, *existing]:
        if key is not None and said is not None:
            votes[key][said] += 1
    failing = []
    for number, (key, said) in enumerate(rows, start=1):
        best = max(votes[key].values(), default=0) if key is not None else 0
        if best and (filled if said is None else votes[key][said] < best):
            failing.append(number)
    return failing


@settings(max_examples=40, deadline=None)
@given(rows=pairs, existing=pairs, filled=st.booleans())
def test_the_most_frequent_value_of_a_key_is_right(rows, existing, filled):
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("_row", offset=1)
    frame = frame.with_columns(pl.col("_row").cast(pl.Int64), _line=pl.col("_row").cast(pl.Int64))
    table = pl.DataFrame(existing, schema=SCHEMA, orient="row").lazy()
    check = CheckSpec(rule="consistent_within", columns=("said",), params={"key": ["key"], "filled": filled})

    (found,) = rule_validator().judge_set(frame.lazy(), table, [check])

    assert found.rows.to_list() == naive(rows, existing, filled=filled)
