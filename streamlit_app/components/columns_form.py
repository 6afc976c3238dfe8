"""Names and types of columns, to be edited in a table."""

import math
from collections.abc import Sequence

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Column, ColumnType, parse
from streamlit_app.components.words import TYPE_WORDS

MOST_COLUMNS = 12
HEIGHT_OF_MORE = 450  # pixels; half a row peeks out, so that one sees there are more
_WITH_SIGN = {ColumnType.DECIMAL, ColumnType.FLOAT}
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


_SIGNS = {".": "1.5", ",": "1,5"}
_EXAMPLE_SIGNS = {example: sign for sign, example in _SIGNS.items()}


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
    "Take": st.column_config.CheckboxColumn(width=45, help="A column that is not taken is left out by choice."),
    "In the file": st.column_config.TextColumn(width=110),
    "Name": st.column_config.TextColumn(required=True, width=110),
    "Type": st.column_config.SelectboxColumn(options=list(_TYPES), required=True, width=110),
    "Written as": st.column_config.TextColumn(
        help="For dates, such as 31.12.2024 or %d.%m.%Y; for yes or no, such as ja|nein.", width=90
    ),
    "Places": st.column_config.NumberColumn(
        help="Decimal places of a decimal number.", min_value=0, max_value=18, step=1, width=60
    ),
    "Decimals": st.column_config.SelectboxColumn(
        options=list(_EXAMPLE_SIGNS), width=70, help="How decimal numbers are written: with a point or a comma."
    ),
    "No value is": st.column_config.TextColumn(
        width=90, help="Words that mean there is no value, with commas between them, such as n/a, NULL. Empty is one."
    ),
}


def _row(column: Column, example: str) -> dict[str, object]:
    written = column.format or ""
    return {
        "Take": True,
        "In the file": column.source,
        "Name": column.name,
        "Type": TYPE_WORDS[column.type],
        "Written as": _WRITTEN.get(written, written),
        "Places": column.scale if column.type is ColumnType.DECIMAL else None,
        "Decimals": _SIGNS[column.decimal_sign] if column.type in _WITH_SIGN else None,
        "No value is": ", ".join(word for word in column.null_words if word),
        "First values": example,
    }


def _column(old: Column, row: dict[str, object]) -> Column:
    written, places = str(row["Written as"] or "").strip(), row["Places"]
    sign = _EXAMPLE_SIGNS.get(str(row["Decimals"]), old.decimal_sign)
    words = [word.strip() for word in str(row["No value is"] or "").split(",") if word.strip()]
    fields = old.model_dump() | {
        "name": str(row["Name"] or "").strip(),
        "type": _TYPES[str(row["Type"])],
        "format": _DATES.get(written, written) or None,
        "scale": _whole(places, old.scale),
        "decimal_sign": sign,
        "thousands_sign": "" if old.thousands_sign == sign else old.thousands_sign,
        "null_words": [*(word for word in old.null_words if not word), *words],
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
