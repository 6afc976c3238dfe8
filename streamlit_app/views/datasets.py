"""The Datasets page: the list, and everything about one of them. ``?dataset=NAME&batch=ID`` opens one."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, BatchCounts, SpecVersion
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components import links
from streamlit_app.components.batch import show_batch
from streamlit_app.components.batches import show_batches, show_chart
from streamlit_app.components.entry_words import waiting
from streamlit_app.components.explained import explained
from streamlit_app.components.held_files import show_held
from streamlit_app.components.words import TYPE_WORDS, ago, batch_name, count, plain
from streamlit_app.components.written import written_as
from streamlit_app.facade import hestia, principal, tenant
from streamlit_app.views.dataset_profile import dataset_profile
from streamlit_app.views.dataset_rows import dataset_rows
from streamlit_app.views.dataset_rules import dataset_rules

PAGE_BATCHES = 20
CHARTED = 20
NAMED = 500
"""Files whose names the versions of a table are shown with; older ones by their number."""

OPERATIONS = {
    "create": "table made",
    "append": "rows added",
    "overwrite": "all rows replaced",
    "update": "rows changed",
    "compact": "small files joined",
    "optimize": "small files joined",
    "repair": "repaired",
}


def page() -> None:
    """The dataset in the address, or the first of the list."""
    st.title("Datasets")
    with explained():
        saved = {item.spec.name: item for item in hestia().catalog.all("dataset", tenant=tenant())}
        if not saved:
            st.info("There is no dataset yet. A dataset begins with its first file.", icon=":material/info:")
            links.link_to("import", "Import a file", icon=":material/upload_file:")
            return
        name = _choose(list(saved))
        if name not in saved:
            raise NotFoundError("dataset", name, known=list(saved))
        _dataset(saved[name])


def _choose(names: Sequence[str]) -> str:
    """The select box and the address say the same; an unknown name is kept, to be explained."""
    asked = st.query_params.get("dataset", names[0])
    options = list(names) if asked in names else [asked, *names]
    chosen = st.selectbox("Dataset", options, index=options.index(asked))
    if chosen != asked or "dataset" not in st.query_params:
        st.query_params.from_dict({"dataset": chosen} if chosen != asked else {**st.query_params, "dataset": chosen})
    return chosen


def _dataset(saved: SpecVersion) -> None:
    spec = saved.spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives what was asked for"
    counts = hestia().batches.counts(spec.tenant, spec.name)
    newest = hestia().batches.last_files(spec.tenant, spec.name, limit=1)
    _facts(spec, saved, counts, newest)
    if batch := st.query_params.get("batch"):
        _one_batch(spec, batch)
        return
    show_held(spec, lambda held: links.link_within("Decide", icon=":material/gavel:", dataset=spec.name, batch=held))
    names = ["Rows", "Columns", "Profile", "History", "Rules", "Versions"]
    rows, columns, profile, history, rules, versions = st.tabs(names, key=f"tab-{spec.name}", on_change="rerun")
    with rows:
        dataset_rows(spec)
    with columns:
        _columns(spec)
    with profile:
        if profile.open:  # counting takes a while: only where somebody looks
            dataset_profile(saved)
    with history:
        _history(spec, counts)
    with rules:
        dataset_rules(saved, newest)
    with versions:
        _versions(spec)


def _facts(spec: DatasetSpec, saved: SpecVersion, counts: BatchCounts, newest: Sequence[Batch]) -> None:
    if spec.description:
        st.write(spec.description)
    places = st.columns(3)
    places[0].metric("Rows", f"{_height(spec):,}")
    places[1].metric("Set aside", f"{counts.rows_quarantined:,}")
    places[2].metric("Files", f"{counts.files:,}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button("Open in Dagster", links.asset(Layer.VALIDATED, spec.name), icon=":material/hub:")
        links.link_to("import", "Import a file", icon=":material/upload_file:")
        if to_fix := waiting(spec).total:
            links.link_to("quarantine", f"Fix {count(to_fix, 'row')}", icon=":material/build:", dataset=spec.name)
    last = f"Last import {ago(newest[0].finished_at)}. " if newest else ""
    st.caption(f"{last}Rules and columns: version {saved.version}, by {plain(saved.author)} {ago(saved.created_at)}.")


def _height(spec: DatasetSpec) -> int:
    try:
        rows = hestia().gate.read(principal(), TableRef(Layer.VALIDATED, spec.tenant, spec.name), purpose=Purpose.PAGE)
    except NotFoundError:
        return 0
    return int(rows.select(pl.len()).collect().item())


def _one_batch(spec: DatasetSpec, batch: str) -> None:
    if st.button("All files of this dataset", icon=":material/arrow_back:"):
        links.go_to("datasets", dataset=spec.name)
    with explained():
        if hestia().batches.get(batch).dataset != spec.name:
            raise NotFoundError("file", batch)
        show_batch(batch)


def _columns(spec: DatasetSpec) -> None:
    if not spec.recipe.columns:
        st.info(
            "The columns are known once the first file was looked at on the Import page.",
            icon=":material/info:",
        )
        return
    rows = [
        {
            "Column": column.name,
            "Type": TYPE_WORDS[column.type],
            "Written as": written_as(column),
            "In the file": column.source,
        }
        for column in spec.recipe.columns
    ]
    st.dataframe(rows, hide_index=True, placeholder="", height="content" if len(rows) < 20 else 640)


def _history(spec: DatasetSpec, counts: BatchCounts) -> None:
    """Files and edits, the newest first, page by page."""
    if not counts.batches:
        st.info("No file has arrived yet.", icon=":material/info:")
        folder = hestia().ingest.drop_folder(spec.tenant, spec.name)
        st.caption(f"Programs can leave files in `{folder}`; they are imported by themselves.")
        return
    done = hestia().batches.last_files(spec.tenant, spec.name, limit=CHARTED)
    if len(done) > 1:
        show_chart(done)
    pages = -(-counts.batches // PAGE_BATCHES)
    key = f"history-{spec.name}-{pages}"
    page = min(int(st.session_state.get(key, 1)), pages)
    skip = (page - 1) * PAGE_BATCHES
    batches = hestia().batches.recent(spec.tenant, spec.name, limit=PAGE_BATCHES, skip=skip)
    picked = show_batches(batches, spec, key=f"{key}-{page}-{batches[0].id}")
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(f"{skip + 1:,} to {skip + len(batches):,} of {counts.batches:,}.", width="content")
            st.pagination(pages, key=key)
    if picked is not None:
        links.go_to("datasets", dataset=spec.name, batch=picked.id)


def _versions(spec: DatasetSpec) -> None:
    ref = TableRef(Layer.VALIDATED, spec.tenant, spec.name)
    if not hestia().tables.exists(ref):
        st.info("The table begins with the first import.", icon=":material/info:")
        return
    names = {one.id: batch_name(one) for one in hestia().batches.recent(spec.tenant, spec.name, limit=NAMED)}
    rows = [
        {
            "Version": v.version,
            "When": v.at.strftime("%d %b %Y %H:%M:%S UTC"),
            "What": OPERATIONS.get(v.operation, v.operation),
            "File": ", ".join(names.get(one, one) for one in (v.batch or "").split(",")),
        }
        for v in hestia().tables.versions(ref)
    ]
    st.caption("Every change of the table is a version, the newest first.")
    st.dataframe(rows, hide_index=True, placeholder="")
