"""Rows of one file that cannot be named by their key: it is empty, or another row of the file has it too."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.results import CheckResult, FailedRow, SetFailure
from hestia_assets.core.specs import DatasetSpec, Severity

KEY_RULE = "key"
CHECK = "primary_key"
SAMPLE = 10


@dataclass(frozen=True)
class KeyFailure(SetFailure):
    """Rows that fail by their key. ``messages``: ``_row`` and what is wrong with it."""

    messages: pl.DataFrame


@dataclass(frozen=True)
class KeyTrouble:
    """What is wrong with the keys of a batch. ``repeats``: rows that say again what a later row says."""

    failure: KeyFailure
    repeats: pl.Series


def key_trouble(rows: pl.LazyFrame, spec: DatasetSpec) -> KeyTrouble:
    """Judge the typed rows of a batch: ``_row``, ``_line`` and the dataset's columns."""
    key = list(spec.primary_key)
    empty = _empty(rows, key)
    doubled = _doubled(rows, key, [column.name for column in spec.recipe.columns])
    conflicts = doubled.filter(~pl.col("_same"))
    words = pl.format("A later row has the same key with other values, in line {}.", pl.col("_last_line"))
    messages = pl.concat([empty, conflicts.select("_row", "_line", words.alias("message"))]).sort("_row")
    checked = int(rows.select(pl.len()).collect(engine="streaming").item())
    sample = tuple(
        FailedRow(row, line, None) for row, line in messages.select("_row", "_line").head(SAMPLE).iter_rows()
    )
    result = CheckResult(CHECK, KEY_RULE, spec.primary_key, Severity.REJECT, checked, messages.height, sample)
    failure = KeyFailure(result, "", messages["_row"], messages.select("_row", "message"))
    return KeyTrouble(failure, doubled.filter("_same")["_row"])


def has_key(key: Sequence[str]) -> pl.Expr:
    """Whether a row can be named."""
    return pl.all_horizontal(pl.col(name).is_not_null() for name in key)


def still_named(existing: pl.LazyFrame, keys: pl.LazyFrame, spec: DatasetSpec) -> pl.LazyFrame:
    """Rows of the table without those that go because a file with these keys, bad rows' too, does not name them."""
    key = list(spec.primary_key)
    if not set(key) <= set(existing.collect_schema().names()):
        return existing
    return existing.join(keys, on=key, how="semi")


def _empty(rows: pl.LazyFrame, key: Sequence[str]) -> pl.DataFrame:
    words = f"{', '.join(key)} names the row and is empty."
    return (
        rows.filter(~has_key(key)).select("_row", "_line", pl.lit(words).alias("message")).collect(engine="streaming")
    )


def _doubled(rows: pl.LazyFrame, key: list[str], columns: list[str]) -> pl.DataFrame:
    """All but the last row of each key: ``_row``, ``_line``, ``_last_line``, ``_same`` (as the last one)."""
    named = rows.filter(has_key(key))
    last = named.group_by(key).agg(pl.len().alias("_times"), pl.col("_row").max().alias("_last"))
    repeated = last.filter(pl.col("_times") > 1).collect(engine="streaming").lazy()
    found = named.join(repeated, on=key).collect(engine="streaming")
    values = [name for name in columns if name not in key]
    lasts = found.filter(pl.col("_row") == pl.col("_last")).select(
        *key, pl.col("_line").alias("_last_line"), *(pl.col(name).alias(f"_last:{name}") for name in values)
    )
    same = [pl.col(name).eq_missing(pl.col(f"_last:{name}")) for name in values]
    earlier = found.filter(pl.col("_row") < pl.col("_last")).join(lasts, on=key)
    return earlier.select("_row", "_line", "_last_line", _same=pl.all_horizontal(pl.lit(value=True), *same)).sort(
        "_row"
    )
