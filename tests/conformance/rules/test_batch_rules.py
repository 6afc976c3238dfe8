"""Rules about a batch as a whole: what each finds wrong, and with which figures; equal to naive Python."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import ARRIVED, rule_validator

from hestia_assets.core.errors import SpecError
from hestia_assets.core.results import Batch, BatchState, DriftFinding, DriftKind, LineAccount
from hestia_assets.core.rules import ArrivedBatch, BatchRule
from hestia_assets.core.specs import CheckSpec, Severity
from hestia_assets.rules import RULES

SCHEMA = pl.Schema({"store": pl.String(), "n": pl.Int64(), "net": pl.Decimal(38, 2), "x": pl.Float64(),
                    "paid": pl.Boolean(), "day": pl.Date(), "at": pl.Datetime("us")})  # fmt: skip
OTHER = pl.DataFrame({"store": ["a", "b", None, "a"], "n": [1, 2, 3, None], "word": ["1", "2", "3", "4"]})


def frame(**columns: Sequence[Any]) -> pl.LazyFrame:
    height = max((len(values) for values in columns.values()), default=0)
    return pl.LazyFrame({name: columns.get(name, [None] * height) for name in SCHEMA}, schema=SCHEMA)


def earlier(*counts: int) -> tuple[Batch, ...]:
    return tuple(
        Batch(id=f"b{n}", tenant="default", dataset="orders", file_name="f", sha256="", size_bytes=0,
              state=BatchState.COMMITTED, spec_version=1, author="ada", created_at=ARRIVED.at, updated_at=ARRIVED.at,
              rows_loaded=count)
        for n, count in enumerate(counts)
    )  # fmt: skip


def finding(rule: str, columns: str, rows: pl.LazyFrame | None = None, *, params: dict[str, Any], **more: Any):
    rows = frame() if rows is None else rows
    count = more.pop("count", None)
    count = rows.select(pl.len()).collect().item() if count is None else count
    batch = ArrivedBatch(ARRIVED, rows, count, LineAccount(), **more)
    check = CheckSpec(rule=rule, columns=tuple(columns.split()), params=params, severity=Severity.HOLD)
    (result,) = rule_validator(other=OTHER).judge_batch(batch, [check])
    assert result.holds == (result.problem is not None)
    return result


TEN_STORES = frame(store=["a", "a", "", None, "Ähre"])
TIMES = [datetime(2026, 11, 20, 9), None, datetime(1, 1, 1)]  # noqa: DTZ001 - local times
DAYS = frame(day=[None, date(2026, 11, 18), date(1, 1, 1)], at=TIMES)
LONG = [str(number) for number in range(12)]

CASES: list[tuple[str, str, pl.LazyFrame | None, dict[str, Any], dict[str, Any], str | None]] = [
    ("row_count", "", None, {"min": 1}, {"count": 0}, "The batch has 0 rows, expected are at least 1."),
    ("row_count", "", None, {"min": 0, "max": 5}, {"count": 5}, None),
    ("row_count", "", None, {"max": 5}, {"count": 5_000_000_000}, "5,000,000,000 rows, expected are at most 5."),
    ("row_count", "", None, {"least": 0.5}, {"count": 1, "earlier": earlier(10, 10)}, None),
    ("row_count", "", None, {"least": 0.5}, {"count": 4, "earlier": earlier(1, 10, 99)},
     "at least 5; the last 3 had 10"),
    ("row_count", "", None, {"most": 2, "history": 1}, {"count": 3, "earlier": earlier(1)},
     "at most 2; the last 1 had 1"),
    ("row_count", "", None, {"most": 2, "history": 0}, {"count": 3}, None),
    ("completeness", "store", TEN_STORES, {"values": ["a", "", "Ähre"]}, {}, None),
    ("completeness", "store", TEN_STORES, {"values": ["b", "a", "Ä"]}, {},
     "2 of 3 expected values of store are missing: b, Ä."),
    ("completeness", "store", frame(), {"values": LONG}, {},
     "12 of 12 expected values of store are missing: 0, 1, 10, 11, 2, 3, 4, 5, 6, 7 and 2 more."),
    ("completeness", "n", frame(n=[1, None]), {"values": [1, "2"]}, {}, "1 of 2 expected values of n are missing: 2."),
    ("completeness", "day", DAYS, {"values": ["2026-11-18"]}, {}, None),
    ("completeness", "store", TEN_STORES, {"dataset": "other"}, {}, "1 of 2 expected values of store are missing: b."),
    ("completeness", "net", frame(net=[Decimal("1.00"), Decimal("2.00")]), {"dataset": "other",
     "other_column": "n"}, {}, "missing: 3."),
    ("completeness", "net", frame(net=[Decimal("1.50"), Decimal("2.00")]), {"dataset": "other", "other_column": "n"},
     {}, "2 of 3 expected values of net are missing: 1, 3."),
    ("freshness", "day", DAYS, {"hours": 33.5}, {}, None),
    ("freshness", "day", DAYS, {"hours": 33}, {},
     "The newest day is 2026-11-18, 33.5 hours before the batch arrived; 33 are allowed."),
    ("freshness", "at", DAYS, {"hours": 0.5}, {}, None),
    ("freshness", "at", DAYS, {"hours": 0.4}, {}, "0.5 hours before"),
    ("freshness", "day", frame(day=[date(9999, 12, 31)]), {"hours": 0}, {}, None),
    ("freshness", "at", frame(at=[None]), {"hours": 1000}, {}, "No row has a value in at"),
    ("freshness", "at", frame(), {"hours": 1}, {}, "No row has a value in at"),
    ("schema_unchanged", "", None, {}, {"drift": (DriftFinding(DriftKind.NULLS, "n", "More is missing."),)}, None),
    ("schema_unchanged", "", None, {}, {"drift": (DriftFinding(DriftKind.RETYPED, "n", "n is text now."),)},
     "n is text now."),
    ("agrees_with", "", TEN_STORES, {"dataset": "other", "of": "batch"}, {},
     "The number of rows is 5 in the batch and 4 in other, 1 apart."),
    ("agrees_with", "", TEN_STORES, {"dataset": "other", "tolerance": 1}, {}, None),
    ("agrees_with", "", TEN_STORES, {"dataset": "other", "share": 0.25}, {"existing": TEN_STORES},
     "10 in the table and 4 in other"),
    ("agrees_with", "store", TEN_STORES, {"dataset": "other", "measure": "distinct", "of": "batch"}, {},
     "different store is 3"),
    ("agrees_with", "n", frame(n=[6, None]), {"dataset": "other", "measure": "sum"}, {}, None),
    ("agrees_with", "net", frame(net=[Decimal("6.01")]), {"dataset": "other", "measure": "sum",
     "other_column": "n"}, {}, "6.01 in the table and 6 in other, 0.01 apart"),
    ("agrees_with", "net", frame(net=[Decimal("6.01")]), {"dataset": "other", "measure": "sum",
     "other_column": "n", "tolerance": 0.01}, {}, None),
    ("agrees_with", "x", frame(), {"dataset": "other", "measure": "sum", "other_column": "n"},
     {"existing": frame(x=[6.0]).drop("x")}, "0 in the table and 6"),
    ("distribution_drift", "n", frame(n=range(200)), {}, {}, None),
    ("distribution_drift", "n", frame(n=range(200)), {}, {"before": frame(n=range(99))}, None),
    ("distribution_drift", "n", frame(n=range(200)), {}, {"before": frame(n=range(200))}, None),
    ("distribution_drift", "n", frame(n=range(150, 350)), {}, {"before": frame(n=range(200))},
     "above 179 had 10.0% of the rows and has 85.0%"),
    ("distribution_drift", "x", frame(x=[None] * 200), {}, {"before": frame(x=[1.5] * 200)},
     "no value had 0.0% of the rows and has 100.0%"),
    ("distribution_drift", "store", frame(store=["a", "b"] * 60), {}, {"before": frame(store=["a", "c"] * 60)},
     "spread otherwise than before: index"),
    ("distribution_drift", "paid", frame(paid=[True] * 120), {"most": 20},
     {"before": frame(paid=[False] * 120)}, None),
    ("distribution_drift", "day", frame(day=[date(2026, 1, 1)] * 120), {},
     {"before": frame(day=[date(2025, 1, 1)] * 120)}, "above 2025-01-01 had 0.0%"),
    ("distribution_drift", "x", frame(x=[1.0] * 120), {}, {"before": frame(x=[1.0] * 120).drop("x")}, None),
]  # fmt: skip


def test_what_each_rule_finds_wrong_with_a_batch():
    for rule, columns, rows, params, more, problem in CASES:
        found = finding(rule, columns, rows, params=params, **more)
        assert (problem is None) == (found.problem is None), (rule, params, found.problem)
        assert problem is None or problem in (found.problem or ""), (rule, params, found.problem)
    assert {case[0] for case in CASES} == {name for name in RULES.names() if isinstance(RULES.get(name), BatchRule)}


def test_what_cannot_be_judged_is_an_error_that_names_the_check():
    table = [
        ("row_count", "", {}, "has no bound"),
        ("row_count", "", {"min": -1}, "'min' (-1)"),
        ("row_count", "", {"max": 10**400}, "is no number"),
        ("completeness", "store", {}, "values or a dataset"),
        ("completeness", "n", {"values": ["a"]}, "does not fit"),
        ("completeness", "store", {"values": "a"}, "is no list"),
        ("completeness", "store", {"dataset": "gone"}, "no table yet"),
        ("completeness", "store", {"dataset": "other", "other_column": "nr"}, "other has no column 'nr'"),
        ("completeness", "n", {"dataset": "other", "other_column": "word"}, "different types"),
        ("freshness", "n", {"hours": 1}, "neither a date nor a timestamp"),
        ("freshness", "day", {}, "'hours'"),
        ("agrees_with", "", {"dataset": "other", "measure": "sum"}, "of one column"),
        ("agrees_with", "n", {"dataset": "other", "measure": "mean"}, "'mean'"),
        ("agrees_with", "store", {"dataset": "other", "measure": "sum"}, "no number"),
        ("agrees_with", "n", {"dataset": "other", "measure": "sum", "other_column": "word"}, "no number"),
        ("distribution_drift", "n", {"most": "much"}, "'most' (much)"),
    ]
    for rule, columns, params, says in table:
        with pytest.raises(SpecError) as error:
            finding(rule, columns, params=params)
        assert says in str(error.value), (rule, params, str(error.value))
        assert f"'{rule}" in str(error.value), str(error.value)


@settings(max_examples=25)
@given(
    before=st.lists(st.sampled_from([None, "", "a", "b", "ß"]), min_size=1, max_size=30),
    now=st.lists(st.sampled_from([None, "", "a", "c"]), min_size=1, max_size=30),
)
def test_the_index_of_texts_is_the_one_that_naive_python_counts(before, now):
    found = finding("distribution_drift", "store", frame(store=now), params={"rows": 1}, before=frame(store=before))
    known = {value for value in before if value is not None}

    def shares(values: list[str | None]) -> dict[str, float]:
        bins = Counter("none" if v is None else f"'{v}'" if v in known else "other" for v in values)
        return {name: count / len(values) for name, count in bins.items()}

    then, there = shares(before), shares(now)
    pairs = [(max(then.get(name, 0), 1e-4), max(there.get(name, 0), 1e-4)) for name in {*then, *there}]
    index = sum((b - a) * math.log(b / a) for a, b in pairs)
    assert found.figures["index"] == pytest.approx(index, abs=1e-9)
    assert (found.problem is not None) == (index > 0.2)


def test_the_age_of_a_batch_is_counted_from_the_moment_it_arrived():
    assert ARRIVED.at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert finding("freshness", "day", DAYS, params={"hours": 99}).figures == {"age_hours": 33.5}
