"""Columns of a file for columns of a dataset: suggested with a reason each, to be accepted or changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from hestia_assets.core.results import ColumnMatch, FoundColumn, MappingSuggestion
from hestia_assets.core.specs import Column
from streamlit_app.components.columns_form import HEIGHT_OF_MORE, MOST_COLUMNS
from streamlit_app.components.words import count, plain

LEAVE_OUT = "leave it out"
ADD = "add it as a new column"


@dataclass(frozen=True)
class Mapped:
    """Which column is which; the headers of columns that are left out, and of those that the dataset gains."""

    matches: tuple[ColumnMatch, ...]
    ignored: tuple[str, ...]
    added: tuple[str, ...]


def mapping_form(
    found: Sequence[FoundColumn], suggestion: MappingSuggestion, columns: Sequence[Column], *, key: str
) -> Mapped | None:
    """The table; gives what becomes of each column, or nothing while two want one column.

    Args:
        found: columns of the file with values.
        suggestion: what is proposed; what is not sure is left out until the person says otherwise.
        columns: of the dataset.
        key: of the widget.
    """
    chosen = _table(found, suggestion, [LEAVE_OUT, ADD, *(column.name for column in columns)], key=key)
    taken = [target for target in chosen if target not in (LEAVE_OUT, ADD)]
    if twice := sorted({target for target in taken if taken.count(target) > 1}):
        st.warning(f"**Two columns of the file would become {plain(twice[0])}.** Leave one of them out.")
        return None
    _missing([column.name for column in columns if column.name not in taken])
    pairs = list(zip(suggestion.matches, chosen, strict=True))
    matches = [ColumnMatch(old.source, to, old.score, old.reason) for old, to in pairs if to in taken]
    ignored, added = ([old.source for old, to in pairs if to == fate] for fate in (LEAVE_OUT, ADD))
    if ignored:
        st.caption(f"Left out, now and in later files like this one: {plain(', '.join(ignored))}.")
    return Mapped(tuple(matches), tuple(ignored), tuple(added))


def _table(
    found: Sequence[FoundColumn], suggestion: MappingSuggestion, targets: Sequence[str], *, key: str
) -> list[str]:
    """Every column of the file with the one it goes to; gives the targets in that order."""
    values = {one.source: ", ".join(one.values[:3]) for one in found}
    rows = [
        {
            "In the file": match.source,
            "First values": values.get(match.source, ""),
            "Column of the dataset": match.target or LEAVE_OUT,
            "Why": match.reason,
        }
        for match in suggestion.matches
    ]
    edited = st.data_editor(
        rows,
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=["In the file", "First values", "Why"],
        height="content" if len(found) <= MOST_COLUMNS else HEIGHT_OF_MORE,
        column_config={
            "In the file": st.column_config.TextColumn(width=120),
            "First values": st.column_config.TextColumn(width=160),
            "Column of the dataset": st.column_config.SelectboxColumn(options=list(targets), required=True, width=150),
            "Why": st.column_config.TextColumn(width=280),
        },
    )
    return [str(row["Column of the dataset"]) for row in edited]


def _missing(names: Sequence[str]) -> None:
    if names:
        st.caption(
            f"{count(len(names), 'column')} of the dataset {'is' if len(names) == 1 else 'are'} not in this file: "
            f"{plain(', '.join(names))}. Its rows have no value there."
        )
