"""FACTS 11 to 14: what usual readers lose or change in JSON is kept, or set aside with its record."""

import json
from decimal import Decimal

BIG = "12345678901234567890123"


def test_fact_11_a_key_first_seen_at_record_100_keeps_its_values(through):
    records = [{"id": n} | ({"late": f"v{n}"} if n >= 100 else {}) for n in range(1, 151)]

    outcome = through("\n".join(map(json.dumps, records)) + "\n", "late.ndjson")

    assert outcome.column("late")[99:] == [f"v{n}" for n in range(100, 151)]
    assert outcome.column("late")[:99] == [None] * 99
    assert outcome.batch.rows_quarantined == 0


def test_fact_12_an_integer_of_23_digits_keeps_them(through):
    outcome = through(f'[{{"id": {BIG}}}, {{"id": 7}}]', "big.json")

    assert outcome.column("id", "imported") == [BIG, "7"]
    assert [str(value) for value in outcome.column("id")] == [BIG, "7"]


def test_fact_12_also_in_lines(through):
    outcome = through(f'{{"id": {BIG}}}\n{{"id": 7}}\n', "big.ndjson")

    assert [str(value) for value in outcome.column("id")] == [BIG, "7"]


def test_fact_13_a_price_keeps_its_zero(through):
    outcome = through('[{"price": 1.10}, {"price": 2.00}, {"price": 0.1}]', "prices.json")

    assert outcome.column("price", "imported") == ["1.10", "2.00", "0.1"]
    assert outcome.column("price") == [Decimal("1.10"), Decimal("2.00"), Decimal("0.10")]


def test_fact_14_a_record_that_names_a_key_twice_is_set_aside_with_both_values(through):
    data = '[\n{"id": 1, "a": "x"},\n{"id": 2, "a": "first", "a": "second"},\n{"id": 3, "a": "z"}\n]'

    outcome = through(data, "twice.json")

    assert outcome.column("id") == [1, 3]
    (bad,) = outcome.rows("quarantine").iter_rows(named=True)
    assert bad["_line"] == 3
    assert "first" in bad["text"]
    assert "second" in bad["text"]
