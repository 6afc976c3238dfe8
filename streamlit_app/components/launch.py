"""Starting runs in Dagster from a page, with words for the seconds it takes."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.errors import SpecError
from hestia_assets.core.results import Batch, BatchState, SpecVersion
from hestia_assets.core.specs import AnySpec, DatasetSpec, ExportSpec, SourceSpec, TransformSpec, kind_of
from streamlit_app.facade import hestia
from streamlit_app.gateway import Gateway


class ChangedMeanwhileError(SpecError):
    """Somebody saved another version while a person was deciding."""

    code = "spec.changed_meanwhile"

    def __init__(self, kind: str, name: str, *, is_new: bool) -> None:
        if is_new:
            super().__init__(f"There is a {kind} called {name} already.", hint="Choose another name, or open that one.")
            return
        super().__init__(
            f"The {kind} {name} was changed in another tab or by somebody else meanwhile. Your changes are not saved.",
            hint="Look at it as it is now, and make your changes again.",
        )


def gateway() -> Gateway:
    """The Dagster of this installation."""
    return Gateway(hestia().settings.dagster_base)


def start_import(batch: Batch) -> None:
    """Launch the run of a batch and remember it. Raises UnavailableError."""
    with st.spinner("Starting the run …"):
        st.session_state[_run_key(batch.id)] = gateway().launch_import(batch)


def start_imports(spec: AnySpec, batches: Sequence[Batch]) -> None:
    """Launch one run for every batch of a dataset that waits, and remember it for these. Raises UnavailableError."""
    assert isinstance(spec, DatasetSpec), "only datasets have batches"
    with st.spinner("Starting the run …"):
        run_id = gateway().launch_imports(spec)
    for batch in batches:
        st.session_state[_run_key(batch.id)] = run_id


def start(spec: TransformSpec | ExportSpec | SourceSpec) -> str:
    """Launch a transform, an export or a fetch; returns the run id. Raises UnavailableError."""
    with st.spinner("Starting the run …"):
        if isinstance(spec, SourceSpec):
            return gateway().launch_fetch(spec)
        if isinstance(spec, TransformSpec):
            return gateway().launch_transform(spec)
        return gateway().launch_export(spec)


def save(spec: AnySpec, *, seen: int) -> None:
    """Keep a spec and, when that was a change, show it in Dagster. Raises HestiaError."""
    if keep(spec, seen=seen):
        announce(spec)


def forget(spec: AnySpec) -> None:
    """Delete a spec, in Dagster too. Raises HestiaError."""
    hestia().catalog.delete(kind_of(spec), spec.tenant, spec.name, author=hestia().author)
    with st.spinner("Telling Dagster about it …"):
        gateway().reload()


def keep(spec: AnySpec, *, seen: int) -> bool:
    """Keep a spec; tells whether it was a change.

    Args:
        spec: as the person wants it.
        seen: the version that the person saw while deciding, 0 for none.

    Raises:
        ChangedMeanwhileError: another version was saved since; nothing is overwritten.
    """
    now = newest(spec)
    if now is not None and now.spec.model_dump_json() == spec.model_dump_json():
        return False
    if (now.version if now else 0) != seen:
        raise ChangedMeanwhileError(kind_of(spec), spec.name, is_new=seen == 0)
    hestia().catalog.save(spec, author=hestia().author)
    return True


def newest(spec: AnySpec) -> SpecVersion | None:
    """The newest version of this spec, if it was ever saved."""
    saved = hestia().catalog.all(kind_of(spec), tenant=spec.tenant)
    return next((item for item in saved if item.spec.name == spec.name), None)


def announce(spec: AnySpec) -> None:
    """Show a kept spec in Dagster. Raises UnavailableError."""
    with st.spinner("Telling Dagster about it …"):
        gateway().announce(spec)


def run_of(batch: Batch) -> str:
    """The last run of a batch that is known here, or nothing.

    A batch that waits is no longer in the run that it remembers: that one has ended or given up.
    """
    launched = st.session_state.get(_run_key(batch.id), "")
    if batch.state is BatchState.RECEIVED and launched == batch.run_id:
        return ""
    return launched or (batch.run_id or "" if batch.state is not BatchState.RECEIVED else "")


def _run_key(batch: str) -> str:
    return f"run-of-{batch}"
