"""The Exports page: a table becomes a file that is proved complete. ``?export=NAME`` opens one."""

import streamlit as st

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import ExportResult
from hestia_assets.core.specs import ExportSpec, parse
from streamlit_app.components import links
from streamlit_app.components.explained import explained
from streamlit_app.components.launch import save, start
from streamlit_app.components.name_input import name_input
from streamlit_app.components.run import show_run
from streamlit_app.components.words import every, plain, size
from streamlit_app.facade import hestia, principal, tenant

LAYERS = (Layer.TRANSFORMED, Layer.VALIDATED, Layer.QUARANTINE)


def page() -> None:
    """A form for a new export, then each export with its file."""
    st.title("Exports")
    st.write("An export writes one table to one file, then reads and counts it again before you can download it.")
    with explained():
        tables = [ref for ref in hestia().gate.tables(principal()) if ref.layer in LAYERS]
        if not tables:
            st.info("There is no table to export yet: import a file first.", icon=":material/info:")
            links.link_to("import", "Import a file", icon=":material/upload_file:")
            return
        exports = [i.spec for i in hestia().catalog.all("export", tenant=tenant()) if isinstance(i.spec, ExportSpec)]
        asked = st.query_params.get("export")
        for spec in sorted(exports, key=lambda spec: (spec.name != asked, spec.name)):
            _export(spec)
        _new(tables, expanded=not exports)


def _export(spec: ExportSpec) -> None:
    with st.container(border=True, key=f"export-{spec.name}"):
        words, button = st.columns([4, 1], vertical_alignment="center")
        words.markdown(f"### {spec.name}\n{plain(spec.table)} as {spec.format.upper()}")
        run_key = f"export-run-{spec.name}"
        if button.button("Export now", key=f"run-{spec.name}", icon=":material/play_arrow:", width="stretch"):
            with explained():
                st.session_state[run_key] = start(spec)
        if run_id := st.session_state.get(run_key):
            show_run(run_id, kind="export", subject=spec.name)
        with explained():
            _file(spec, hestia().exports.latest(spec))


def _file(spec: ExportSpec, result: ExportResult | None) -> None:
    if result is None:
        st.info("No file has been written yet. Press Export now.", icon=":material/info:")
        return
    name = hestia().exports.path(spec).name
    st.markdown(
        f":green[:material/verified:] **{plain(name)}** holds {every(result.rows, 'row')} of "
        f"{plain(result.table)} version {result.table_version} · {size(result.size_bytes)}"
    )
    st.caption(f"SHA-256 `{result.sha256}`")
    with st.container(horizontal=True):
        st.link_button("Download", links.export_download(name), icon=":material/download:", type="primary")
        st.link_button("Open in Dagster", links.asset(Layer.EXPORTED, spec.name), icon=":material/hub:")


def _new(tables: list[TableRef], *, expanded: bool) -> None:
    order = sorted(tables, key=lambda ref: (LAYERS.index(ref.layer), ref.name))
    with st.expander("A new export", expanded=expanded, icon=":material/add:"), explained():
        left, right = st.columns(2)
        table = left.selectbox("Table", order, format_func=lambda ref: f"{ref.layer.value}.{ref.name}")
        name = name_input(right, "Name of the file", value=table.name, key=f"export-name-{table}")
        if not st.button("Save and export", type="primary", icon=":material/play_arrow:", disabled=not name):
            return
        fields = {"name": name, "tenant": tenant(), "table": f"{table.layer.value}.{table.name}"}
        spec = parse(ExportSpec, fields)
        save(spec, seen=0)
        st.session_state[f"export-run-{spec.name}"] = start(spec)
        links.go_to("exports", export=spec.name)
