"""What became of one file, in a sentence that stays true when later files and edits change its rows."""

import polars as pl
import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import EDIT, RESUBMIT, Batch, BatchState
from hestia_assets.core.sentences import left_as_edited
from hestia_assets.core.specs import DatasetSpec, Mode
from streamlit_app.components.batches import changes_in_words
from streamlit_app.components.explained import show_problem
from streamlit_app.components.mode_form import MODE_WORDS
from streamlit_app.components.sentences import why_held
from streamlit_app.components.words import BY_HAND, batch_name, count, every, plain
from streamlit_app.facade import hestia, principal


def show_headline(batch: Batch) -> None:
    """The sentence, with what a person should know about it."""
    name, table = plain(batch_name(batch)), plain(batch.dataset)
    match batch.state:
        case BatchState.COMMITTED:
            _committed(batch, name, table)
        case BatchState.HELD:
            st.warning(f"**{name} waits for you.** None of its rows is in {table} yet.", icon=":material/pan_tool:")
            st.markdown(f"**Why:** {why_held(batch)}")
        case BatchState.UNDONE if batch.sequence:
            what = "The values before it are back" if batch.origin == EDIT else f"Its rows left {table}"
            stay = "What something later changed stayed as it is."
            redo = " You can redo it." if batch.closed_at is None else ""
            st.info(f"**{_begun(name)} was undone.** {what}. {stay}{redo}", icon=":material/undo:")
        case BatchState.UNDONE:
            st.info(f"**{name} was discarded.** None of its rows is in {table}.", icon=":material/undo:")
        case _:
            st.error(f"**{name} was not imported.** Nothing of it is in {table}.", icon=":material/error:")
            if batch.problem is not None:
                show_problem(batch.problem)


def _committed(batch: Batch, name: str, table: str) -> None:
    loaded, aside = batch.rows_loaded, batch.rows_quarantined
    if batch.origin == EDIT:
        st.success(f"**{plain(batch.author)} changed {count(loaded, 'row')} of {table}.**", icon=":material/edit:")
    elif batch.origin == RESUBMIT:
        st.success(
            f"**{plain(batch.author)} fixed {count(loaded, 'row')} of {table}** that had been set aside.",
            icon=":material/build:",
        )
        _say_gone(batch, table)
    elif aside:
        st.warning(
            f"**{count(loaded, 'row')} of {name} {_were(loaded)} imported into {table}.** "
            f"{count(aside, 'row')} {_were(aside)} set aside.",
            icon=":material/task_alt:",
        )
        if twice := left_as_edited(batch.checks, "line"):
            st.info(plain(twice), icon=":material/edit:")
    elif loaded:
        rows = _begun(every(loaded, "row"))
        st.success(f"**{rows} of {name} {_were(loaded)} imported into {table}.**", icon=":material/task_alt:")
    else:
        st.success(f"**{name} has no rows.** It was imported into {table} without any.", icon=":material/task_alt:")
    _changes(batch)
    _since(batch)


def _changes(batch: Batch) -> None:
    """What it did to the rows that were there, where it did more than add."""
    words = [f"{number:,} {word}" for word, number in changes_in_words(batch).items() if number]
    mode = MODE_WORDS[batch.mode].lower() if batch.mode and batch.mode is not Mode.APPEND else ""
    if batch.origin not in BY_HAND and (mode or len(words) > 1):
        st.caption(f"{mode.capitalize()}: {', '.join(words) or 'nothing changed'}." if mode else f"{', '.join(words)}.")


def _since(batch: Batch) -> None:
    """What later files and edits did to the rows that this one had brought; counted in the table as it is now."""
    gone = _brought(batch) - rows_now(batch)
    if gone > 0:
        has = "has" if gone == 1 else "have"
        st.caption(
            f":material/history: {count(gone, 'row')} of these {has} been changed or removed since, by later files "
            "or edits."
        )


def _brought(batch: Batch) -> int:
    """Rows that became this batch's own; a row that said the same as before stayed another's."""
    return batch.changes.new + batch.changes.changed if batch.changes else batch.rows_loaded


def rows_now(batch: Batch) -> int:
    """Rows that the table has of this batch at this moment."""
    try:
        ref = TableRef(Layer.VALIDATED, batch.tenant, batch.dataset)
        rows = hestia().gate.read(principal(), ref, purpose=Purpose.PAGE)
    except NotFoundError:
        return 0
    return int(rows.filter(pl.col("_batch") == batch.id).select(pl.len()).collect().item())


def _say_gone(batch: Batch, table: str) -> None:
    """Rows that were fixed, and are in the table no more, as their file was undone."""
    spec = hestia().catalog.get("dataset", batch.tenant, batch.dataset).spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives what was asked for"
    if gone := hestia().quarantine.left_with_files(spec, batch.id):
        st.info(
            f"**{count(gone, 'row')} of these left {table} with {'its file' if gone == 1 else 'their files'}**, "
            "undone since. Redo of the file brings them back.",
            icon=":material/undo:",
        )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _begun(text: str) -> str:
    """Text as the beginning of a sentence; a file keeps its name."""
    return text[:1].upper() + text[1:] if text.startswith(("the ", "all ", "edit ", "rows fixed ")) else text
