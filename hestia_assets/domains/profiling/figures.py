"""Exact figures of columns, counted over every row, one column after the other.

Memory is bounded by one column of numbers, or by the different values of a stretch of a column of texts: a column that
is too long for one stretch is counted in several passes, each over the values of one share of all hashes.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl

from hestia_assets.core.results import Bin, ColumnFacts, TableFacts
from hestia_assets.core.specs import ColumnType
from hestia_assets.domains.profiling.shapes import shape, shaped

TOP = 10
BINS = 20
QUANTILES = {"5%": 0.05, "25%": 0.25, "50%": 0.5, "75%": 0.75, "95%": 0.95}
STRETCH = 2_000_000
"""Rows whose different texts are counted at once."""

TYPES: dict[type[pl.DataType], ColumnType] = {
    pl.String: ColumnType.TEXT,
    pl.Int64: ColumnType.INTEGER,
    pl.Float64: ColumnType.FLOAT,
    pl.Boolean: ColumnType.BOOLEAN,
    pl.Date: ColumnType.DATE,
    pl.Datetime: ColumnType.TIMESTAMP,
    pl.Decimal: ColumnType.DECIMAL,
}


def table_facts(rows: pl.LazyFrame, *, stretch: int = STRETCH) -> TableFacts:
    """Figures of all rows; columns whose names begin with an underscore are Hestia's own and left out."""
    schema = {name: dtype for name, dtype in rows.collect_schema().items() if not name.startswith("_")}
    first = _first_pass(rows, schema)
    height = int(first["rows"])
    passes = max(1, -(-height // stretch))
    kinds = ("nulls", "blanks", "shortest", "longest", "least", "most")
    told = [{kind: first.get(f"{kind}{number}") for kind in kinds} for number in range(len(schema))]
    facts = [
        ColumnFacts(
            name,
            _type(dtype),
            height,
            own["nulls"] or 0,
            own["blanks"] or 0,
            **_figures(rows, name, dtype, own, passes),
        )
        for (name, dtype), own in zip(schema.items(), told, strict=True)
    ]
    return TableFacts(height, tuple(facts))


def _first_pass(rows: pl.LazyFrame, schema: dict[str, pl.DataType]) -> dict[str, Any]:
    """What one pass tells of all columns, by the kind of figure and the column's place."""
    wanted = [pl.len().alias("rows")]
    for number, (name, dtype) in enumerate(schema.items()):
        column = pl.col(name)
        wanted.append(column.null_count().alias(f"nulls{number}"))
        if dtype == pl.String:
            length = column.str.len_chars()
            wanted += [
                (column.str.strip_chars() == "").sum().alias(f"blanks{number}"),
                length.min().alias(f"shortest{number}"),
                length.max().alias(f"longest{number}"),
                column.min().alias(f"least{number}"),
                column.max().alias(f"most{number}"),
            ]
    return rows.select(wanted).collect(engine="streaming").row(0, named=True)


def _type(dtype: pl.DataType) -> str:
    kind = TYPES.get(type(dtype))
    return kind.value if kind else str(dtype)


def _figures(rows: pl.LazyFrame, name: str, dtype: pl.DataType, told: dict[str, Any], passes: int) -> dict[str, Any]:
    if dtype == pl.String:
        return _text_figures(rows, name, told, passes)
    if dtype.is_numeric() or dtype.is_temporal() or dtype == pl.Boolean:
        return _value_figures(rows.select(name).collect(engine="streaming")[name].drop_nulls())
    column = rows.select(pl.col(name).drop_nulls().n_unique())
    return {"distinct": int(column.collect(engine="streaming").item())}


def _text_figures(rows: pl.LazyFrame, name: str, told: dict[str, Any], passes: int) -> dict[str, Any]:
    filled = rows.select(pl.col(name).alias("value")).filter(pl.col("value").is_not_null())
    distinct, top, patterns = 0, Counter[str](), Counter[str]()
    for counts in _counts(filled, pl.col("value"), passes):
        distinct += counts.height
        top.update(_most(counts))
    there = different = 0
    for counts in _counts(filled, shape(pl.col("value")), passes):
        there, different = there + int(counts["rows"].sum()), different + counts.height
        patterns.update(_most(counts))
    return {
        "distinct": distinct,
        "minimum": told["least"],
        "maximum": told["most"],
        "lengths": None if told["shortest"] is None else (told["shortest"], told["longest"]),
        "top": _first(top),
        "patterns": _first(patterns),
        **shaped(filled, _first(patterns), (there, different), lambda key: _most_of(_counts(filled, key, passes))),
    }


def _most_of(shares: Iterator[pl.DataFrame]) -> tuple[tuple[str, int], ...]:
    found = Counter[str]()
    for counts in shares:
        found.update(_most(counts))
    return _first(found)


def _counts(rows: pl.LazyFrame, key: pl.Expr, passes: int) -> Iterator[pl.DataFrame]:
    """How often each value is there: those of one share of all hashes after the other, no value in two of them."""
    keys = rows.select(key.alias("value"))
    for number in range(passes):
        mine = keys if passes == 1 else keys.filter(pl.col("value").hash(seed=7) % passes == number)
        yield mine.group_by("value").len("rows").collect(engine="streaming")


def _most(counts: pl.DataFrame) -> dict[str, int]:
    best = counts.sort(pl.col("rows"), pl.col("value"), descending=[True, False]).head(TOP)
    return dict(best.select(pl.col("value").cast(pl.String), "rows").iter_rows())


def _first(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:TOP])


def _value_figures(values: pl.Series) -> dict[str, Any]:
    """Figures of numbers, dates, times and truths that are there."""
    if values.is_empty():
        return {"distinct": 0}
    counts = values.value_counts(name="rows").rename({values.name: "value"})
    figures: dict[str, Any] = {"distinct": counts.height, "top": _first(Counter(_most(counts)))}
    if values.dtype == pl.Boolean:
        return figures
    ordered = values.sort()
    real = ordered.filter(~ordered.is_nan()) if ordered.dtype.is_float() else ordered
    if real.is_empty():
        return figures
    places = {label: int(share * (real.len() - 1)) for label, share in QUANTILES.items()}
    shown = real.gather([0, *places.values(), -1]).cast(pl.String).to_list()
    figures |= {"minimum": shown[0], "maximum": shown[-1]}
    figures["quantiles"] = dict(zip(places, shown[1:-1], strict=True))
    return figures | _spread(real)


def _spread(values: pl.Series) -> dict[str, Any]:
    """Mean, deviation and bars of values in their order."""
    if isinstance(values.dtype, pl.Time | pl.Duration):
        return {}
    if values.dtype.is_temporal():
        return {"histogram": _bins(values.dt.epoch("ms").cast(pl.Float64) / 1000)}
    numbers = values.cast(pl.Float64)
    numbers = numbers.filter(numbers.is_finite())
    if numbers.is_empty():
        return {}
    deviation = numbers.std()
    return {
        "mean": float(numbers.mean()),  # pyright: ignore[reportArgumentType] - of floats
        "deviation": None if deviation is None else float(deviation),  # pyright: ignore[reportArgumentType] - of floats
        "histogram": _bins(numbers),
    }


def _bins(ordered: pl.Series) -> tuple[Bin, ...]:
    """Bars of equal width over sorted numbers; one where all are the same."""
    low, high = float(ordered[0]), float(ordered[-1])
    width = (high - low) / BINS
    if width == 0 or width == float("inf"):
        return (Bin(low, high, ordered.len()),)
    edges = [low + width * number for number in range(1, BINS)]
    inner: list[int] = ordered.search_sorted(pl.Series(edges), side="left").to_list()
    places = [0, *inner, ordered.len()]
    sides = [low, *edges, high]
    return tuple(Bin(sides[n], sides[n + 1], places[n + 1] - places[n]) for n in range(BINS))
