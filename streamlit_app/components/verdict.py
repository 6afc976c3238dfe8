"""What the whole file would become, said while it is being counted."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.results import AsideCount, Changes, Verdict
from hestia_assets.core.sentences import left_as_edited
from hestia_assets.core.specs import CheckSpec
from streamlit_app.components.explained import show_problem_of
from streamlit_app.components.sentences import held_by, result_in_words
from streamlit_app.components.words import count, every, plain, size
from streamlit_app.counting import Counting

AT_ONCE_SECONDS = 0.6
REASONS_SHOWN = 50
_WIDTHS = {
    "Rows": st.column_config.NumberColumn(format="localized", width=60),
    "Why": st.column_config.TextColumn(width=260),
    "Column": st.column_config.TextColumn(width=120),
}


def show_verdict(
    counting: Counting, *, checks: Sequence[CheckSpec] = (), among: int = 1, name: str = ""
) -> Verdict | None:
    """The verdict, or how far the scan is; gives what is known so far. The page is drawn anew when it has ended.

    ``checks`` word what would hold the file. Of several files (``among``) only the one with this name is counted,
    which the page must not hide.
    """
    counting.wait(AT_ONCE_SECONDS)
    if among > 1:
        st.caption(f"1 of {among:,} files: **{plain(name)}** alone. The others are counted when they are imported.")
    if not counting.done:
        _watch(counting)
        return counting.verdict
    if counting.error is not None:
        show_problem_of(counting.error)
    elif counting.verdict is not None:
        _say(counting.verdict)
        _say_what_holds(counting.verdict, checks)
    return counting.verdict


@st.fragment(run_every=1.0)
def _watch(counting: Counting) -> None:
    if counting.done:
        st.rerun()
    verdict = counting.verdict
    if verdict is None:
        st.progress(0.0, text="Counting the whole file …")
        return
    share = min(verdict.scanned_bytes / max(verdict.total_bytes, 1), 1.0)
    so_far = f"{size(verdict.scanned_bytes)} of {size(verdict.total_bytes)}"
    st.progress(share, text=f"So far {_aside_of(verdict)}. Hestia goes on counting: {so_far}. You need not wait.")


def _say(verdict: Verdict) -> None:
    if not verdict.complete:
        part = f"{size(verdict.scanned_bytes)} of {size(verdict.total_bytes)}"
        st.info(f"**{_aside_of(verdict)}** in the part that was counted: {part}.", icon=":material/calculate:")
    elif verdict.rows_aside:
        st.warning(f"**{_aside_of(verdict)}.** The whole file was counted.", icon=":material/calculate:")
    else:
        good, fit = verdict.rows_good, "is fit" if verdict.rows_good == 1 else "are fit"
        words = (
            f"No row will be set aside: {every(good, 'row')} {fit} for the table." if good else "The file has no rows."
        )
        st.success(f"**{words}**", icon=":material/check:")
    if twice := left_as_edited(verdict.checks, "line"):
        st.info(plain(twice), icon=":material/edit:")


def _say_what_holds(verdict: Verdict, checks: Sequence[CheckSpec]) -> None:
    why = "; ".join(held_by(result, result_in_words(result, checks)) for result in verdict.checks if result.holds)
    if why:
        st.warning(
            f"**The file will wait for you:** {why}. Nothing of it is in the table before you release it.",
            icon=":material/pan_tool:",
        )


def _aside_of(verdict: Verdict) -> str:
    """Such as ``12 of 48,210 rows will be set aside``."""
    total = verdict.rows_good + verdict.rows_aside
    return f"{verdict.rows_aside:,} of {count(total, 'row')} will be set aside"


def show_reasons_aside(aside: Sequence[AsideCount], *, unit: str) -> None:
    """Why rows would be set aside, the most frequent reason first."""
    if not aside:
        return
    rows = [
        {"Rows": one.rows, "Why": why(one.rule), "Column": one.column or "", f"First {unit}": one.first_line}
        for one in sorted(aside, key=lambda one: -one.rows)[:REASONS_SHOWN]
    ]
    st.dataframe(
        rows, hide_index=True, placeholder="", height="content" if len(rows) < 8 else 300, column_config=_WIDTHS
    )


WHY = {
    "type": "the value is not of the column's type",
    "ragged": "too few or too many values",
    "unclosed_quote": "a quote that is never closed",
    "encoding": "bytes that are no text",
    "nul": "NUL bytes",
    "key": "the key is missing or there twice",
    "newer": "the table has a newer value",
    "edited": "the table has the row as it was edited",
}


def why(rule: str) -> str:
    """A rule that set rows aside, in words."""
    return WHY.get(rule, rule.replace("_", " "))


def show_changes(verdict: Verdict, changes: Changes, *, delete_limit: float) -> None:
    """What an import would do to the rows that are there, and whether the brake will hold it."""
    facts = {
        "New": (changes.new, "Rows whose key is not in the table yet."),
        "Changed": (changes.changed, "Rows that get other values."),
        "Same": (changes.same, "Rows that are not touched."),
        "Removed": (changes.deleted, "Rows that leave the table."),
    }
    for place, (label, (number, about)) in zip(st.columns(len(facts)), facts.items(), strict=True):
        place.metric(label, f"{number:,}", help=about)
    if changes.blanked:
        st.caption(f"{count(changes.blanked, 'value')} of the table would meet an empty one in the file.")
    there = changes.changed + changes.same + changes.deleted + verdict.rows_aside
    if changes.deleted > delete_limit * there:
        st.warning(
            f"**More than {delete_limit:.0%} of the rows would leave the table.** The file will wait for you before "
            "anything is changed.",
            icon=":material/pan_tool:",
        )
