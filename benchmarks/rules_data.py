"""Rows for the comparison of rules, the rules themselves, and what naive Python says of them.

Deterministic: 1 row in 500 breaks a rule of each kind; some values are missing, some twice.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

CATEGORIES = ["garden", "kitchen", "lighting", "office", "toys"]
COUNTRIES = ["DE", "FR", "GB", "US", "CH", "ES", "NA", "PL"]
CITIES = ["Hamburg", "Lyon", "Leeds", "Boston", "Basel", "Toledo", "Windhoek", "Gdynia"]
REMARKS = ["paid", "shipped", "returned; call first", "gift; at the door"]
DAYS = (date(2025, 1, 1), date(2025, 12, 31))
TIMES = (datetime(2025, 1, 1), datetime(2025, 12, 31, 23, 59, 59))  # noqa: DTZ001 - local times
GROUP = ("customer_id", "product_code", "created_at")
TYPES = {"order_date": "date", "created_at": "timestamp", "quantity": "integer", "unit_price": "float"}

RULES: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = (
    *(("not_null", (name,), {}) for name in ("order_id", "customer_id", "order_date", "city", "unit_price")),
    ("unique", ("order_id",), {}),
    ("unique", GROUP, {}),
    ("in_set", ("category",), {"values": CATEGORIES}),
    ("in_set", ("country",), {"values": COUNTRIES}),
    ("in_set", ("city",), {"values": CITIES}),
    ("not_in_set", ("remark",), {"values": ["unknown", "n/a"]}),
    ("in_range", ("quantity",), {"min": 1, "max": 1000}),
    ("in_range", ("unit_price",), {"min": 0.01, "max": 1000}),
    ("in_range", ("order_date",), {"min": str(DAYS[0]), "max": str(DAYS[1])}),
    ("in_range", ("created_at",), {"min": str(TIMES[0]), "max": str(TIMES[1])}),
    ("matches", ("product_code",), {"pattern": r"P-\d{6}"}),
    ("matches", ("customer_id",), {"pattern": r"C\d{8}"}),
    ("matches", ("order_id",), {"pattern": r"\d{10}"}),
    ("length", ("order_id",), {"min": 10, "max": 10}),
    ("length", ("remark",), {"min": 4, "max": 24}),
)


def name(rule: str, columns: tuple[str, ...]) -> str:
    """What results of a rule are called by all sides."""
    return "__".join((rule, *columns))


def rows(count: int, *, seed: int = 7) -> pl.DataFrame:
    """The rows, typed, with their number from 1."""
    random = np.random.default_rng(seed)

    def some(bad: float = 0.002) -> pl.Series:
        return pl.Series(random.random(count) < bad)

    def pick(values: list[str]) -> pl.Series:
        return pl.Series(np.array(values)[random.integers(0, len(values), count)])

    seconds = pl.Series(random.integers(0, 365 * 86_400, count))
    moment = pl.select(pl.datetime(2025, 1, 1) + pl.duration(seconds=seconds)).to_series()
    order, customer = pl.Series(np.arange(count)), pl.Series(random.integers(1, 400_000, count))
    frame = pl.DataFrame(
        {
            "order_id": order.cast(pl.String).str.zfill(10),
            "customer_id": "C" + customer.cast(pl.String).str.zfill(8),
            "product_code": "P-" + pl.Series(random.integers(0, 90_000, count)).cast(pl.String).str.zfill(6),
            "category": pick(CATEGORIES),
            "country": pick(COUNTRIES),
            "city": pick(CITIES),
            "order_date": moment.dt.date(),
            "created_at": moment,
            "quantity": random.integers(1, 60, count),
            "unit_price": random.integers(99, 99_999, count) / 100,
            "remark": pick(REMARKS),
        }
    )
    wrong = {"order_id": pl.col("order_id").shift(3), "category": pl.lit("gardn"), "country": pl.lit("XX"),
             "city": pl.lit(None), "order_date": pl.lit(date(2024, 12, 31)), "created_at": pl.lit(datetime(2026, 1, 1)),  # noqa: DTZ001 - local times
             "quantity": pl.lit(0), "unit_price": pl.lit(None), "remark": pl.lit("unknown"),
             "product_code": pl.lit("P-12"), "customer_id": pl.lit("c00000001")}  # fmt: skip
    broken = [pl.when(some()).then(value).otherwise(pl.col(key)).alias(key) for key, value in wrong.items()]
    again = some()
    twice = [pl.when(again).then(pl.col(key).shift(1)).otherwise(pl.col(key)).alias(key) for key in GROUP]
    return frame.with_columns(broken).with_columns(twice).with_row_index("_row", 1).cast({"_row": pl.Int64})


def write(path: Path, *, count: int) -> None:
    """The rows as a Parquet file."""
    rows(count).write_parquet(path)


def naive(frame: pl.DataFrame, *, first_fails: bool = False) -> dict[str, list[int]]:
    """Row numbers that fail each rule: one loop per rule, plain Python, an empty value fails not_null alone.

    ``first_fails``: of values that are there twice the first one is named too, as pandera and Great Expectations do.
    """
    found: dict[str, list[int]] = {}
    for rule, columns, params in RULES:
        values: Iterable[Any] = frame[columns[0]].to_list()
        if rule == "unique":
            keys = list(zip(*(frame[each].to_list() for each in columns), strict=True))
            found[name(rule, columns)] = _repeated(keys, first_fails=first_fails)
            continue
        passes = _passes(rule, params, frame.schema[columns[0]])
        empty_fails = rule == "not_null"
        found[name(rule, columns)] = [
            number
            for number, value in enumerate(values, start=1)
            if (empty_fails if value is None else not passes(value))
        ]
    return found


def _passes(rule: str, params: dict[str, Any], dtype: pl.DataType) -> Callable[[Any], bool]:
    if rule in ("in_set", "not_in_set"):
        return lambda value: (value in params["values"]) == (rule == "in_set")
    if rule == "in_range":
        read: dict[Any, Callable[[Any], Any]] = {pl.Date: date.fromisoformat, pl.Datetime: datetime.fromisoformat}
        low, high = (read.get(dtype.base_type(), float)(params[bound]) for bound in ("min", "max"))
        return lambda value: low <= value <= high
    if rule == "matches":
        return lambda value: re.fullmatch(params["pattern"], value) is not None
    if rule == "length":
        return lambda value: params["min"] <= len(value) <= params["max"]
    return lambda _: True


def _repeated(keys: Sequence[tuple[Hashable, ...]], *, first_fails: bool) -> list[int]:
    times, seen, bad = Counter(keys), set[tuple[Hashable, ...]](), list[int]()
    for number, key in enumerate(keys, start=1):
        if None not in key and (key in seen or (first_fails and times[key] > 1)):
            bad.append(number)
        seen.add(key)
    return bad
