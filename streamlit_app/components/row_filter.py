"""Which rows of a table a person wants to see: a column, a comparison, a value."""

from collections.abc import Mapping
from enum import StrEnum
from functools import reduce
from operator import or_

import polars as pl
import streamlit as st

from hestia_assets.core.errors import SpecError
from hestia_assets.core.results import SYSTEM_COLUMNS

ANY = ""


class How(StrEnum):
    """Comparisons, as the page says them."""

    CONTAINS = "contains"
    IS = "is"
    AT_LEAST = "is at least"
    AT_MOST = "is at most"
    EMPTY = "has no value"


EXAMPLES: Mapping[type[pl.DataType], str] = {pl.Date: "2024-12-31", pl.Datetime: "2024-12-31 08:30:00"}


def ask_for_rows(schema: pl.Schema, *, key: str) -> pl.Expr | None:
    """The fields; gives what a row must fulfil, nothing for all rows. Raises SpecError.

    Args:
        schema: of the table.
        key: of the widgets.
    """
    names = [name for name in schema.names() if name not in SYSTEM_COLUMNS]
    where, comparison, what = st.columns([3, 2, 3])
    column = where.selectbox(
        "Rows whose", [ANY, *names], key=f"{key}-column", format_func=lambda name: name or "any column"
    )
    kinds = _comparisons(schema[column]) if column else [How.CONTAINS, How.IS]
    how = comparison.selectbox("Comparison", kinds, key=f"{key}-how-{len(kinds)}", label_visibility="hidden")
    if how is How.EMPTY:
        return pl.col(column).is_null()
    value = what.text_input(
        "Value", key=f"{key}-value", placeholder="all rows", label_visibility="hidden", icon=":material/search:"
    ).strip()
    if not value:
        return None
    return reduce(or_, [fits(name, schema[name], how, value) for name in ([column] if column else names)])


def _comparisons(dtype: pl.DataType) -> list[How]:
    ordered = [How.AT_LEAST, How.AT_MOST] if dtype.is_numeric() or dtype.is_temporal() else []
    return [How.CONTAINS, How.IS, *ordered, How.EMPTY]


def fits(name: str, dtype: pl.DataType, how: How, value: str) -> pl.Expr:
    """Text is compared as it is shown, capital letters apart; a number or a day by what it means."""
    text = pl.col(name).cast(pl.String)
    if how is How.CONTAINS:
        return text.str.to_lowercase().str.contains(value.lower(), literal=True).fill_null(value=False)
    meant = _meant(dtype, value)
    if how is How.IS:
        same = text.str.to_lowercase() == value.lower()
        return (same if meant is None else same | (pl.col(name) == meant)).fill_null(value=False)
    if meant is None:
        example = EXAMPLES.get(dtype.base_type(), "12.5")
        raise SpecError(f"'{value}' cannot be compared with {name}.", hint=f"Write a value such as {example}.")
    compared = pl.col(name) >= meant if how is How.AT_LEAST else pl.col(name) <= meant
    return compared.fill_null(value=False)


def _meant(dtype: pl.DataType, value: str) -> pl.Expr | None:
    """The value in the column's type, if it can be one."""
    text = pl.Series([value])
    if dtype == pl.Date:
        found = text.str.to_date("%Y-%m-%d", strict=False)
    elif dtype.is_temporal():
        full = text if ":" in value else text + " 00:00:00"
        found = full.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    elif dtype.is_numeric():
        found = text.cast(pl.Float64 if dtype.is_float() else pl.Decimal(38, 18), strict=False)
    else:
        return None
    return None if found[0] is None else pl.lit(found[0], dtype=found.dtype)
