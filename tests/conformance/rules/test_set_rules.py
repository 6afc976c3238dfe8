"""Rules over several rows: what fails, as naive Python says, in parts of any size; names and values of every kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import naive_sets as naive
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import rule_validator

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SetRule
from hestia_assets.core.specs import CheckSpec, Exemption, Severity
from hestia_assets.rules import RULES

SCHEMA = pl.Schema(
    {
        "store": pl.String(),
        "number": pl.Int64(),
        "price": pl.Decimal(38, 2),
        "share": pl.Float64(),
        "paid": pl.Boolean(),
        "day": pl.Date(),
        "at": pl.Datetime("us"),
    }
)
NAMES = list(SCHEMA)
VALUES: dict[str, list[Any]] = {
    "store": [None, "", "a", "A", "a ", "Ähre", "\U0001d518", "'; --", 'x"y'],
    "number": [None, -(2**63), -1, 0, 1, 2**63 - 1],
    "price": [None, Decimal("-0.01"), Decimal("0.00"), Decimal("1.50"), Decimal("9" * 30 + ".99")],
    "share": [None, 0.0, -0.0, 0.1, 1e308, -5e-324],
    "paid": [None, True, False],
    "day": [None, date(1000, 1, 1), date(2024, 2, 29), date(9999, 12, 31)],
    "at": [None, datetime(2024, 2, 29, 12), datetime(2026, 12, 31, 23, 59, 59, 999_999)],  # noqa: DTZ001 - local times
}
OTHER = pl.Schema({"id": pl.String(), "net": pl.Decimal(38, 4), "day": pl.Date(), "n": pl.Int64()})
OTHER_VALUES: dict[str, list[Any]] = {
    "id": VALUES["store"],
    "net": [None, Decimal("0.0000"), Decimal("1.5000"), Decimal("3.0001"), Decimal("-0.0100")],
    "day": VALUES["day"],
    "n": [None, 0, 1],
}
KEYED = {"dataset": "other", "other_columns": ["id"]}
TOTALS = KEYED | {"amount": "price", "total": "net"}


@dataclass(frozen=True)
class Case:
    """A check, and what naive Python makes of it."""

    rule: str
    columns: Sequence[str]
    params: dict[str, Any]
    naive: naive.Naive

    @property
    def check(self) -> CheckSpec:
        return CheckSpec(rule=self.rule, columns=tuple(self.columns), params=self.params, severity=Severity.WARN)


def order(*, falling: bool = False, strict: bool = False, within: Sequence[str] = ()) -> dict[str, Any]:
    return {"direction": "falling" if falling else "rising", "strict": strict, "within": list(within)}


CASES = [
    *(Case("unique", [name], {}, naive.unique([name])) for name in NAMES),
    Case("unique", ["store", "number"], {}, naive.unique(["store", "number"])),
    Case("row_unique", [], {}, naive.row_unique(NAMES)),
    Case("row_unique", ["store", "paid"], {}, naive.row_unique(["store", "paid"])),
    Case("foreign_key", ["store"], KEYED, naive.foreign_key(["store"], ["id"])),
    Case("foreign_key", ["day"], {"dataset": "other"}, naive.foreign_key(["day"], ["day"])),
    Case("foreign_key", ["price", "day"], {"dataset": "other", "other_columns": ["net", "day"]},
         naive.foreign_key(["price", "day"], ["net", "day"])),
    Case("totals_match", ["store"], TOTALS, naive.totals_match(["store"], ["id"], tolerance=Decimal(0))),
    Case("totals_match", ["store"], TOTALS | {"tolerance": 0.01},
         naive.totals_match(["store"], ["id"], tolerance=Decimal("0.01"))),
    *(Case("monotonic", [name], order(), naive.monotonic(name, falling=False, strict=False, within=()))
      for name in NAMES),
    Case("monotonic", ["number"], order(falling=True, strict=True, within=["store"]),
         naive.monotonic("number", falling=True, strict=True, within=["store"])),
    Case("sql", ["store"], {"expression": "store <> 'a' OR number > 0"},
         naive.holds(lambda row: True if (row["number"] or 0) > 0 else
                     None if row["store"] is None or (row["store"] == "a" and row["number"] is None)
                     else row["store"] != "a")),
    Case("sql", [], {"expression": "day BETWEEN DATE '2024-01-01' AND DATE '2025-01-01' -- leap"},
         naive.holds(lambda row: None if row["day"] is None else date(2024, 1, 1) <= row["day"] <= date(2025, 1, 1))),
]  # fmt: skip

ROWS = st.lists(st.tuples(*(st.sampled_from(VALUES[name]) for name in NAMES)), max_size=12)
OTHERS = st.lists(st.tuples(*(st.sampled_from(OTHER_VALUES[name]) for name in OTHER)), max_size=5)


def numbered(rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("_row", offset=1)
    return frame.with_columns(
        pl.col("_row").cast(pl.Int64), _line=pl.col("_row").cast(pl.Int64) + 1, _batch=pl.lit("b")
    )


def failing(
    cases: Sequence[Case], rows: pl.LazyFrame, table: pl.DataFrame | None, other: pl.DataFrame
) -> dict[str, list[int]]:
    """Of each case by itself: all of them warn, so that none sees fewer rows."""
    checks = [case.check.model_copy(update={"label": f"c{number}"}) for number, case in enumerate(cases)]
    found = rule_validator(other=other).judge_set(rows, None if table is None else table.lazy(), checks)
    return {f"{one.result.name} {one.result.rule}": one.rows.to_list() for one in found}


@settings(max_examples=8)
@given(rows=ROWS, table=ROWS, other=OTHERS)
def test_the_rows_that_fail_are_those_that_naive_python_names(rows, table, other):
    frames = numbered(rows), numbered(table), pl.DataFrame(other, schema=OTHER, orient="row")
    batch, there, theirs = (frame.to_dicts() for frame in frames)

    found = failing(CASES, frames[0].lazy(), frames[1], frames[2])

    expected = [case.naive(batch, there, theirs) for case in CASES]
    assert found == {f"c{n} {case.rule}": bad for n, (case, bad) in enumerate(zip(CASES, expected, strict=True))}


def test_the_same_rows_fail_whatever_the_size_of_the_staged_parts(tmp_path: Path):
    picks = [[VALUES[name][(row * (place + 3) + row // 7) % len(VALUES[name])] for place, name in enumerate(NAMES)]
             for row in range(60)]  # fmt: skip
    rows, other = numbered(picks), pl.DataFrame({name: OTHER_VALUES[name][1:4] for name in ("id", "net", "day")})
    other = other.with_columns(n=pl.lit(1)).cast(dict(OTHER))
    found: list[dict[str, list[int]]] = []
    for size in (1, 7, 1_000_000):
        files = [tmp_path / f"{size}-{number}.parquet" for number, _ in enumerate(rows.iter_slices(size))]
        for path, part in zip(files, rows.iter_slices(size), strict=True):
            part.write_parquet(path)
        parts = pl.concat([pl.scan_parquet(path, glob=False) for path in files], how="diagonal")
        found.append(failing(CASES, parts, numbered(picks[:9]), other))

    assert found[0] == found[1] == found[2]
    assert sum(bool(bad) for bad in found[0].values()) > len(CASES) / 2


def test_every_rule_over_several_rows_of_this_folder_has_a_naive_twin():
    elsewhere = {"consistent_within"}

    rules = {name for name in RULES.names() if isinstance(RULES.get(name), SetRule)}
    assert rules - elsewhere == {case.rule for case in CASES}


def judged(rows: pl.DataFrame, *checks: CheckSpec, table: pl.DataFrame | None = None, **others: pl.DataFrame):
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    rows = rows.with_columns(_row=numbers, _line=numbers + 1)
    return rule_validator(**others).judge_set(rows.lazy(), None if table is None else table.lazy(), checks)


def test_a_row_that_one_check_rejects_speaks_against_no_other():
    rows = pl.DataFrame({"id": ["a", "a", "b"], "n": [5, 1, 3]})
    reject = CheckSpec(rule="sql", params={"expression": "n < 5"})
    later = CheckSpec(rule="unique", columns=("id",))
    last = CheckSpec(rule="monotonic", columns=("n",))

    together = [(one.rows.to_list(), one.result.checked_rows) for one in judged(rows, reject, later, last)]
    warned = [one.rows.to_list() for one in judged(rows, reject.model_copy(update={"severity": Severity.WARN}), later)]

    assert together == [([1], 3), ([], 2), ([], 2)]
    assert warned == [[1], [2]]


def test_exempt_rows_are_counted_and_do_not_fail():
    rows = pl.DataFrame({"id": ["a", "a", "a", None], "why": ["x", "x", "agreed", "agreed"]})
    may = Exemption(match={"why": "agreed"}, reason="agreed with the customer", by="ada")

    for rule, columns in (("unique", ("id",)), ("row_unique", ("id",)), ("sql", ("id",))):
        params = {"expression": "why = 'never'"} if rule == "sql" else {}
        (found,) = judged(rows, CheckSpec(rule=rule, columns=columns, params=params, exemptions=(may,)))
        assert (found.rows.to_list(), found.result.exempt_rows) == (([1, 2], 2) if rule == "sql" else ([2], 1)), rule


def test_a_row_rule_over_all_columns_still_compares_all_when_some_rows_are_exempt():
    rows = pl.DataFrame({"id": ["a", "b", "a"], "why": ["x", "x", "x"]})
    may = Exemption(match={"why": "agreed"}, reason="agreed", by="ada")

    (found,) = judged(rows, CheckSpec(rule="row_unique", exemptions=(may,)))

    assert found.rows.to_list() == [3]


def test_columns_may_be_called_like_words_and_relations_of_sql():
    names = ["select", "user", "order", "ROWS", "count", "row_number", "current_date", "Größe", "a1"]
    rows = pl.DataFrame({name: [1, 1, 2] for name in names})
    other = pl.DataFrame({"select": [1], "user": [9]})
    checks = [CheckSpec(rule="unique", columns=tuple(names)), CheckSpec(rule="row_unique", severity=Severity.WARN)]
    checks += [CheckSpec(rule="foreign_key", columns=("select",), params={"dataset": "select"}, severity=Severity.WARN)]
    checks += [CheckSpec(rule="monotonic", columns=("user",), params={"within": ["order"], "strict": True})]
    checks += [CheckSpec(rule="sql", params={"expression": f'"{name}" = 7'}, label=f"sql{n}", severity=Severity.WARN)
               for n, name in enumerate(names)]  # fmt: skip

    found = [one.rows.to_list() for one in judged(rows, *checks, select=other)]

    assert found == [[2], [], [3], [], *([[1, 3]] * len(names))]


def test_what_cannot_be_compared_or_read_is_an_error_that_names_the_check():
    rows = pl.DataFrame({"id": ["a"], "n": [1]})
    other = pl.DataFrame({"id": [1], "n": [2]})
    table = [
        ("foreign_key", ("id",), {"dataset": "other"}, "id is text, but id of other is a number"),
        ("foreign_key", ("id",), {"dataset": "gone"}, "'gone', which has no table yet"),
        ("foreign_key", ("id",), {"dataset": "other", "other_columns": ["nr"]}, "other has no column 'nr'"),
        ("consistent_within", ("id",), {"key": 5}, "'key' is no list"),
        ("consistent_within", ("id",), {"key": [["n"]]}, "'key' is no list"),
        ("consistent_within", ("id",), {"key": ["n"], "filled": "false"}, "'filled'"),
        ("foreign_key", ("id",), {"dataset": "other", "other_columns": {"id": 1}}, "'other_columns' is no list"),
        ("sql", (), {"expression": "n"}, "not yes or no"),
        ("sql", (), {"expression": "CAST(id AS INTEGER) > 1"}, "Could not convert"),
        ("sql", (), {"expression": "m > 1"}, "no column 'm'"),
        ("unique", ("nr",), {}, "nr"),
    ]
    for rule, columns, params, says in table:
        check = CheckSpec(rule=rule, columns=columns, params=params, label="mine")
        with pytest.raises(SpecError) as error:
            judged(rows, CheckSpec(rule="unique", columns=("n",)), check, other=other)
        assert "'mine'" in str(error.value), (rule, str(error.value))
        assert says in str(error.value), (rule, str(error.value))


def test_totals_count_the_rows_of_earlier_batches_and_a_key_without_a_total_passes():
    rows = pl.DataFrame({"order": ["a", "b", "c", None], "net": [1.0, 2.0, 3.0, 4.0]})
    table = pl.DataFrame({"order": ["a", "b"], "net": [1.5, 9.0]})
    orders = pl.DataFrame({"id": ["a", "b"], "total": [2.5, 2.0]})
    params = {"amount": "net", "dataset": "orders", "total": "total", "other_columns": "id"}
    check = CheckSpec(rule="totals_match", columns=("order",), params=params)

    (found,) = judged(rows, check, table=table, orders=orders)

    assert found.rows.to_list() == [2]
    assert found.message.endswith("rows whose order is not there pass.")
