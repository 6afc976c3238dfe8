"""What a person decides about single rows in quarantine: drop, accept, open again; and what was done to one before."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import streamlit as st

from hestia_assets.core.results import Entry, EntryAction, EntryFilter, EntryId, EntryState, NewerRow
from hestia_assets.core.specs import DatasetSpec, Mode
from streamlit_app.components import links
from streamlit_app.components.entry_words import ACTIONS, place_of, problems_of
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.frames import WRAPPED
from streamlit_app.components.newer_rows import ask_about_newer, seen_newer, tried
from streamlit_app.components.resubmission import remember
from streamlit_app.components.words import count, plain
from streamlit_app.components.working import working
from streamlit_app.facade import hestia

PAGE_ROWS = 100
MOST_AT_ONCE = 10_000
LOADED = {EntryAction.CORRECTED, EntryAction.REPLAYED, EntryAction.ACCEPTED}
_WIDTHS = {
    "What is wrong": st.column_config.TextColumn(width=280),
    "File and place": st.column_config.TextColumn(width=140),
    "Original text": st.column_config.TextColumn(width=320),
}
_TICK = {
    EntryState.OPEN: "Tick rows to drop or accept them; tick one to see what was done to it.",
    EntryState.LOADED: "Tick a row to see what was done to it.",
    EntryState.DROPPED: "Tick rows to open them again; tick one to see what was done to it.",
}


def decide(spec: DatasetSpec, wanted: EntryFilter) -> None:
    """The table to tick rows in, what can be done with them, and the history of one."""
    page = int(st.session_state.get(f"decide-page-{spec.name}", 1))
    found = hestia().quarantine.entries(spec, wanted, limit=PAGE_ROWS, skip=(page - 1) * PAGE_ROWS)
    if said := st.session_state.pop(f"decided-{spec.name}", ""):
        st.success(said, icon=":material/task_alt:")
    if not found.entries:
        st.info("No row is like that.", icon=":material/info:")
        return
    ticked = _table(spec, found.entries, page)
    if found.total > PAGE_ROWS:
        st.pagination(-(-found.total // PAGE_ROWS), key=f"decide-page-{spec.name}")
    ids = [entry.id for entry in ticked]
    if 1 < found.total <= MOST_AT_ONCE and st.toggle(
        f"All {found.total:,} rows that fit", key=f"decide-all-{spec.name}", disabled=bool(ticked)
    ):
        ids = ids or [one.id for one in hestia().quarantine.entries(spec, wanted, limit=found.total).entries]
    if ids:
        _buttons(spec, ids, wanted.states[0])
    else:
        st.caption(_TICK[wanted.states[0]])
    if len(ticked) == 1:
        with explained():
            show_history(spec, ticked[0])


def _table(spec: DatasetSpec, shown: Sequence[Entry], page: int) -> list[Entry]:
    number = st.session_state.setdefault(f"decide-number-{spec.name}", 0)
    rows = [
        {"What is wrong": problems_of(one), "File and place": place_of(spec, one), "Original text": one.text}
        for one in shown
    ]
    picked = st.dataframe(
        rows, hide_index=True, placeholder="", row_height=WRAPPED, column_config=_WIDTHS,
        height="content" if len(rows) <= 6 else 420, on_select="rerun", selection_mode="multi-row",
        key=f"decide-{spec.name}-{shown[0].state}-{page}-{number}",
    )  # fmt: skip
    return [shown[row] for row in picked.selection.rows if row < len(shown)]


def _buttons(spec: DatasetSpec, ids: Sequence[EntryId], state: EntryState) -> None:
    rows = count(len(ids), "row")
    with st.container(horizontal=True):
        if state is EntryState.DROPPED:
            if st.button(f"Open {rows} again", icon=":material/restore_from_trash:", type="primary"):
                _done(spec, f"{count(_reopen(spec, ids), 'row')} can be fixed again.")
        elif state is EntryState.OPEN:
            with st.popover(f"Drop {rows}", icon=":material/delete:"):
                _drop(spec, ids)
            with st.popover(f"Accept {rows} as they are" if len(ids) > 1 else "Accept it as it is",
                            icon=":material/verified:"):  # fmt: skip
                _accept(spec, ids)
        else:
            st.caption("To take loaded rows out again, undo the import or the fix that loaded them.")


def _reopen(spec: DatasetSpec, ids: Sequence[EntryId]) -> int:
    with explained_later(), working("Waiting for other work …") as quarantine:
        return quarantine.reopen(spec, ids, author=hestia().author)
    return 0


def _drop(spec: DatasetSpec, ids: Sequence[EntryId]) -> None:
    st.write(f"{count(len(ids), 'row')} will not be loaded. You can open dropped rows again.")
    reason = st.text_input("Why are they not wanted?", key=f"drop-reason-{spec.name}", placeholder="such as: test rows")
    if st.button("Yes, drop them", type="primary", key=f"drop-{spec.name}", disabled=not reason.strip()):
        with explained_later(), working("Waiting for other work …") as quarantine:
            gone = quarantine.drop(spec, ids, reason=reason.strip(), author=hestia().author)
            st.session_state[f"decided-{spec.name}"] = f"**{count(gone, 'row')} dropped.** {plain(reason.strip())}"
        _done(spec)


def _accept(spec: DatasetSpec, ids: Sequence[EntryId]) -> None:
    """An exception in the rules, with its reason and its end."""
    st.write(
        "The rules that these rows fail get an exception for just such rows, which later files may use too. "
        "The exceptions stand with the rules of the dataset, where you can end them."
    )
    reason = st.text_input("Why are they right?", key=f"accept-reason-{spec.name}", placeholder="agreed with the shop")
    until = st.date_input(
        "Until (empty: for ever)", None, min_value=datetime.now(UTC).date(), max_value=date(9999, 12, 31),
        format="YYYY-MM-DD", key=f"accept-until-{spec.name}",
    )  # fmt: skip
    key = f"accept-trial-{spec.tenant}-{spec.name}"
    over = _may_overwrite(spec, ids, key) if spec.mode is Mode.UPSERT else ()
    if st.button("Yes, load them", type="primary", key=f"accept-{spec.name}", disabled=not reason.strip()):
        with explained_later(), working("Loading …") as quarantine:
            done = quarantine.accept(
                spec, ids, reason=reason.strip(), until=until, author=hestia().author, over_newer=over
            )
            remember(spec, done, "accepted and loaded")
        st.session_state.pop(key, None)
        _done(spec)


def _may_overwrite(spec: DatasetSpec, ids: Sequence[EntryId], key: str) -> tuple[NewerRow, ...]:
    """Rows in whose place the table has newer ones, those of them that may go."""
    stamp = (tuple(ids), st.session_state[f"decide-number-{spec.name}"])
    new = st.session_state.get(key, (None,))[0] != stamp
    found = None
    with explained():
        found = tried(key, stamp, lambda desk, over: desk.accept_preview(spec, ids, over_newer=over), asked=new)
        if found is not None:
            ask_about_newer(found, key)
    return seen_newer(found, key)


def _done(spec: DatasetSpec, said: str = "") -> None:
    if said:
        st.session_state[f"decided-{spec.name}"] = f"**{said}**"
    st.session_state[f"decide-number-{spec.name}"] += 1
    st.rerun()


def show_history(spec: DatasetSpec, entry: Entry) -> None:
    """Who did what to one row, and when."""
    st.markdown(f"**History of {plain(place_of(spec, entry))}**")
    events = hestia().quarantine.history(spec, entry.id)
    rows = [
        {"When": f"{one.at:%d %b %Y %H:%M UTC}", "Who": one.who, "What": ACTIONS[one.action], "Note": one.note}
        for one in events
    ]
    st.dataframe(rows, hide_index=True, placeholder="", height="content")
    loaded = next((one.by_batch for one in reversed(events) if one.by_batch and one.action in LOADED), None)
    if loaded and entry.state is EntryState.LOADED:
        links.link_to("datasets", "See the import that loaded it", icon=":material/history:",
                      dataset=spec.name, batch=loaded)  # fmt: skip
