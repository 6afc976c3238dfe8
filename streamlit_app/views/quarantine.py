"""The page Fix rows: rows in quarantine, mended here or in a workbook, dropped, accepted, checked again.

``?dataset=NAME`` opens those of a dataset, ``&batch=ID`` those of one file.
"""

import streamlit as st

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results import EntryFilter, EntryState, SpecVersion
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components import links
from streamlit_app.components.entry_decisions import decide
from streamlit_app.components.entry_editor import fix_here
from streamlit_app.components.entry_files import fix_elsewhere
from streamlit_app.components.entry_filter import ask_for_entries
from streamlit_app.components.entry_replay import check_again
from streamlit_app.components.entry_words import waiting
from streamlit_app.components.explained import explained, show_kept
from streamlit_app.components.held_files import show_held
from streamlit_app.components.resubmission import show_done, show_undone
from streamlit_app.components.words import count
from streamlit_app.facade import hestia, tenant

HERE, ELSEWHERE, DECIDE, AGAIN = "Fix here", "Fix in Excel", "Drop or accept", "Check again"
_ICONS = {HERE: ":material/edit:", ELSEWHERE: ":material/table_view:", DECIDE: ":material/gavel:",
          AGAIN: ":material/replay:"}  # fmt: skip


def page() -> None:
    """The dataset in the address, or the one with most rows to fix."""
    st.title("Fix rows")
    with explained():
        saved = {item.spec.name: item for item in hestia().catalog.all("dataset", tenant=tenant())}
        to_fix = {name: number for name, item in saved.items() if (number := _open(item))}
        asked = st.query_params.get("dataset", "")
        if not to_fix and asked not in saved:
            _nothing(any_dataset=bool(saved))
            return
        name = _choose(saved, to_fix)
        if name not in saved:
            raise NotFoundError("dataset", name, known=list(saved))
        _rows(saved[name], batch=st.query_params.get("batch", ""))


def _open(item: SpecVersion) -> int:
    """Rows of a dataset that wait to be fixed."""
    spec = item.spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives what was asked for"
    return waiting(spec).total


def _nothing(*, any_dataset: bool) -> None:
    if any_dataset:
        st.success("**No row waits to be fixed.** Every row that arrived is in its table, or decided.",
                   icon=":material/task_alt:")  # fmt: skip
        st.caption("Rows that fail a rule, or whose values are not of their column's type, appear here.")
        links.link_to("datasets", "See the datasets", icon=":material/table:")
        return
    st.info("No dataset yet: import a file. Its rows that cannot be loaded will wait here.", icon=":material/info:")
    links.link_to("import", "Import a file", icon=":material/upload_file:")


def _choose(saved: dict[str, SpecVersion], to_fix: dict[str, int]) -> str:
    """The select box and the address say the same; datasets with rows to fix come first."""
    names = sorted(saved, key=lambda name: (-to_fix.get(name, 0), name))
    asked = st.query_params.get("dataset", names[0])
    options = names if asked in saved else [asked, *names]
    chosen = st.selectbox(
        "Dataset", options, options.index(asked),
        format_func=lambda name: f"{name} · {count(to_fix[name], 'row')} to fix" if name in to_fix else name,
    )  # fmt: skip
    if chosen != asked or "dataset" not in st.query_params:
        st.query_params.from_dict({"dataset": chosen} if chosen != asked else {**st.query_params, "dataset": chosen})
    return chosen


def _rows(saved: SpecVersion, *, batch: str) -> None:
    """Filter, table and what can be done."""
    spec = saved.spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives what was asked for"
    show_kept()
    show_undone(spec)
    show_done(spec)
    show_held(
        spec, lambda held: links.link_to("datasets", "Decide", icon=":material/gavel:", dataset=spec.name, batch=held)
    )
    if batch:
        links.link_within("Rows of all files", icon=":material/arrow_back:", dataset=spec.name)
    wanted = ask_for_entries(spec, batch=batch)
    total = hestia().quarantine.entries(spec, wanted, limit=1).total
    if wanted.states != (EntryState.OPEN,):
        decide(spec, wanted)
    elif not total and wanted == EntryFilter():
        st.success("**No row of this dataset waits to be fixed.**", icon=":material/task_alt:")
        links.link_to("datasets", "See the dataset", icon=":material/table:", dataset=spec.name)
    else:
        _ways(saved, spec, wanted, total)


def _ways(saved: SpecVersion, spec: DatasetSpec, wanted: EntryFilter, total: int) -> None:
    way = st.segmented_control(
        "How", list(_ICONS), default=HERE, required=True, key=f"way-{spec.name}", label_visibility="collapsed",
        format_func=lambda one: f"{_ICONS[one]} {one}",
    )  # fmt: skip
    with explained():
        if way == ELSEWHERE:
            fix_elsewhere(spec, wanted, total)
        elif way == DECIDE:
            decide(spec, wanted)
        elif way == AGAIN:
            check_again(spec, wanted, total, version=saved.version)
        else:
            fix_here(spec, wanted)
