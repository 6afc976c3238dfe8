"""Step 2 of the import: what the file would become, and how it is read."""

import streamlit as st

from hestia_assets.core.results import Preview
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.side_by_side import show_rejects, show_side_by_side
from streamlit_app.components.verdict import show_reasons_aside, show_verdict
from streamlit_app.components.words import count, plain, size
from streamlit_app.draft import Draft, Step
from streamlit_app.facade import hestia, tenant
from streamlit_app.views.ingest_known import has_other_columns, map_columns, show_drift
from streamlit_app.views.ingest_reading import decide, edit

SEPARATORS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}


def preview(work: Draft) -> None:
    """Open questions, the text beside the table, the rows that would be set aside, then the forms."""
    if work.how_many > 1:
        _which(work)
    if has_other_columns(work):
        with explained():
            map_columns(work)
        _buttons(work, ready=False)
        return
    changing = work.saved is None
    if work.saved is not None:
        if not work.dropped and not st.session_state.get(f"change-{work.number}"):
            st.info(f"**{work.dataset}** knows how to read its files: nothing to answer.", icon=":material/bookmark:")
        with explained():
            show_drift(work)
        changing = st.toggle("Change how the files of this dataset are read", key=f"change-{work.number}")
    ready = False
    with explained():
        if changing:
            decide(work)
        look = st.container()
        if changing:
            edit(work)  # before the look, which shows what was chosen
        with look:
            if work.saved is None:
                _tell_of_a_dataset_like_it(work)
            _show(work, work.preview())
            _tell_of_new_types(work)
        ready = True
    _buttons(work, ready=ready)


def _which(work: Draft) -> None:
    """Another file of the same import, read in the same way."""
    if len(work.files) > 1:
        names, at = [file.name for file in work.files], work.looked
    else:
        names = [member.name for member in work.members or ()]
        at = names.index(work.member) if work.member in names else 0
    chosen = st.selectbox(
        f"All {len(names):,} files are read in one way. Look at", range(len(names)), at,
        format_func=names.__getitem__, key=f"which-{work.number}",
    )  # fmt: skip
    if chosen == at:
        return
    with explained_later():
        work.look_at(chosen)
    st.rerun()


def _tell_of_a_dataset_like_it(work: Draft) -> None:
    """Next month's file is easily taken for a new dataset, as its name is another one."""
    names = {column.source for column in work.recipe.columns}
    saved = [item.spec for item in hestia().catalog.all("dataset", tenant=tenant())]
    alike = [one for one in saved if isinstance(one, DatasetSpec) and names == {c.source for c in one.recipe.columns}]
    if alike and len(names) > 1:
        st.info(
            f"**{plain(alike[0].name)}** has the same columns. If these rows belong there, go back and choose "
            "*A dataset that exists*: its rules hold then.",
            icon=":material/lightbulb:",
        )


def _tell_of_new_types(work: Draft) -> None:
    """The rows that are there get the new types too."""
    changes = hestia().ingest.retypes(work.spec) if work.saved is not None else None
    if changes is None:
        return
    named = ", ".join(f"**{one.column}** as {one.want} (now {one.have})" for one in changes.columns)
    st.info(
        f"{count(changes.rows, 'row')} of the table will be read again: {named}. Where a row does not fit, nothing is "
        "changed and the import says which.",
        icon=":material/published_with_changes:",
    )


def _show(work: Draft, found: Preview) -> None:
    st.subheader("What it would become")
    if found.read_as is not None:
        st.info(f"**This file is read as {found.read_as.value}.** {found.read_as.because}", icon=":material/translate:")
    _warn_of_one_column(work, found)
    verdict = show_verdict(work.counting(), checks=work.checks, among=work.how_many, name=work.file_name)
    if verdict is None or not verdict.complete:
        st.caption(_scanned(work, found))
    rejects = list(verdict.rejects) if verdict and verdict.rejects else found.rejects
    show_side_by_side(work, found, rejects)
    if rejects:
        with st.expander(
            f"Rows that would be set aside: {len(rejects):,} shown", expanded=True, icon=":material/rule:"
        ):
            show_reasons_aside(verdict.aside if verdict else (), unit=work.unit)
            show_rejects(work, rejects)


def _warn_of_one_column(work: Draft, found: Preview) -> None:
    """A file whose delimiter was not recognised looks like one wide column."""
    if len(work.recipe.columns) != 1 or work.unit != "line":
        return
    lines = [line for line in found.raw[work.recipe.preamble_lines :] if line.strip()]
    for sign, word in SEPARATORS.items():
        holding = sum(sign in line for line in lines)
        if sign != work.recipe.delimiter and len(lines) > 1 and holding * 2 > len(lines):
            st.warning(
                f"**Only one column was found, though most lines hold a {word}.** If it stands between columns, "
                "choose it under How the file is read.",
                icon=":material/view_column:",
            )
            return


def _scanned(work: Draft, found: Preview) -> str:
    """Plainly, how much of the file this page has read."""
    assert work.file is not None, "a file is chosen before it is previewed"
    units = count(found.account.total, work.unit)
    if found.complete:
        return f"Hestia has read the whole file for this preview: {units}."
    part = f"the first {size(found.scanned_bytes)} of {size(work.file.size_bytes)} ({units})"
    return f"For this preview Hestia has read {part}. The rest is read, and checked, when you import."


def _buttons(work: Draft, *, ready: bool) -> None:
    """What cannot be previewed cannot be imported either."""
    with st.container(horizontal=True):
        if st.button("Back", icon=":material/arrow_back:"):
            work.go(Step.CHOOSE)
        if st.button("Continue", type="primary", icon=":material/arrow_forward:", disabled=not ready):
            work.go(Step.RULES)
        if work.saved is not None and st.button("Import now", icon=":material/bolt:", disabled=not ready):
            work.go(Step.RUN)
