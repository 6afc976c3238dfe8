"""The Sources page: addresses that files of a dataset are fetched from, by hand or on a schedule."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.specs import DatasetSpec, SourceSpec, parse
from streamlit_app.components import links
from streamlit_app.components.explained import explained, show_kept
from streamlit_app.components.launch import save
from streamlit_app.components.name_input import name_input
from streamlit_app.components.source_card import BY_HAND, ask_schedule, show_source
from streamlit_app.components.words import count, dataset_name, size
from streamlit_app.facade import hestia, tenant


def page() -> None:
    """Each source with its last result, then a form for a new one."""
    st.title("Sources")
    st.write("A source is an address that Hestia fetches files from. A file that has not changed is not fetched twice.")
    show_kept()
    with explained():
        datasets = [item.spec for item in hestia().catalog.all("dataset", tenant=tenant())]
        known = [spec.name for spec in datasets if isinstance(spec, DatasetSpec) and spec.recipe.columns]
        if not known:
            st.info(
                "A source needs a dataset that knows how to read its files: import a first file.",
                icon=":material/info:",
            )
            links.link_to("import", "Import a file", icon=":material/upload_file:")
            return
        sources = [i.spec for i in hestia().catalog.all("source", tenant=tenant()) if isinstance(i.spec, SourceSpec)]
        if not sources:
            st.info("There is no source yet. Add the first one below.", icon=":material/info:")
        for source in sources:
            show_source(source)
        _new(known, expanded=not sources)


def _new(datasets: Sequence[str], *, expanded: bool) -> None:
    with st.expander("A new source", expanded=expanded, icon=":material/add:"), explained():
        url = st.text_input(
            "Address", key="new-source-url", placeholder="https://example.org/rates.csv or s3://bucket/folder/"
        ).strip()
        is_folder = url.startswith("s3://")
        pattern = st.text_input("Only names like", "*", key="new-source-pattern") if is_folder else "*"
        left, right = st.columns(2)
        only = 0 if len(datasets) == 1 else None
        dataset = left.selectbox(
            "Dataset", datasets, only, placeholder="Choose the dataset", help="Its saved way of reading is used."
        )
        proposed = dataset_name(url.rstrip("/").rsplit("/", 1)[-1]) if url else ""
        name = name_input(right, "Name of the source", value=proposed, key=f"new-source-{proposed}")
        schedule, zone = ask_schedule(BY_HAND, "UTC", key="new-source", watched=is_folder)
        with st.container(horizontal=True):
            try_it = st.button("Try the address", icon=":material/wifi_tethering:", disabled=not url)
            wanted = st.button("Save", type="primary", icon=":material/save:", disabled=not (url and name and dataset))
        if try_it:
            _try(url, pattern or "*")
        if wanted:
            fields = {
                "name": name, "tenant": tenant(), "dataset": dataset, "url": url, "pattern": pattern or "*",
                "schedule": schedule, "time_zone": zone,
            }  # fmt: skip
            save(parse(SourceSpec, fields), seen=0)
            st.rerun()


def _try(url: str, pattern: str) -> None:
    """What is there, without fetching it. Raises HestiaError."""
    with st.spinner("Asking …"):
        found = hestia().sources.check(url, pattern)
    if not found:
        st.warning("The address answers, but has no file with such a name.", icon=":material/search_off:")
        return
    st.success(f"The address answers: {count(len(found), 'file')} seen.", icon=":material/check:")
    st.dataframe(
        [{"File": one.name, "Size": "" if one.size_bytes is None else size(one.size_bytes)} for one in found],
        hide_index=True,
        height="content",
    )
