"""The file as it is beside the table it becomes; a row that is picked shows its line, highlighted."""

from collections.abc import Sequence
from functools import partial

import polars as pl
import streamlit as st

from hestia_assets.core.results import Preview, Reject
from streamlit_app.components.frames import ASIDE_WIDTHS, WRAPPED, show_rows
from streamlit_app.components.raw_text import CONTEXT_LINES, lines_around, show_raw
from streamlit_app.components.words import count
from streamlit_app.draft import Draft

RAW_LINES = 60
REJECTS_SHOWN = 100
TABLE_HEIGHT = 340

Spot = tuple[int, int]


def show_side_by_side(work: Draft, found: Preview, rejects: Sequence[Reject]) -> None:
    """Text on the left, table on the right."""
    left, right = st.columns([2, 3])
    with right:
        st.markdown(f"**The table** · {count(found.typed.height, 'row')} shown")
        key = f"typed-{work.number}-{work.edition}"
        show_rows(
            found.typed,
            empty="No row of this part of the file would be accepted.",
            height=TABLE_HEIGHT,
            key=key,
            on_pick=partial(_pick, work, key, _spots(found.typed)),
        )
        st.caption("Tick a row, here or below, to see its place in the file.")
    with left:
        st.markdown("**The file as it is**")
        show_raw(_raw(work, found, rejects), marked=work.spot, height=TABLE_HEIGHT)


def show_rejects(work: Draft, rejects: Sequence[Reject]) -> None:
    """Rows that would be set aside, each with its reason; one that is picked shows its line."""
    if not rejects:
        return
    shown = rejects[:REJECTS_SHOWN]
    rows = [
        {
            work.unit.capitalize(): r.line,
            "Column": r.column,
            "Why": r.message,
            "Value": r.value,
            "Original text": r.text,
        }
        for r in shown
    ]
    key = f"aside-{work.number}-{work.edition}-{work.step}"
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        row_height=WRAPPED,
        column_config=ASIDE_WIDTHS,
        key=key,
        on_select=partial(_pick, work, key, [(r.line, r.lines) for r in shown]),
        selection_mode="single-row",
    )
    if len(rejects) > REJECTS_SHOWN:
        st.caption(f"The first {REJECTS_SHOWN} of them.")


def _pick(work: Draft, key: str, spots: Sequence[Spot]) -> None:
    rows = st.session_state[key].selection.rows
    work.spot = spots[rows[0]] if rows and rows[0] < len(spots) else None


def _spots(frame: pl.DataFrame) -> list[Spot]:
    """Where each row stands in the file."""
    if "_line" not in frame.columns:
        return []
    lines = frame["_lines"] if "_lines" in frame.columns else pl.repeat(1, frame.height, eager=True)
    return list(zip(frame["_line"].to_list(), lines.to_list(), strict=True))


def _raw(work: Draft, found: Preview, rejects: Sequence[Reject]) -> Sequence[tuple[int, str]]:
    """The first lines, or those about the line under discussion; of a sheet, which is no text, its rows."""
    if found.raw_places:
        refused = {reject.line: reject.text for reject in rejects}
        rows = dict(zip(found.raw_places, found.raw, strict=False)) | refused
        return _about(sorted(rows.items()), work.spot)
    if work.spot is None:
        lines = found.raw[:-1] if found.raw[-1:] == [""] else found.raw  # a line that ends begins no other one
        return list(enumerate(lines[:RAW_LINES], start=1))
    with work.open() as source:
        return lines_around(source, work.recipe.encoding, work.spot)


def _about(rows: Sequence[tuple[int, str]], spot: Spot | None) -> Sequence[tuple[int, str]]:
    """The rows close to the one under discussion."""
    if spot is None:
        return rows[:RAW_LINES]
    return [row for row in rows if spot[0] - CONTEXT_LINES <= row[0] < sum(spot) + CONTEXT_LINES]
