"""Shapes of texts: counted one by one where they are few, else by their runs of letters and digits; with examples."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from hestia_assets.core.results import Shape
from hestia_assets.core.shapes import LONGEST

FEW = 8
"""So many different shapes are told one by one."""

NEAR = 50_000
"""Rows in which examples are sought first."""

Ranked = tuple[tuple[str, int], ...]


def shape(text: pl.Expr) -> pl.Expr:
    """A text with each letter as ``A`` and each digit as ``9``."""
    return _written(text, ((r"\p{L}", "A"), (r"\p{Nd}", "9")))


def runs(text: pl.Expr) -> pl.Expr:
    """The shape with each run of letters, of digits, of blanks as one."""
    return _written(text, ((r"\p{L}+", "A"), (r"\p{Nd}+", "9"), (" +", " ")))


def _written(text: pl.Expr, signs: Sequence[tuple[str, str]]) -> pl.Expr:
    found = text.str.head(LONGEST)
    for pattern, sign in signs:
        found = found.str.replace_all(pattern, sign)
    return pl.when(text.str.len_chars() > LONGEST).then(found + "…").otherwise(found)


def shaped(
    filled: pl.LazyFrame, exact: Ranked, counted: tuple[int, int], most: Callable[[pl.Expr], Ranked]
) -> dict[str, Any]:
    """The shapes of a column as ``ColumnFacts`` tells them.

    Args:
        filled: the texts that are there, as ``value``.
        exact: the most frequent shapes with their rows.
        counted: how many texts there are, and how many different shapes.
        most: counts the most frequent values of an expression.
    """
    there, different = counted
    grouped = different > FEW
    key = runs(pl.col("value")) if grouped else shape(pl.col("value"))
    ranked = (most(key) if grouped else exact)[:FEW]
    examples = _examples(filled, key, [text for text, _ in ranked])
    return {
        "shapes": tuple(Shape(text, rows, examples[text]) for text, rows in ranked),
        "grouped": grouped,
        "other_shapes": there - sum(rows for _, rows in ranked),
    }


def _examples(filled: pl.LazyFrame, key: pl.Expr, wanted: list[str]) -> dict[str, str]:
    """A value of each shape: of the first rows where they have one, else of all."""
    found: dict[str, str] = {}
    for rows in (filled.head(NEAR), filled):
        missing = [text for text in wanted if text not in found]
        if missing:
            seen = rows.select(key.alias("shape"), "value").filter(pl.col("shape").is_in(missing))
            found |= dict(seen.group_by("shape").agg(pl.col("value").min()).collect(engine="streaming").iter_rows())
    return found
