"""Figures of columns are what plain Python counts, whatever the size of a stretch."""

import math
import re
import statistics
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hestia_assets.domains.profiling.figures import table_facts

texts = st.lists(st.none() | st.text(alphabet="aZ é7-٣ ", max_size=4) | st.just("ORD-17"), max_size=30)
numbers = st.lists(st.none() | st.integers(-50, 50), max_size=30)
floats = st.lists(st.none() | st.floats(allow_subnormal=False, width=32), max_size=30)
dates = st.lists(st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(values=texts, stretch=st.sampled_from([1, 7, 1_000_000]))
def test_of_texts(values, stretch):
    (facts,) = table_facts(pl.LazyFrame({"c": values}, schema={"c": pl.String}), stretch=stretch).columns

    there = [value for value in values if value is not None]
    shapes = Counter(re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "A", value)) for value in there)
    assert (facts.rows, facts.nulls) == (len(values), len(values) - len(there))
    assert facts.blanks == sum(not value.strip() for value in there)
    assert facts.distinct == len(set(there))
    assert facts.top == ranked(Counter(there))
    assert facts.patterns == ranked(shapes)
    assert facts.grouped == (len(shapes) > 8)
    known = Counter({_runs(text): 0 for text in shapes}) if facts.grouped else shapes
    for text, rows in shapes.items() if facts.grouped else ():
        known[_runs(text)] += rows
    assert tuple((one.text, one.rows) for one in facts.shapes) == ranked(known)[:8]
    assert facts.other_shapes == len(there) - sum(one.rows for one in facts.shapes)
    for one in facts.shapes:
        mine = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "A", one.example))
        assert one.example in there and (_runs(mine) if facts.grouped else mine) == one.text
    assert facts.lengths == ((min(map(len, there)), max(map(len, there))) if there else None)
    assert (facts.minimum, facts.maximum) == (min(there, default=None), max(there, default=None))


def _runs(shape: str) -> str:
    return re.sub(r"A+", "A", re.sub(r"9+", "9", re.sub(r" +", " ", shape)))


def test_shapes_of_texts_that_all_differ_are_told_by_their_runs_with_examples_and_what_is_left():
    names = [f"{'A' * (1 + n % 9)}da Love{'l' * (n % 7)}ace" for n in range(90)] + [
        f"{n}{'x' * (n % 5)}" for n in range(9)
    ]
    others = ["-", "--", "a-", "-a", "a-a", "9-", "-9", "9-9"]
    (facts,) = table_facts(pl.LazyFrame({"c": [*names, *others]})).columns

    assert facts.grouped
    assert [(one.text, one.rows) for one in facts.shapes][:3] == [("A A", 90), ("9A", 7), ("9", 2)]
    assert facts.shapes[0].example in names
    assert len(facts.shapes) == 8
    assert facts.other_shapes == 3


@settings(max_examples=40, deadline=None)
@given(values=numbers)
def test_of_whole_numbers(values):
    (facts,) = table_facts(pl.LazyFrame({"c": values}, schema={"c": pl.Int64})).columns

    there = sorted(value for value in values if value is not None)
    assert (facts.type, facts.rows, facts.nulls) == ("integer", len(values), len(values) - len(there))
    assert (facts.distinct, facts.top) == (len(set(there)), ranked(Counter(map(str, there))))
    if there:
        assert (facts.minimum, facts.maximum) == (str(there[0]), str(there[-1]))
        assert facts.quantiles["50%"] == str(there[int(0.5 * (len(there) - 1))])
        assert facts.quantiles["95%"] == str(there[int(0.95 * (len(there) - 1))])
        assert facts.mean == pytest.approx(statistics.mean(there))
        assert sum(bar.rows for bar in facts.histogram) == len(there)
        assert all(bar.rows == _inside(there, bar, last=bar is facts.histogram[-1]) for bar in facts.histogram)
    if len(there) > 1:
        assert facts.deviation == pytest.approx(statistics.stdev(there))


@settings(max_examples=40, deadline=None)
@given(values=floats)
def test_of_numbers_that_may_be_none(values):
    (facts,) = table_facts(pl.LazyFrame({"c": values}, schema={"c": pl.Float64})).columns

    there = [value for value in values if value is not None]
    finite = [value for value in there if math.isfinite(value)]
    assert facts.nulls == len(values) - len(there)
    assert sum(bar.rows for bar in facts.histogram) == len(finite)
    assert facts.mean == (pytest.approx(statistics.fmean(finite), rel=1e-6, abs=1e-30) if finite else None)


@settings(max_examples=30, deadline=None)
@given(values=dates)
def test_of_dates(values):
    (facts,) = table_facts(pl.LazyFrame({"c": values}, schema={"c": pl.Date})).columns

    there = sorted(value for value in values if value is not None)
    assert facts.distinct == len(set(there))
    assert sum(bar.rows for bar in facts.histogram) == len(there)
    if there:
        assert (facts.minimum, facts.maximum) == (there[0].isoformat(), there[-1].isoformat())
        assert facts.quantiles["25%"] == there[int(0.25 * (len(there) - 1))].isoformat()


def test_of_the_other_types_and_without_hestias_own_columns():
    rows = pl.LazyFrame(
        {
            "price": [Decimal("1.10"), Decimal("2.20"), None],
            "at": [datetime(2026, 1, 1, tzinfo=UTC), None, datetime(2026, 1, 3, tzinfo=UTC)],
            "paid": [True, True, None],
            "tags": [["a"], ["a"], None],
            "_batch": ["b", "b", "b"],
        },
        schema_overrides={"price": pl.Decimal(18, 2)},
    )

    facts = table_facts(rows)

    assert [(one.name, one.type, one.nulls, one.distinct) for one in facts.columns] == [
        ("price", "decimal", 1, 2),
        ("at", "timestamp", 1, 2),
        ("paid", "boolean", 1, 1),
        ("tags", "List(String)", 1, 1),
    ]
    assert (facts.rows, facts.columns[0].maximum, facts.columns[2].top) == (3, "2.20", (("true", 2),))


def test_a_table_without_rows_or_columns_has_no_figures():
    assert table_facts(pl.LazyFrame()).columns == ()
    assert table_facts(pl.LazyFrame(schema={"c": pl.Int64})).columns[0].histogram == ()


def ranked(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:10])


def _inside(values: list[int], bar, *, last: bool) -> int:
    return sum(bar.low <= value < bar.high or (last and value == bar.high) for value in values)
