"""What a person can do with one file that arrived: release, discard, undo, redo, read it in another way, download."""

import streamlit as st

from hestia_assets.core.layers import Layer
from hestia_assets.core.results import Batch, BatchState, UndoResult
from hestia_assets.core.specs import Mode
from streamlit_app.components import links
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.launch import run_of, start_import
from streamlit_app.components.words import BY_HAND, batch_name, count, plain
from streamlit_app.facade import hestia

KEPT_SHOWN = 100
DECISIONS = {"batch.released": "Released", "batch.discarded": "Discarded"}


def show_actions(batch: Batch) -> None:
    """The buttons that fit its state."""
    why = ""
    if batch.state is BatchState.HELD:
        why = st.text_input("Why do you decide so?", key=f"decision-{batch.id}", placeholder="kept with your decision")
    with st.container(horizontal=True), explained():
        match batch.state:
            case BatchState.HELD:
                if st.button("Import it anyway", icon=":material/check:", type="primary"):
                    hestia().ingest.release(batch.id, author=hestia().author, note=why)
                    start_again(batch)
                _discard(batch, why)
            case BatchState.FAILED:
                if st.button("Run again", icon=":material/play_arrow:", type="primary"):
                    start_again(batch)
                _discard(batch)
            case BatchState.COMMITTED:
                st.link_button("Open in Dagster", links.asset(Layer.VALIDATED, batch.dataset), icon=":material/hub:")
                if batch.closed_at is None:
                    _undo(batch)
            case BatchState.UNDONE if batch.sequence and batch.closed_at is None:
                _redo(batch)
            case _:
                pass
        if batch.state is not BatchState.HELD and batch.origin not in BY_HAND and batch.closed_at is None:
            _read_again(batch)
        _downloads(batch)
    if batch.closed_at is not None:
        st.caption(
            f"Since {batch.closed_at:%Y-%m-%d} it can be neither undone nor redone: what it replaced is kept no longer."
        )


def start_again(batch: Batch) -> None:
    """Launch its run; what goes wrong is said when the page is drawn anew."""
    with explained_later():
        start_import(batch)
    st.rerun()


def show_decisions(batch: Batch) -> None:
    """Who released or discarded it, when and why, as the audit trail has it."""
    for event in reversed(hestia().audit.recent(subject=batch.id)):
        if event.action in DECISIONS:
            note = plain(str(event.details.get("note", "")))
            st.caption(
                f":material/gavel: {DECISIONS[event.action]} by **{plain(event.actor)}** on "
                f"{event.at:%d %b %Y %H:%M UTC}{': ' + note if note else ', without a reason'}."
            )


def _discard(batch: Batch, why: str = "") -> None:
    """Asks once more: a discarded file is imported only when it is handed in again."""
    with st.popover("Discard the file", icon=":material/delete:"):
        st.write(f"None of its rows will be in **{batch.dataset}**. To import it later, bring the file again.")
        if st.button("Yes, discard it", key=f"discard-{batch.id}"):
            hestia().ingest.discard(batch.id, author=hestia().author, note=why)
            st.rerun()


def _undo(batch: Batch) -> None:
    """Says first what it would do, and which rows stay."""
    with st.popover("Undo", icon=":material/undo:"):
        if not st.toggle("Show what would happen", key=f"undo-look-{batch.id}"):
            st.caption("Takes the rows of this file out of the table again, also when others came later.")
            return
        with explained():
            found = hestia().ingest.undo_preview(batch.id)
            keep = bool(found.fixed) and _ask_about_fixes(batch, found)
            if keep:
                found = hestia().ingest.undo_preview(batch.id, keep_fixes=True)
            _say(found, f"of this file leave {plain(batch.dataset)}")
            if batch.mode is Mode.UPSERT:
                st.caption("Rows that later files only repeated belong to this one, and leave with it.")
            if st.button("Yes, undo it", key=f"undo-{batch.id}", type="primary"):
                with st.spinner("Undoing …"):
                    hestia().ingest.undo(batch.id, author=hestia().author, keep_fixes=keep)
                st.rerun()


def _ask_about_fixes(batch: Batch, found: UndoResult) -> bool:
    """What shall become of rows of the file that were set aside and fixed since; whether they stay."""
    one = found.fixed == 1
    names = ", ".join(dict.fromkeys(plain(_by(fix)) for fix in found.fixed_by[:5]))
    st.markdown(
        f"**{count(found.fixed, 'row')}** of this file {'was' if one else 'were'} set aside and fixed since ({names})."
    )
    leave, stay = ("It leaves too", "It stays") if one else ("They leave too", "They stay")
    chosen = st.radio(
        "Fixed rows", [leave, stay], key=f"undo-fixes-{batch.id}", label_visibility="collapsed",
        captions=["Redo brings all of them back, as they were fixed.",
                  "In the table, without the rest of the file. Handed in again, the file does not bring them twice."],
    )  # fmt: skip
    return chosen == stay


def _by(fix: str) -> str:
    """Who fixed rows, and when."""
    batch = hestia().batches.get(fix)
    return f"{batch.author}, {batch.created_at:%d %b %H:%M UTC}"


def _redo(batch: Batch) -> None:
    if st.button("Redo", icon=":material/redo:", type="primary", help="Brings the rows of this file back."):
        with explained_later(), st.spinner("Bringing the rows back …"):
            hestia().ingest.redo(batch.id, author=hestia().author)
        st.rerun()


def _say(result: UndoResult, what: str) -> None:
    """What an undo does, in rows, with those that stay."""
    st.markdown(f"**{count(result.removed, 'row')}** {what}.")
    if result.restored:
        st.markdown(
            f"**{count(result.restored, 'row')}** that it replaced come{'s' if result.restored == 1 else ''} back."
        )
    if not result.kept:
        return
    st.markdown(f"**{count(result.kept, 'row')}** stay as they are, because something later changed them:")
    shown = result.kept_rows[:KEPT_SHOWN]
    names = {batch: batch_name(hestia().batches.get(batch)) for batch in {kept.replaced_by for kept in shown}}
    rows = [{"Row": kept.identity, "Line": kept.line, "Changed by": names[kept.replaced_by]} for kept in shown]
    st.dataframe(rows, hide_index=True, placeholder="", height="content" if len(rows) < 6 else 220)


def _read_again(batch: Batch) -> None:
    """Into the wizard, with the original of this file."""
    if st.button(
        "Read it in another way", icon=":material/tune:", help="Change how this file is read, then import it anew."
    ):
        links.go_to("import", batch=batch.id)


def _downloads(batch: Batch) -> None:
    with st.popover("Download", icon=":material/download:"):
        st.link_button("The file as it arrived", links.original_download(batch.id), icon=":material/description:")
        if batch.account.total:
            st.link_button("The account as CSV", links.account_download(batch.id), icon=":material/balance:")
        if batch.rows_quarantined:
            st.link_button("Rows set aside", links.quarantine_download(batch.id), icon=":material/rule:")
    if run_id := run_of(batch):
        st.link_button("The run in Dagster", links.run(run_id), icon=":material/receipt_long:")
