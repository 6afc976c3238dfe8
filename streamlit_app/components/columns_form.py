"""Names and types of columns, to be edited in a table."""

import math
from collections.abc import Sequence

import polars as pl
import streamlit as st

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Column, ColumnType, parse
from streamlit_app.components.words import TYPE_WORDS

MOST_COLUMNS = 12
HEIGHT_OF_MORE = 450  # pixels; half a row peeks out, so that one sees there are more
_TYPES = {word: kind for kind, word in TYPE_WORDS.items()}
_DATES = {
    "2024-12-31": "%Y-%m-%d",
    "31.12.2024": "%d.%m.%Y",
    "31/12/2024": "%d/%m/%Y",
    "12/31/2024": "%m/%d/%Y",
    "31-12-2024": "%d-%m-%Y",
    "20241231": "%Y%m%d",
}
_WRITTEN = {pattern: example for example, pattern in _DATES.items()}


def columns_form(columns: Sequence[Column], examples: pl.DataFrame, *, key: str) -> tuple[Column, ...]:
    """The table; gives the columns as they stand in it.

    Args:
        columns: as guessed or saved; they must stay the same as long as ``key`` does.
        examples: first rows as text, columns in the same order.
        key: changes when the columns are guessed anew.

    Raises:
        SpecError: a name or a written form is not usable.
    """
    first = [_example(examples, position) for position in range(len(columns))]
    edited = st.data_editor(
        [_row(column, example) for column, example in zip(columns, first, strict=True)],
        key=key,
        hide_index=True,
        num_rows="fixed",
        placeholder="",
        height="content" if len(columns) <= MOST_COLUMNS else HEIGHT_OF_MORE,
        disabled=["In the file", "First values"],
        column_config={
            "In the file": st.column_config.TextColumn(width=115),
            "Name": st.column_config.TextColumn(required=True, width=115),
            "Type": st.column_config.SelectboxColumn(options=list(_TYPES), required=True, width=115),
            "Written as": st.column_config.TextColumn(
                help="For dates, such as 31.12.2024 or %d.%m.%Y; for yes or no, such as ja|nein.",
                width=90,
            ),
            "Places": st.column_config.NumberColumn(
                help="Decimal places of a decimal number.", min_value=0, max_value=18, step=1, width=60
            ),
        },
    )
    return tuple(_column(old, row) for old, row in zip(columns, edited, strict=True))


def _row(column: Column, example: str) -> dict[str, object]:
    written = column.format or ""
    return {
        "In the file": column.source,
        "Name": column.name,
        "Type": TYPE_WORDS[column.type],
        "Written as": _WRITTEN.get(written, written),
        "Places": column.scale if column.type is ColumnType.DECIMAL else None,
        "First values": example,
    }


def _column(old: Column, row: dict[str, object]) -> Column:
    written, places = str(row["Written as"] or "").strip(), row["Places"]
    fields = {
        "source": old.source,
        "name": str(row["Name"] or "").strip(),
        "type": _TYPES[str(row["Type"])],
        "format": _DATES.get(written, written) or None,
        "scale": _whole(places, old.scale),
    }
    try:
        return parse(Column, fields)
    except SpecError as error:
        hint = "Use letters, digits and underscores; begin with a letter or digit."
        raise SpecError(f"'{fields['name']}' cannot be the name of a column.", hint=hint) from error


def _whole(value: object, otherwise: int) -> int:
    """A cell of a number column; an empty one may come back as NaN."""
    return int(value) if isinstance(value, int | float) and not math.isnan(value) else otherwise


def _example(examples: pl.DataFrame, position: int) -> str:
    if position >= examples.width:
        return ""
    values = [value for value in examples.to_series(position).head(20).to_list() if value]
    return ", ".join(dict.fromkeys(str(value) for value in values[:3]))
