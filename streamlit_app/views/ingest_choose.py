"""Step 1 of the import: which file, and where its rows go."""

import streamlit as st

from hestia_assets.core.results import IncomingFile
from hestia_assets.core.specs import DatasetSpec, parse
from streamlit_app.components.explained import explained_later
from streamlit_app.components.name_input import name_input
from streamlit_app.components.upload import limit_in_words, upload_area
from streamlit_app.components.words import ago, dataset_name, plain, size, usable_name
from streamlit_app.draft import ChosenFile, Draft, Step, claim, start_over
from streamlit_app.facade import hestia, tenant, uploads
from streamlit_app.uploads import CLAIM_SECONDS

NEW, EXISTING = "A new dataset", "A dataset that exists"


def choose(work: Draft) -> None:
    """Ask for the file, then for the dataset."""
    if work.file is None:
        _ask_for_file(work)
    else:
        _chosen(work, work.file)
        _ask_for_dataset(work, work.file)


def _ask_for_file(work: Draft) -> None:
    uploads().give_back_unused(older_than_seconds=CLAIM_SECONDS)
    waiting = hestia().ingest.waiting(tenant())
    st.write("Bring a file with rows and columns. Nothing is imported before you have seen what would come of it.")
    note = f"CSV, TSV or other text with columns, up to {limit_in_words()}"
    if uploaded := upload_area(key=f"upload-{work.number}", note=note):
        _take(work, ChosenFile(uploaded.name, uploaded.size_bytes, token=uploaded.token))
        st.rerun()
    st.subheader("Waiting in the drop folder")
    if not waiting:
        folder = hestia().settings.landing.resolve() / tenant() / "incoming"
        st.caption(f"No file waits. Programs can leave files in `{folder}/<dataset>/`; they show up here.")
    for number, file in enumerate(waiting):
        _waiting_row(work, file, number)


def _waiting_row(work: Draft, file: IncomingFile, number: int) -> None:
    name = file.path.rsplit("/", 1)[-1]
    with st.container(border=True):
        text, button = st.columns([5, 1], vertical_alignment="center")
        text.markdown(
            f"**{plain(name)}** for {plain(file.dataset)}  \n{size(file.size_bytes)}, arrived {ago(file.modified_at)}"
        )
        button.button("Take this file", key=f"take-{number}", width="stretch", on_click=_claim, args=(work, file))


def _claim(work: Draft, file: IncomingFile) -> None:
    """Runs before the page is drawn anew: by then the file may have gone from the list."""
    with explained_later():
        _take(work, claim(file))


def _take(work: Draft, file: ChosenFile) -> None:
    work.file = file
    work.dataset = file.folder or dataset_name(file.name)


def _ask_for_dataset(work: Draft, file: ChosenFile) -> None:
    known = {item.spec.name: item for item in hestia().catalog.all("dataset", tenant=tenant())}
    settled = file.folder and file.folder == usable_name(file.folder)
    name = file.folder if settled else _dataset_input(work, sorted(known))
    if not st.button("Continue", type="primary", icon=":material/arrow_forward:", disabled=not name):
        return
    work.dataset = parse(DatasetSpec, {"name": name, "tenant": tenant()}).name
    work.take_saved(known.get(work.dataset))
    _first_look(work, file)
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
        position = known.index(work.dataset) if work.dataset in known else 0
        return st.selectbox("Dataset", known, index=position, help="Its saved way of reading is used.")
    name = name_input(st, "Name of the new dataset", value=work.dataset, key=f"name-{work.number}")
    if name in known:
        st.info(f"There is a dataset called {name}. The rows will be added to it.", icon=":material/info:")
    return name


def _first_look(work: Draft, file: ChosenFile) -> None:
    """A dataset that exists is read as saved, without questions; a new one is inspected."""
    if work.saved is not None and work.saved.recipe.columns:
        work.take_recipe(work.saved.recipe)
        return
    with st.spinner("Looking into the file …"), file.open() as source:
        found = hestia().ingest.inspect(source, file_name=file.name)
    work.take_recipe(found.recipe)
    work.reasons = found.reasons


def _chosen(work: Draft, file: ChosenFile) -> None:
    with st.container(border=True):
        text, button = st.columns([5, 1], vertical_alignment="center")
        text.markdown(f":material/description: **{plain(file.name)}**  \n{size(file.size_bytes)}, complete")
        if button.button("Another file", key=f"other-{work.number}", width="stretch"):
            start_over()
            st.rerun()
