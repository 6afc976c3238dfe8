"""Starting runs in Dagster from a page, with words for the seconds it takes."""

import streamlit as st

from hestia_assets.core.results import Batch
from hestia_assets.core.specs import AnySpec, ExportSpec, TransformSpec
from streamlit_app.facade import hestia
from streamlit_app.gateway import Gateway


def gateway() -> Gateway:
    """The Dagster of this installation."""
    return Gateway(hestia().settings.dagster_base)


def start_import(batch: Batch) -> None:
    """Launch the run of a batch and remember it. Raises UnavailableError."""
    with st.spinner("Starting the run …"):
        st.session_state[_run_key(batch.id)] = gateway().launch_import(batch)


def start(spec: TransformSpec | ExportSpec) -> str:
    """Launch a transform or an export; returns the run id. Raises UnavailableError."""
    with st.spinner("Starting the run …"):
        if isinstance(spec, TransformSpec):
            return gateway().launch_transform(spec)
        return gateway().launch_export(spec)


def save(spec: AnySpec) -> bool:
    """Keep a spec and show it in Dagster; tells whether it was a change. Raises HestiaError."""
    kind = {"DatasetSpec": "dataset", "TransformSpec": "transform", "ExportSpec": "export"}[type(spec).__name__]
    before = [item.version for item in hestia().catalog.all(kind, tenant=spec.tenant) if item.spec.name == spec.name]
    saved = hestia().catalog.save(spec, author=hestia().author)
    if before == [saved.version]:
        return False
    with st.spinner("Telling Dagster about it …"):
        gateway().announce(spec)
    return True


def run_of(batch: Batch) -> str:
    """The last run of a batch that is known here, or nothing."""
    return st.session_state.get(_run_key(batch.id)) or batch.run_id or ""


def _run_key(batch: str) -> str:
    return f"run-of-{batch}"
