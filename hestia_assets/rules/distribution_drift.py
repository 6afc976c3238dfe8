"""The values of a column must be spread as those of the rows before."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import ONE_COLUMN, ArrivedBatch, BatchFinding, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import number_in, type_in

BINS = 10
CATEGORIES = 20
LEAST_SHARE = 1e-4
"""An empty bin counts as this much: the index is of logarithms."""

PARAMETERS: Mapping[str, Parameter] = {
    "most": Parameter("The largest index; 0.1 is a small shift, 0.25 a large one.", ParameterKind.NUMBER, default=0.2),
    "rows": Parameter("The fewest rows on either side; fewer say nothing.", ParameterKind.INTEGER, default=100),
}


class DistributionDrift:
    """Compares a batch's values with those of the table before it, by the population stability index.

    PSI = Σ (now - before) · ln(now / before) over the shares of bins (Siddiqi, Credit Risk Scorecards, 2006). Numbers,
    dates and times fall into the tenths of the rows before; texts and yes or no into the 20 most frequent values and
    all others. Empty fields are a bin of their own. With fewer rows than ``rows`` on either side it says nothing.
    """

    sentence: ClassVar[str] = "the values of {columns} must be spread as before (stability index at most {most})"
    advice: ClassVar[str] = "Compare the values with those before: is a part missing, or a unit another?"
    columns: ClassVar[range] = ONE_COLUMN
    parameters: ClassVar[Mapping[str, Parameter]] = PARAMETERS
    example: ClassVar[Mapping[str, Any]] = {"most": 0.2}

    def message(self, spec: CheckSpec) -> str:
        """The sentence for this check."""
        return f"The values of {spec.columns[0]} must be spread as before."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def judge(self, spec: CheckSpec, batch: ArrivedBatch) -> BatchFinding:
        """The index, and the bin that moved most."""
        name, given = spec.columns[0], spec.params
        most = number_in(given.get("most"), parameter="most", default=0.2)
        least = number_in(given.get("rows"), parameter="rows", default=100)
        dtype = type_in(batch.rows.collect_schema(), name)
        if batch.before is None or name not in batch.before.collect_schema():
            return BatchFinding(None)
        before, now = batch.before.select(pl.col(name).cast(dtype)), batch.rows.select(name)
        there, here = (_height(rows) for rows in (before, now))
        if min(there, here) < max(least, 1):
            return BatchFinding(None, {"rows_before": there, "rows": here})
        binned = _bins(before, name, dtype)
        shares = _shares(before, binned).join(_shares(now, binned), on="_bin", how="full", coalesce=True, suffix="_now")
        parts = [_part(*row) for row in shares.fill_null(0.0).iter_rows()]
        index = sum(part[0] for part in parts)
        _, which, was, now_is = max(parts)
        said = f"{which or 'the others'} had {was:.1%} of the rows and has {now_is:.1%}"
        problem = f"The values of {name} are spread otherwise than before: index {index:.2f}, at most {most:g}; {said}."
        return BatchFinding(problem if index > most else None, {"index": index, "rows_before": there, "rows": here})


def _part(which: str | None, before: float, now: float) -> tuple[float, str, float, float]:
    low, high = max(before, LEAST_SHARE), max(now, LEAST_SHARE)
    return (high - low) * math.log(high / low), which or "", before, now


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect(engine="streaming").item())


def _bins(before: pl.LazyFrame, name: str, dtype: pl.DataType) -> pl.Expr:
    """Which bin a value falls into, in words; chosen by the rows before."""
    value = pl.col(name)
    if dtype.is_numeric() or dtype.is_temporal():
        return _tenths(before, value, dtype)
    counted = before.drop_nulls().group_by(value).len().top_k(CATEGORIES, by=["len", value])
    kept = counted.collect(engine="streaming")[name].cast(pl.String)
    text = value.cast(pl.String)
    known = pl.when(text.is_in(kept.implode())).then(pl.format("'{}'", text)).otherwise(pl.lit("any other value"))
    return pl.when(value.is_null()).then(pl.lit("no value")).otherwise(known)


def _tenths(before: pl.LazyFrame, value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    number = value.cast(pl.Float64) if dtype.is_numeric() else value.to_physical().cast(pl.Float64)
    at = before.select(number.quantile(n / BINS).alias(str(n)) for n in range(1, BINS))
    cuts = sorted({cut for cut in at.collect(engine="streaming").row(0) if cut is not None})
    shown = pl.Series(cuts, dtype=pl.Float64) if dtype.is_numeric() else pl.Series(cuts).cast(pl.Int64).cast(dtype)
    words = [f"{one:.0f}" if isinstance(one, float) and one.is_integer() else str(one) for one in shown.to_list()]
    if not words:
        return pl.when(value.is_null()).then(pl.lit("no value")).otherwise(pl.lit("any value"))
    names = [
        f"up to {words[0]}",
        *(f"{a} to {b}" for a, b in pairwise(words)),
        f"above {words[-1]}",
    ]
    place = pl.sum_horizontal((number > cut).cast(pl.Int32) for cut in cuts)
    return (
        pl.when(value.is_null())
        .then(pl.lit("no value"))
        .otherwise(place.replace_strict(dict(enumerate(names)), return_dtype=pl.String))
    )


def _shares(rows: pl.LazyFrame, binned: pl.Expr) -> pl.DataFrame:
    counted = rows.group_by(binned.alias("_bin")).len().collect(engine="streaming")
    return counted.sort("_bin").select("_bin", (pl.col("len") / pl.col("len").sum()).alias("_share"))


RULE = DistributionDrift()
