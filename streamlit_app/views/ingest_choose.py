"""Step 1 of the import: which files, and where their rows go."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.results import IncomingFile
from hestia_assets.core.specs import DatasetSpec, parse
from streamlit_app.chosen import ChosenFile, claim
from streamlit_app.components.explained import explained, explained_later, show_problem
from streamlit_app.components.name_input import name_input
from streamlit_app.components.upload import limit_in_words, upload_area
from streamlit_app.components.words import ago, count, dataset_name, plain, size, usable_name
from streamlit_app.draft import Draft, Step, start_over
from streamlit_app.facade import hestia, tenant, uploads
from streamlit_app.uploads import CLAIM_SECONDS
from streamlit_app.views.ingest_address import ask_for_address

NEW, EXISTING = "A new dataset", "A dataset that exists"
LISTED = 200


def choose(work: Draft) -> None:
    """Ask for the files, then for the dataset."""
    if not work.files:
        _ask_for_files(work)
        return
    for problem in work.refused:
        show_problem(problem)
    _chosen(work)
    _ask_for_dataset(work)


def _ask_for_files(work: Draft) -> None:
    uploads().give_back_unused(older_than_seconds=CLAIM_SECONDS)
    waiting = hestia().ingest.waiting(tenant())
    st.write("Bring files with rows and columns. Nothing is imported before you have seen what would come of it.")
    note = f"Tables in text, Excel, JSON, XML or Parquet, also packed as zip or gz; up to {limit_in_words()} each"
    with explained():
        if arrived := upload_area(key=f"upload-{work.number}", note=note):
            work.refused = arrived.refused
            _take(work, [ChosenFile(one.name, one.size_bytes, token=one.token) for one in arrived.files])
            st.rerun()
    with explained():
        if fetched := ask_for_address(key=f"address-{work.number}"):
            _take(work, fetched)
            st.rerun()
    _waiting(work, waiting)


def _waiting(work: Draft, waiting: Sequence[IncomingFile]) -> None:
    st.subheader("Waiting in the drop folder")
    if not waiting:
        folder = hestia().settings.landing.resolve() / tenant() / "incoming"
        st.caption(f"No file waits. Programs can leave files in `{folder}/<dataset>/`; they show up here.")
    for number, dataset in enumerate(sorted({file.dataset for file in waiting})):
        files = [file for file in waiting if file.dataset == dataset]
        _waiting_row(work, files, number)


def _waiting_row(work: Draft, files: Sequence[IncomingFile], number: int) -> None:
    """One line per dataset: its files are taken together."""
    names = [plain(file.path.rsplit("/", 1)[-1]) for file in files]
    shown = names[0] if len(names) == 1 else f"{count(len(names), 'file')}: {', '.join(names[:5])}"
    total = sum(file.size_bytes for file in files)
    newest = max(file.modified_at for file in files)
    with st.container(border=True):
        text, button = st.columns([5, 1], vertical_alignment="center")
        text.markdown(f"**{shown}** for {plain(files[0].dataset)}  \n{size(total)}, arrived {ago(newest)}")
        label = "Take this file" if len(files) == 1 else "Take these files"
        button.button(label, key=f"take-{number}", width="stretch", on_click=_claim, args=(work, files))


def _claim(work: Draft, files: Sequence[IncomingFile]) -> None:
    """Runs before the page is drawn anew: by then a file may have gone from the list."""
    with explained_later():
        _take(work, [claim(file) for file in files])


def _take(work: Draft, files: Sequence[ChosenFile]) -> None:
    work.files = tuple(files)
    work.dataset = files[0].folder or dataset_name(files[0].name)


def _chosen(work: Draft) -> None:
    with st.container(border=True):
        text, button = st.columns([5, 1], vertical_alignment="center")
        total = sum(file.size_bytes for file in work.files)
        name = work.files[0].name if len(work.files) == 1 else count(len(work.files), "file")
        text.markdown(f":material/description: **{plain(name)}**  \n{size(total)}, complete")
        if button.button(
            "Other files" if len(work.files) > 1 else "Another file", key=f"other-{work.number}", width="stretch"
        ):
            start_over()
            st.rerun()
        if len(work.files) > 1:
            _list([(file.name, file.size_bytes) for file in work.files])
            st.caption("All go to the same dataset. The first is looked into; one that does not fit stops no other.")
        with explained():
            members = work.parts()
            if members:
                st.markdown(f"**The archive holds {count(len(members), 'file')}.** Each is imported by itself.")
                _list([(member.name, member.size_bytes) for member in members])


def _list(files: Sequence[tuple[str, int | None]]) -> None:
    rows = [{"File": name, "Size": "" if bytes_ is None else size(bytes_)} for name, bytes_ in files[:LISTED]]
    st.dataframe(rows, hide_index=True, height="content" if len(rows) < 6 else 220)
    if len(files) > LISTED:
        st.caption(f"The first {LISTED} of {len(files):,}.")


def _ask_for_dataset(work: Draft) -> None:
    known = {item.spec.name: item for item in hestia().catalog.all("dataset", tenant=tenant())}
    folder = work.files[0].folder
    settled = folder and folder == usable_name(folder)
    name = folder if settled else _dataset_input(work, sorted(known))
    if not st.button("Continue", type="primary", icon=":material/arrow_forward:", disabled=not name):
        return
    work.dataset = parse(DatasetSpec, {"name": name, "tenant": tenant()}).name
    work.take_saved(known.get(work.dataset))
    _first_look(work)
    work.go(Step.PREVIEW)


def _dataset_input(work: Draft, known: list[str]) -> str:
    st.subheader("Where do the rows go?")
    where = NEW
    if known:
        start = 1 if work.dataset in known else 0
        where = st.radio(
            "Dataset",
            [NEW, EXISTING],
            index=start,
            horizontal=True,
            label_visibility="collapsed",
            key=f"where-{work.number}",
        )
    if where == EXISTING:
        position = known.index(work.dataset) if work.dataset in known else None
        chosen = st.selectbox(
            "Dataset", known, position, placeholder="Choose the dataset", help="Its saved way of reading is used."
        )
        return chosen or ""
    name = name_input(st, "Name of the new dataset", value=work.dataset, key=f"name-{work.number}")
    if name in known:
        st.info(f"There is a dataset called {name}. The rows will be added to it.", icon=":material/info:")
    return name


def _first_look(work: Draft) -> None:
    """A dataset that exists is read as saved, without questions; a new one is inspected."""
    members = work.parts()
    work.member = members[0].name if members else ""
    if work.saved is not None and work.saved.recipe.columns:
        work.take_fitting()
        return
    with st.spinner("Looking into the file …"), work.open() as source:
        found = hestia().ingest.inspect(source, file_name=work.file_name)
    work.take_found(found)
