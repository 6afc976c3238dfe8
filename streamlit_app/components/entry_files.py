"""Rows in quarantine as a workbook or CSV file that a person mends elsewhere and brings back."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Literal

import streamlit as st

from hestia_assets.core.results import EntryFilter, ExportedEntries, RefusedRow, Returned
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.frames import WRAPPED
from streamlit_app.components.newer_rows import ask_about_newer, seen_newer, tried
from streamlit_app.components.resubmission import remember, show_trial
from streamlit_app.components.words import count
from streamlit_app.components.working import working
from streamlit_app.facade import hestia

Kind = Literal["xlsx", "csv"]
KINDS: dict[Kind, tuple[str, str]] = {
    "xlsx": ("Workbook (Excel, LibreOffice)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("CSV file", "text/csv"),
}


@dataclass(frozen=True)
class Made:
    """A file that can be downloaded, and for which rows it was made."""

    wanted: EntryFilter
    kind: Kind
    data: bytes
    facts: ExportedEntries


@dataclass(frozen=True)
class Brought:
    """A file that came back, and what it says."""

    digest: str
    returned: Returned


def fix_elsewhere(spec: DatasetSpec, wanted: EntryFilter, total: int) -> None:
    """The file to take along on the left, the one that comes back on the right."""
    brought: Brought | None = None  # it stays so where the file is refused
    out, back = st.columns(2, gap="large")
    with out, explained():
        st.markdown("**1. Take them along**")
        _take_along(spec, wanted, total)
    with back, explained():
        st.markdown("**2. Bring them back**")
        brought = _bring_back(spec)
    if brought is not None:
        with explained():
            _show(spec, brought)


def _take_along(spec: DatasetSpec, wanted: EntryFilter, total: int) -> None:
    kind = st.radio(
        "As", list(KINDS), format_func=lambda one: KINDS[one][0], horizontal=True, key=f"kind-{spec.name}"
    )  # fmt: skip
    key = f"made-{spec.tenant}-{spec.name}"
    made: Made | None = st.session_state.get(key)
    if st.button(f"Make the file with {count(total, 'row')}", icon=":material/table_view:", disabled=not total):
        with working(f"Writing {count(total, 'row')} …") as quarantine:
            target = BytesIO()
            facts = quarantine.export(spec, target, format=kind, wanted=wanted)
            made = st.session_state[key] = Made(wanted, kind, target.getvalue(), facts)
    if made is None or (made.wanted, made.kind) != (wanted, kind):
        st.caption("Every cell is text, the first column says what is wrong. Mend the cells and save the file.")
        return
    st.download_button(
        f"Download {count(made.facts.rows, 'row')}", made.data, f"{spec.name}_to_fix.{kind}", KINDS[kind][1],
        icon=":material/download:", on_click="ignore", type="primary",
    )  # fmt: skip
    left = made.facts.total - made.facts.rows - len(made.facts.left_out)
    if left > 0:
        st.caption(f"{count(left, 'row')} more did not find room in one file: bring this one back first.")
    if made.facts.left_out:
        st.warning(f"**{count(len(made.facts.left_out), 'row')} cannot be written there exactly.**")
        _show_refused(made.facts.left_out)


def _bring_back(spec: DatasetSpec) -> Brought | None:
    number = st.session_state.setdefault(f"back-number-{spec.name}", 0)
    file = st.file_uploader(
        "The mended file", type=["xlsx", "ods", "csv", "xls", "xlsb"], key=f"back-{spec.tenant}-{spec.name}-{number}"
    )  # fmt: skip
    if file is None:
        st.caption("You see first what would be loaded; nothing is loaded twice.")
        return None
    data = file.getvalue()
    digest = f"{sha256(data).hexdigest()} {file.name}"
    key = f"brought-{spec.tenant}-{spec.name}"
    kept: Brought | None = st.session_state.get(key)
    if kept is None or kept.digest != digest:
        with working("Reading and checking …") as quarantine:
            returned = quarantine.read_back(spec, BytesIO(data), file_name=file.name)
        kept = st.session_state[key] = Brought(digest, returned)
    return kept


def _show(spec: DatasetSpec, brought: Brought) -> None:
    """What the file says, what would be loaded, and the button that does it."""
    found = brought.returned
    words = [f"**{count(len(found.fixes), 'row')} changed**"]
    words += [f"{found.unchanged:,} left as they were"] if found.unchanged else []
    words += [f"{len(found.known):,} loaded or dropped already"] if found.known else []
    words += [f"**{len(found.refused):,} refused**"] if found.refused else []
    st.markdown(f":material/assignment_returned: In that file: {' · '.join(words)}.")
    if found.refused:
        st.warning("**These rows are not taken.** What the spreadsheet did to them cannot be undone here.")
        _show_refused(found.refused)
    if not found.fixes:
        return
    key = f"tried-{spec.tenant}-{spec.name}"
    new = st.session_state.get(key, (None,))[0] != brought.digest
    trial = tried(key, brought.digest, lambda desk, over: desk.preview(spec, found.fixes, over_newer=over), asked=new)
    if trial is None:
        return
    show_trial(spec, trial)
    ask_about_newer(trial, key)
    if st.button(
        "Load the fixed rows", icon=":material/upload:", type="primary", key=f"load-brought-{spec.name}",
        disabled=not found.fixes, help="Rows that are still wrong stay here with their new values.",
    ):  # fmt: skip
        with explained_later(), working("Loading …") as quarantine:
            over = seen_newer(trial, key)
            remember(spec, quarantine.resubmit(spec, found.fixes, author=hestia().author, over_newer=over))
            st.session_state[f"back-number-{spec.name}"] += 1
            st.session_state.pop(f"brought-{spec.tenant}-{spec.name}", None)
            st.session_state.pop(f"made-{spec.tenant}-{spec.name}", None)
        st.rerun()


def _show_refused(refused: Sequence[RefusedRow]) -> None:
    rows = [{"Place": one.place, "Why": one.reason} for one in refused[:200]]
    st.dataframe(
        rows, hide_index=True, placeholder="", row_height=WRAPPED, height="content" if len(rows) <= 5 else 320,
        column_config={"Place": st.column_config.TextColumn(width=150),
                       "Why": st.column_config.TextColumn(width=480)},
    )  # fmt: skip
    if len(refused) > len(rows):
        st.caption(f"The first {len(rows)} of {len(refused):,}.")
