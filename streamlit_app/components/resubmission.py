"""Rows that come back from quarantine: what loading them would do, what it did, and the way back."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.results import Batch, BatchState, Resubmission, StillWrong
from hestia_assets.core.sentences import SEVERITY_WORDS
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components import links
from streamlit_app.components.entry_words import places_of
from streamlit_app.components.explained import explained_later
from streamlit_app.components.frames import WRAPPED
from streamlit_app.components.sentences import result_in_words
from streamlit_app.components.words import count, plain
from streamlit_app.facade import hestia

SHOWN = 200
_WIDTHS = {
    "Row": st.column_config.TextColumn(width=180),
    "Column": st.column_config.TextColumn(width=110),
    "Why": st.column_config.TextColumn(width=380),
}


def show_trial(spec: DatasetSpec, found: Resubmission) -> None:
    """What would be loaded, what would not and why."""
    good, wrong = len(found.loaded), len(found.still_wrong)
    if good:
        st.success(
            f"**{count(good, 'row')} would be loaded.** Nothing is saved yet."
            + (f" {count(wrong, 'row')} {'is' if wrong == 1 else 'are'} still wrong." if wrong else ""),
            icon=":material/check:",
        )
    elif wrong:
        verb = "is" if wrong == 1 else "are"
        st.warning(f"**No row would be loaded:** {count(wrong, 'row')} {verb} still wrong.", icon=":material/error:")
    if found.known:
        st.caption(f"{count(len(found.known), 'row')} left alone: loaded or dropped already. Nothing is loaded twice.")
    show_wrong(spec, found.still_wrong)
    warned = [one for one in found.checks if not one.passed and one.severity != "reject"]
    for one in warned:
        st.caption(
            f":material/info: {result_in_words(one, spec.checks)}: {count(one.failed_rows, 'row')} failed. "
            f"{SEVERITY_WORDS[one.severity]}."
        )


def show_wrong(spec: DatasetSpec, wrong: Sequence[StillWrong]) -> None:
    """Each problem that is left, with its row."""
    if not wrong:
        return
    places = places_of(spec, [one.id for one in wrong[:SHOWN]])
    rows = [
        {"Row": places[one.id], "Column": column, "Why": why}
        for one in wrong[:SHOWN]
        for column, why in one.problems.items()
    ]
    st.dataframe(rows, hide_index=True, placeholder="", column_config=_WIDTHS, row_height=WRAPPED,
                 height="content" if len(rows) <= 5 else 320)  # fmt: skip
    if len(wrong) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(wrong):,} rows.")


def remember(spec: DatasetSpec, done: Resubmission, what: str = "loaded") -> None:
    """Keep a result for the next drawing of the page."""
    st.session_state[_key(spec)] = (done, what)


def show_done(spec: DatasetSpec) -> None:
    """What the last resubmission of this session did, with the way back, until another one is done."""
    kept: tuple[Resubmission, str] | None = st.session_state.get(_key(spec))
    if kept is None:
        return
    done, what = kept
    batches = [one for one in (done.batch, *done.others) if one is not None]
    with st.container(border=True):
        _say(spec, done, what, batches)
        show_wrong(spec, done.still_wrong)
        with st.container(horizontal=True, vertical_alignment="center"):
            for batch in batches:
                links.link_to("datasets", "See what was loaded", icon=":material/history:",
                              dataset=spec.name, batch=batch.id)  # fmt: skip
            if batches and st.button("Undo it", icon=":material/undo:", key=f"undo-fixes-{batches[0].id}"):
                _undo(spec, batches)
            st.button("All right", icon=":material/close:", type="tertiary", on_click=forget, args=(spec,))


def forget(spec: DatasetSpec) -> None:
    """The result was read."""
    st.session_state.pop(_key(spec), None)


def _say(spec: DatasetSpec, done: Resubmission, what: str, batches: Sequence[Batch]) -> None:
    if any(batch.state is BatchState.HELD for batch in batches):
        st.warning(
            f"**The rows wait for you.** A rule of {plain(spec.name)} holds them; open them to decide.",
            icon=":material/pan_tool:",
        )
        return
    good, wrong = len(done.loaded), len(done.still_wrong)
    left = f" {count(wrong, 'row')} stay{'s' if wrong == 1 else ''} here, with the new values and the reason." if (
        wrong
    ) else ""  # fmt: skip
    took = len({one.id for one in done.newer} & set(done.loaded))
    newer = len(done.newer) - took
    if took:
        whose = "It" if good == 1 else f"{took:,} of them"
        left += f" {whose} took the place of newer values."
    if newer:
        left += f" {count(newer, 'row')} stay{'s' if newer == 1 else ''} here, as the table has newer values."
    words = f"**{count(good, 'row')} {'was' if good == 1 else 'were'} {what} into {plain(spec.name)}.**{left}"
    (st.success if good else st.warning)(words, icon=":material/task_alt:")


def _undo(spec: DatasetSpec, batches: Sequence[Batch]) -> None:
    """Take the rows out of the table again: they are in quarantine as before."""
    with explained_later(), st.spinner("Undoing …"):
        for batch in batches:
            hestia().ingest.undo(batch.id, author=hestia().author)
        forget(spec)
        st.session_state[f"{_key(spec)}-undone"] = True
    st.rerun()


def show_undone(spec: DatasetSpec) -> None:
    """Said once after an undo."""
    if st.session_state.pop(f"{_key(spec)}-undone", False):
        st.info("**Undone.** The rows left the table and are here again.", icon=":material/undo:")


def _key(spec: DatasetSpec) -> str:
    return f"resubmitted-{spec.tenant}-{spec.name}"
