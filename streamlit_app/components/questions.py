"""What only a person can decide about a file: which table, which of two readings; and what the file hides."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from hestia_assets.core.results import Choice, Note, Question, TableInFile
from hestia_assets.core.specs import Recipe
from streamlit_app.components.words import count, plain

SAMPLES_SHOWN = 3


def table_choice(tables: Sequence[TableInFile], recipe: Recipe, *, key: str) -> TableInFile | None:
    """A list of the tables of a file; gives another one than the present when the person chose it."""
    if len(tables) < 2:
        return None
    at = next((number for number, table in enumerate(tables) if reads(recipe, table)), 0)
    chosen = st.selectbox(
        f"Which table of the file? It has {len(tables):,}.",
        range(len(tables)),
        index=at,
        format_func=lambda number: _table_words(tables[number]),
        key=f"{key}-{at}",
        help="One table becomes one dataset. Import the file again for another one.",
    )
    return tables[chosen] if chosen != at else None


def reads(recipe: Recipe, table: TableInFile) -> bool:
    """Whether the recipe reads this table."""
    changed = recipe.with_changes(table.changes)
    return changed.model_dump(exclude={"columns"}) == recipe.model_dump(exclude={"columns"})


def _table_words(table: TableInFile) -> str:
    rows = "" if table.rows is None else f" · {count(table.rows, 'row')}"
    return f"{table.name}{rows}{' · hidden' if table.hidden else ''}"


def ask(question: Question, *, answered: int, key: str, among: int = 1) -> int:
    """One question as a card: its answers with their reasons, and rows that they change; gives the answer.

    Args:
        question: what is asked.
        answered: the present answer.
        key: of the card.
        among: how many questions are asked; of several, the rows wait until they are asked for.
    """
    with st.container(border=True, key=key):
        chosen = st.radio(
            f":material/help: **{plain(question.text)}**",
            range(len(question.choices)),
            index=answered,
            format_func=lambda number: plain(question.choices[number].label),
            captions=[plain(choice.because) for choice in question.choices],
            horizontal=len(question.choices) < 3,
            key=f"{key}-choice",
        )
        shown = [choice for choice in question.choices if choice.sample]
        if shown:
            with st.expander("Rows that differ", icon=":material/compare_arrows:") if among > 1 else st.container():
                for place, choice in zip(st.columns(max(len(shown), 2)), shown, strict=False):
                    _sample(place, choice)
    return chosen


def _sample(place: Any, choice: Choice) -> None:
    place.caption(f"**{plain(choice.label)}**")
    rows = choice.sample[:SAMPLES_SHOWN]
    names = _names(choice.sample_header, max(map(len, rows)))
    place.dataframe(
        [dict(zip(names, row, strict=False)) for row in rows], hide_index=True, placeholder="", height="content"
    )


def _names(header: Sequence[str], width: int) -> list[str]:
    """A name for each column; one that is empty or was there before gets a number."""
    names: list[str] = []
    for position in range(width):
        given = header[position] if position < len(header) else ""
        names.append(given if given and given not in names else f"{given or 'Column'} {position + 1}")
    return names


def show_notes(notes: Sequence[Note]) -> None:
    """What a person should know of the file, each with its count and places."""
    if not notes:
        return
    with st.container(border=True, key="notes"):
        lines = ["**Good to know about this file**"]
        for note in notes:
            where = f" :gray[{plain(', '.join(note.places))}]" if note.places else ""
            lines.append(f":orange[:material/info:] {plain(note.text)}{where}")
        st.markdown("  \n".join(lines))
