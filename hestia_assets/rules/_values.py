"""Parameters of rules as values of a column's type."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.rules._params import kind_of


def as_values(values: list[Any], dtype: pl.DataType, *, parameter: str) -> pl.Series:
    """``values`` in the column's type; none of them is rounded or guessed.

    Raises:
        SpecError: one of them is none.
    """
    if dtype == pl.String and any(isinstance(value, bool) for value in values):
        raise SpecError(
            f"'{parameter}' holds yes or no, and the column holds texts.",
            hint="Put words that YAML takes for yes or no in quotes, such as 'NO' for Norway.",
        )
    texts = pl.Series([str(value) for value in values], dtype=pl.String)
    try:
        return _typed(texts, dtype)
    except (PolarsError, ValueError) as error:
        shown = ", ".join(str(value) for value in values[:3])
        raise SpecError(
            f"'{parameter}' ({shown}) does not fit a column of type {kind_of(dtype)}.",
            hint="Write numbers plainly, dates as YYYY-MM-DD, or change the column's type.",
        ) from error


def _typed(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    if dtype == pl.Date:
        return pl.Series([date.fromisoformat(text) for text in texts], dtype=dtype)
    if isinstance(dtype, pl.Datetime):
        return pl.Series([_local(text) for text in texts], dtype=dtype)
    if dtype == pl.Boolean:
        return texts.str.to_lowercase().replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean)
    typed = texts.cast(dtype)
    if isinstance(dtype, pl.Decimal) and any(Decimal(text) != one for text, one in zip(texts, typed, strict=True)):
        raise ValueError("a decimal of more places than the column has")
    if dtype == pl.Float64 and not typed.is_finite().all():
        raise ValueError("a number without an end")
    return typed


def _local(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    if read.tzinfo:
        raise ValueError("columns hold times without a zone")
    return read
