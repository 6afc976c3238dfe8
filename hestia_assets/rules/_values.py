"""Parameters of rules as values of a column's type."""

from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError


def as_values(values: list[Any], dtype: pl.DataType, *, parameter: str) -> pl.Series:
    """``values`` in the column's type.

    Raises:
        SpecError: one of them is none.
    """
    texts = pl.Series([str(value) for value in values], dtype=pl.String)
    try:
        typed = texts.str.to_date() if dtype == pl.Date else _typed(texts, dtype)
    except PolarsError as error:
        shown = ", ".join(str(value) for value in values[:3])
        raise SpecError(
            f"'{parameter}' ({shown}) does not fit a column of type {dtype}.",
            hint="Write numbers plainly, dates as YYYY-MM-DD, or change the column's type.",
        ) from error
    return typed


def _typed(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    if isinstance(dtype, pl.Datetime):
        return texts.str.to_datetime(time_unit="us")
    if dtype == pl.Boolean:
        return texts.str.to_lowercase().replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean)
    return texts.cast(dtype)
