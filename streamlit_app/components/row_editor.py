"""Rows of a table whose cells a person changes; what that would do is said before it is done."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from hestia_assets.core.results import SYSTEM_COLUMNS, CheckResult, EditPreview, RowEdit
from hestia_assets.core.sentences import SEVERITY_WORDS
from hestia_assets.core.specs import CheckSpec, DatasetSpec
from streamlit_app.components.frames import FEW_ROWS
from streamlit_app.components.sentences import sentence
from streamlit_app.components.words import count

YES_OR_NO = {"yes": "true", "no": "false"}
SHOWN = 100


def edit_cells(spec: DatasetSpec, rows: pl.DataFrame, *, key: str) -> list[RowEdit]:
    """The table; gives the rows that the person changed.

    Args:
        spec: of the dataset; what names a row cannot be changed.
        rows: as the table has them, with Hestia's own columns; the same as long as ``key`` is.
        key: of the widget.
    """
    known = {column.name for column in spec.recipe.columns}
    shown = rows.drop([name for name in (*SYSTEM_COLUMNS, "_lines") if name in rows.columns])
    locked = [name for name in shown.columns if name in spec.primary_key or name not in known]
    st.data_editor(
        shown.select(_cell(name, dtype) for name, dtype in shown.schema.items()),
        key=key,
        hide_index=True,
        num_rows="fixed",
        placeholder="",
        height="content" if shown.height <= FEW_ROWS else 420,
        disabled=locked,
        column_config={name: _config(dtype) for name, dtype in shown.schema.items()},
    )
    return row_edits(rows, st.session_state[key]["edited_rows"])


def row_edits(rows: pl.DataFrame, changed: Mapping[int | str, Mapping[str, Any]]) -> list[RowEdit]:
    """What a person typed into cells as edits: values written as the table shows them.

    Args:
        rows: as they were shown.
        changed: by the number of the row, new values by column.
    """
    found: list[RowEdit] = []
    for number, values in sorted((int(number), values) for number, values in changed.items()):
        row = rows.row(number, named=True)
        texts = {name: _text(value, rows.schema[name]) for name, value in values.items()}
        found.append(RowEdit(row["_batch"], row["_row"], texts, printed=True))
    return found


def show_preview(spec: DatasetSpec, rows: pl.DataFrame, edits: Sequence[RowEdit], preview: EditPreview) -> None:
    """What would change, cell by cell, what speaks against it, and what each rule says."""
    if preview.cells:
        cells, in_rows = count(preview.cells, "cell"), count(preview.rows, "row")
        verb = "changes" if preview.cells == 1 else "change"
        st.markdown(f":material/edit: **{cells} in {in_rows} {verb}.** Nothing is saved yet.")
    else:
        st.info("The rows have these values already: nothing would change.", icon=":material/info:")
    lines = [line for number, edit in enumerate(edits) for line in _changes(spec, rows, number, edit, preview)]
    st.dataframe(lines[:SHOWN], hide_index=True, placeholder="", height="content" if len(lines) <= FEW_ROWS else 320)
    if len(lines) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(lines):,} cells.")
    if preview.checks:
        st.table([_said(spec, result) for result in preview.checks], hide_index=True)
    if preview.refused:
        values = count(len(preview.refused), "value")
        st.error(
            f"**{values} cannot be taken.**  \nCorrect {'it' if len(preview.refused) == 1 else 'them'} above, or drop "
            "the changes. Nothing is saved while a value is wrong.",
            icon=":material/error:",
        )


def _changes(
    spec: DatasetSpec, rows: pl.DataFrame, number: int, edit: RowEdit, preview: EditPreview
) -> list[dict[str, str]]:
    """One line per cell, with why it is refused."""
    places = pl.Series((rows["_batch"] == edit.batch) & (rows["_row"] == edit.row)).arg_true()
    row = rows.row(places[0], named=True)
    refused = {each.column: each.message for each in preview.refused if each.position == number}
    named = ", ".join(str(row[name]) for name in spec.primary_key if name in row) or str(places[0] + 1)
    return [
        {
            "Row": named,
            "Column": name,
            "Now": _shown(rows[name][places[0]]),
            "Then": _shown(value),
            **({"Why not": _why(refused, name)} if preview.refused else {}),
        }
        for name, value in edit.values.items()
    ]


def _why(refused: Mapping[str, str], name: str) -> str:
    """A rule over several columns speaks of each of them."""
    return next((why for columns, why in refused.items() if name in columns.split(", ")), "")


def _said(spec: DatasetSpec, result: CheckResult) -> dict[str, str]:
    fits = (check for check in spec.checks if check.rule == result.rule and set(result.columns) <= set(check.columns))
    check = next(fits, CheckSpec(rule=result.rule, columns=result.columns))
    passed = f"{count(result.checked_rows, 'row')} passed"
    return {
        "Rule": sentence(check.model_copy(update={"columns": result.columns})),
        "Says": passed if result.passed else f"**{count(result.failed_rows, 'row')} failed**",
        "If a row fails": SEVERITY_WORDS[result.severity] if result.severity == "warn" else "The change is refused",
    }


def _shown(value: object) -> str:
    return "(empty)" if value in (None, "") else str(value)


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column as cells that a browser shows without losing a digit."""
    cell = pl.col(name)
    if dtype == pl.Boolean:
        return pl.when(cell).then(pl.lit("yes")).when(~cell).then(pl.lit("no")).alias(name)
    if dtype == pl.Date:
        return cell
    if dtype.is_temporal():
        return cell.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    return cell.cast(pl.String)


def _config(dtype: pl.DataType) -> ColumnConfig:
    if dtype == pl.Boolean:
        return st.column_config.SelectboxColumn(options=list(YES_OR_NO))
    if dtype == pl.Date:
        return st.column_config.DateColumn(format="YYYY-MM-DD")
    if dtype.is_temporal():
        return st.column_config.TextColumn(help="Such as 2024-12-31 08:30:00")
    if dtype.is_numeric():
        return st.column_config.TextColumn(alignment="right", help="A number such as 1234.5")
    return st.column_config.TextColumn()


def _text(value: object, dtype: pl.DataType) -> str | None:
    """A new value as the table would show it; an emptied cell has none."""
    if value is None or (value == "" and dtype != pl.String):
        return None
    return YES_OR_NO.get(str(value), str(value)) if dtype == pl.Boolean else str(value)
