"""Set rules as anybody would write them in Python: rows are dictionaries, nothing is clever."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Naive = Callable[[Sequence[Row], Sequence[Row], Sequence[Row]], list[int]]
"""From the batch's rows, those in the table, and another dataset's to the numbers of the rows that fail, from 1."""


def key(row: Row, names: Sequence[str]) -> tuple[Any, ...] | None:
    values = tuple(row[name] for name in names)
    return None if None in values else values


def unique(names: Sequence[str]) -> Naive:
    def failing(rows: Sequence[Row], table: Sequence[Row], _: Sequence[Row]) -> list[int]:
        seen, bad = {key(row, names) for row in table}, []
        for number, row in enumerate(rows, start=1):
            mine = key(row, names)
            if mine is not None and mine in seen:
                bad.append(number)
            seen.add(mine)
        return bad

    return failing


def row_unique(names: Sequence[str]) -> Naive:
    def failing(rows: Sequence[Row], table: Sequence[Row], _: Sequence[Row]) -> list[int]:
        seen, bad = {tuple(row[name] for name in names) for row in table}, []
        for number, row in enumerate(rows, start=1):
            mine = tuple(row[name] for name in names)
            bad += [number] * (mine in seen)
            seen.add(mine)
        return bad

    return failing


def foreign_key(names: Sequence[str], theirs: Sequence[str]) -> Naive:
    def failing(rows: Sequence[Row], _: Sequence[Row], other: Sequence[Row]) -> list[int]:
        known = {key(row, theirs) for row in other}
        return [n for n, row in enumerate(rows, start=1) if (mine := key(row, names)) is not None and mine not in known]

    return failing


def totals_match(names: Sequence[str], theirs: Sequence[str], *, tolerance: Decimal) -> Naive:
    def wrong(mine: tuple[Any, ...], rows: Sequence[Row], other: Sequence[Row]) -> bool:
        total = sum((row["price"] or Decimal(0) for row in rows if key(row, names) == mine), Decimal(0))
        said = [row["net"] for row in other if key(row, theirs) == mine and row["net"] is not None]
        return any(abs(total - one) > tolerance for one in said)

    def failing(rows: Sequence[Row], table: Sequence[Row], other: Sequence[Row]) -> list[int]:
        both = [*rows, *table]
        return [
            number
            for number, row in enumerate(rows, start=1)
            if (mine := key(row, names)) is not None and wrong(mine, both, other)
        ]

    return failing


def monotonic(name: str, *, falling: bool, strict: bool, within: Sequence[str]) -> Naive:
    def failing(rows: Sequence[Row], _: Sequence[Row], __: Sequence[Row]) -> list[int]:
        best: dict[Any, Any] = {}
        bad: list[int] = []
        for number, row in enumerate(rows, start=1):
            group, value = key(row, within), row[name]
            if group is None or value is None:
                continue
            if group in best and (behind(value, best[group]) or (strict and value == best[group])):
                bad.append(number)
            elif group not in best or behind(best[group], value):
                best[group] = value
        return bad

    def behind(value: Any, best: Any) -> bool:
        return value > best if falling else value < best

    return failing


def holds(condition: Callable[[Row], bool | None]) -> Naive:
    return lambda rows, _, __: [n for n, row in enumerate(rows, start=1) if condition(row) is False]
