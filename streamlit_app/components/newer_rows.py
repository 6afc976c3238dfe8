"""Fixed rows in whose place the table has newer ones: shown before anything is loaded, and left open unless told so."""

from collections.abc import Callable

import streamlit as st

from hestia_assets.bootstrap import QuarantineService
from hestia_assets.core.results import NewerRow, Resubmission
from streamlit_app.components.entry_words import file_of
from streamlit_app.components.words import count
from streamlit_app.components.working import working

Judge = Callable[[QuarantineService, bool], Resubmission]
SHOWN = 200
_WIDTHS = {
    "Row": st.column_config.TextColumn(width=120),
    "Column": st.column_config.TextColumn(width=100),
    "In the table now": st.column_config.TextColumn(width=150),
    "Since": st.column_config.TextColumn(width=150),
    "It would get": st.column_config.TextColumn(width=150),
}


def tried(key: str, stamp: object, judge: Judge, *, asked: bool) -> Resubmission | None:
    """What loading would do, as it was found when it was asked for, or is found now that newer rows may go or not.

    ``judge``: the preview by a service whose steps are shown, told whether newer rows may be overwritten. None where
    nobody asked about this ``stamp``.
    """
    kept: tuple[object, dict[bool, Resubmission]] | None = st.session_state.get(key)
    if asked:
        kept = (stamp, {})
    elif kept is None or kept[0] != stamp:
        return None
    over = is_over(key)
    if over not in kept[1]:
        with working("Checking …") as quarantine:
            kept[1][over] = judge(quarantine, over)
        st.session_state[key] = kept
    return kept[1][over]


def is_over(key: str) -> bool:
    """Whether the person said that newer rows may go."""
    return bool(st.session_state.get(f"{key}-over", False))


def seen_newer(found: Resubmission | None, key: str) -> tuple[NewerRow, ...]:
    """The newer rows that were shown, where the person let them go: what came after that is not among them."""
    return found.newer if found is not None and is_over(key) else ()


def ask_about_newer(found: Resubmission, key: str) -> None:
    """The rows with both values, and the choice; they stay open unless it is made."""
    if not found.newer:
        return
    number = len(found.newer)
    one = number == 1
    if found.over_newer:
        words = f"**{count(number, 'row')} of these {'takes' if one else 'take'} the place of newer values.**"
    else:
        stay = "It stays" if one else "They stay"
        where = f"**The table has newer values for {count(number, 'row')}**, from later files or edits."
        words = f"{where} {stay} open here."
    st.warning(words, icon=":material/update:")
    show_newer(found.newer)
    st.toggle(
        f"Load {'it' if one else 'them'} too, over the newer values", key=f"{key}-over",
        help="Your choice stands in the history of each row. Undo brings the newer values back.",
    )  # fmt: skip


def show_newer(newer: tuple[NewerRow, ...]) -> None:
    """Each value of the table that would be lost, since when it is there, and what would take its place."""
    names = {one.since: file_of(one.since) for one in newer[:SHOWN]}
    rows = [
        {"Row": one.key, "Column": column, "In the table now": old, "Since": names[one.since], "It would get": new}
        for one in newer[:SHOWN]
        for column, (old, new) in (one.values or {"": ("removed" if one.is_gone else None, "the row again")}).items()
    ]
    height = "content" if len(rows) <= 5 else 220
    st.dataframe(rows, hide_index=True, placeholder="", column_config=_WIDTHS, height=height)
    if len(newer) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(newer):,} rows.")
