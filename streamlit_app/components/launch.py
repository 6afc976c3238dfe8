"""Starting runs in Dagster from a page, with words for the seconds it takes."""

import streamlit as st

from hestia_assets.core.results import Batch
from hestia_assets.core.specs import AnySpec, ExportSpec, TransformSpec, kind_of
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


def save(spec: AnySpec) -> None:
    """Keep a spec and, when that was a change, show it in Dagster. Raises HestiaError."""
    if keep(spec):
        announce(spec)


def keep(spec: AnySpec) -> bool:
    """Keep a spec; tells whether it was a change. Raises HestiaError."""
    before = hestia().catalog.all(kind_of(spec), tenant=spec.tenant)
    versions = [item.version for item in before if item.spec.name == spec.name]
    saved = hestia().catalog.save(spec, author=hestia().author)
    return versions != [saved.version]


def announce(spec: AnySpec) -> None:
    """Show a kept spec in Dagster. Raises UnavailableError."""
    with st.spinner("Telling Dagster about it …"):
        gateway().announce(spec)


def run_of(batch: Batch) -> str:
    """The last run of a batch that is known here, or nothing."""
    return st.session_state.get(_run_key(batch.id)) or batch.run_id or ""


def _run_key(batch: str) -> str:
    return f"run-of-{batch}"
