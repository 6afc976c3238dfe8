"""Names and types of columns, to be edited in a table."""

from collections.abc import Sequence

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Column, parse
from streamlit_app.components.words import TYPE_WORDS
from streamlit_app.components.written import read_written, written_as

MOST_COLUMNS = 12
HEIGHT_OF_MORE = 450  # pixels; half a row peeks out, so that one sees there are more
_TYPES = {word: kind for kind, word in TYPE_WORDS.items()}


def columns_form(
    columns: Sequence[Column], examples: pl.DataFrame, *, key: str
) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The table; gives the columns as they stand in it, and the header texts of those that are left out.

    Args:
        columns: as guessed or saved; they must stay the same as long as ``key`` does.
        examples: first rows as text, columns in the same order.
        key: changes when the columns are guessed anew.

    Raises:
        SpecError: a name or a written form is not usable, or no column is left.
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
        column_config=_EDITOR,
    )
    pairs = list(zip(columns, edited, strict=True))
    taken = tuple(_column(old, row) for old, row in pairs if row["Take"])
    if not taken:
        raise SpecError("No column is left.", hint="Tick at least one under Take.")
    return taken, tuple(old.source for old, row in pairs if not row["Take"])


_EDITOR: dict[str, ColumnConfig | str | None] = {
    "Take": st.column_config.CheckboxColumn(width=75, help="A column that is not taken is left out by choice."),
    "In the file": st.column_config.TextColumn(width=105),
    "Name": st.column_config.TextColumn(required=True, width=110),
    "Type": st.column_config.SelectboxColumn(options=list(_TYPES), required=True, width=110),
    "Written as": st.column_config.TextColumn(
        help="How the file writes it: 31 December 2024 such as 31.12.2024 or %d.%m.%Y, a number such as 1.234,50, "
        "yes or no such as ja|nein.",
        width=120,
    ),
    "No value is": st.column_config.TextColumn(
        width=115, help="Words that mean there is no value, with commas between them, such as n/a, NULL. Empty is one."
    ),
    "First values": st.column_config.TextColumn(width=110),
}
"""Together they fit into a window of 800 pixels."""


def _row(column: Column, example: str) -> dict[str, object]:
    return {
        "Take": True,
        "In the file": column.source,
        "Name": column.name,
        "Type": TYPE_WORDS[column.type],
        "Written as": written_as(column),
        "No value is": ", ".join(word for word in column.null_words if word),
        "First values": example,
    }


def _column(old: Column, row: dict[str, object]) -> Column:
    """The column as it stands in the table. Raises SpecError."""
    kind = _TYPES[str(row["Type"])]
    words = [word.strip() for word in str(row["No value is"] or "").split(",") if word.strip()]
    fields = old.model_dump() | {
        "name": str(row["Name"] or "").strip(),
        "type": kind,
        "null_words": [*(word for word in old.null_words if not word), *words],
        **read_written(old, kind, str(row["Written as"] or "")),
    }
    try:
        return parse(Column, fields)
    except SpecError as error:
        hint = "Use letters, digits and underscores; begin with a letter or digit."
        raise SpecError(f"'{fields['name']}' cannot be the name of a column.", hint=hint) from error


def _example(examples: pl.DataFrame, position: int) -> str:
    if position >= examples.width:
        return ""
    values = [value for value in examples.to_series(position).head(20).to_list() if value]
    return ", ".join(dict.fromkeys(str(value) for value in values[:3]))
