"""Tables of rows; an empty one says so in words."""

from collections.abc import Callable

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from hestia_assets.core.results import SYSTEM_COLUMNS

FEW_ROWS = 8
WRAPPED = 66
"""Height of a row whose long texts go on in a second line; Streamlit wraps text from 4 rem on."""

ASIDE_WIDTHS: dict[str, ColumnConfig | str | None] = {
    **{unit: st.column_config.NumberColumn(format="%d", width=60) for unit in ("Line", "Record", "Row")},
    "Column": st.column_config.TextColumn(width=100),
    "Why": st.column_config.TextColumn(width=220),
    "Value": st.column_config.TextColumn(width=100),
    "Original text": st.column_config.TextColumn(width=260),
}
"""Rows that were set aside fit into a window of 800 pixels."""


def show_rows(
    frame: pl.DataFrame,
    *,
    empty: str,
    height: int = 320,
    key: str | None = None,
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Rows as a table, Hestia's own columns left out, or the sentence ``empty`` where there are none.

    Args:
        frame: the rows.
        empty: said instead of an empty table.
        height: in pixels, of more than a few rows.
        key: of the widget, where rows can be picked.
        on_pick: called when a row was picked.
    """
    shown = frame.drop([name for name in (*SYSTEM_COLUMNS, "_lines") if name in frame.columns])
    if shown.is_empty():
        st.info(empty, icon=":material/info:")
        return
    st.dataframe(
        _showable(shown),
        hide_index=True,
        height="content" if shown.height <= FEW_ROWS else height,
        placeholder="",
        column_config=_columns(shown),
        key=key,
        on_select=on_pick or "ignore",
        selection_mode="single-row",
    )


def _columns(frame: pl.DataFrame) -> dict[str, ColumnConfig | str | None]:
    """A date is shown without a time of day; a decimal, which is shown as text, stands right."""
    shown: dict[str, ColumnConfig | str | None] = {}
    for name, dtype in frame.schema.items():
        if dtype == pl.Date:
            shown[name] = st.column_config.DateColumn(format="YYYY-MM-DD")
        elif dtype.is_decimal():
            shown[name] = st.column_config.TextColumn(alignment="right")
    return shown


def _showable(frame: pl.DataFrame) -> pl.DataFrame:
    """Whole numbers past 2^53 and decimals lose digits in a browser: they are shown as text."""
    exact = [
        pl.col(name).cast(pl.String)
        for name, dtype in frame.schema.items()
        if dtype.is_decimal() or (dtype.is_integer() and _too_large(frame[name]))
    ]
    return frame.with_columns(exact)


def _too_large(numbers: pl.Series) -> bool:
    top, bottom = numbers.max(), numbers.min()
    return isinstance(top, int) and isinstance(bottom, int) and max(top, -bottom) > 2**53
