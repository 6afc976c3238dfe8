"""Step 4 of the import: hand the files in, start the run, watch it."""

import streamlit as st

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.results import UNFINISHED, Batch, BatchState
from streamlit_app.chosen import ChosenFile, Fate
from streamlit_app.components import links
from streamlit_app.components.batch import show_batch
from streamlit_app.components.explained import explained_later
from streamlit_app.components.fates import show_fates
from streamlit_app.components.launch import (
    ChangedMeanwhileError,
    announce,
    keep,
    newest,
    start_import,
    start_imports,
)
from streamlit_app.components.words import count
from streamlit_app.draft import Draft, Step
from streamlit_app.facade import hestia


def run(work: Draft) -> None:
    """Hand the files in, start the run, then show what becomes of them."""
    if not work.fates:
        _begin(work)
        return
    only = work.fates[0] if len(work.fates) == 1 else None
    if only is not None and only.batch:
        _one(only)
    else:
        show_fates(work.dataset, work.fates)
    links.link_to("datasets", f"See the dataset {work.dataset}", icon=":material/table:", dataset=work.dataset)


def _one(fate: Fate) -> None:
    if fate.known:
        st.info(
            "**These very bytes arrived in this dataset before.** Nothing is added twice; "
            "this is what came of them then.",
            icon=":material/content_copy:",
        )
    show_batch(fate.batch)


@st.fragment(run_every=0.3)
def _begin(work: Draft) -> None:
    """The first pass only clears the page of the step before; the second does the work."""
    if work.fates:
        return
    if not work.cleared:
        work.cleared = True
        st.info("Handing the file in …", icon=":material/hourglass_top:")
        return
    work.stop()
    with explained_later():
        _hand_in(work)
    if not work.fates:
        work.cleared = False
        work.step = Step.RULES if work.step is Step.RUN else work.step
    st.rerun()


def _hand_in(work: Draft) -> None:
    """Save the dataset, keep the files as batches, launch their run. Raises HestiaError."""
    changed = _keep(work)
    again = work.files[0].batch
    work.fates = (_again(work, again),) if again else tuple(_receive_each(work))
    waiting = [batch for batch in map(_batch, work.fates) if batch is not None and _waits(batch)]
    work.fates = tuple(_not_known(fate, waiting) for fate in work.fates)
    if not waiting:
        return
    if changed:  # without Dagster the files are safe as batches; their run can be started later
        announce(work.spec)
    if len(waiting) == 1:
        start_import(waiting[0])
    else:
        start_imports(work.spec, waiting)


def _again(work: Draft, batch: str) -> Fate:
    """A file that was imported before is read again, under the dataset as it is now."""
    anew = hestia().ingest.reimport(batch, author=hestia().author)
    return Fate(work.file_name, anew.id)


def _receive_each(work: Draft) -> list[Fate]:
    """One file that cannot be taken in stops no other; where it is the only one, its error does. Raises HestiaError."""
    fates: list[Fate] = []
    many = len(work.files)
    bar = st.progress(0.0, text="Storing …")
    for number, file in enumerate(work.files):
        bar.progress(number / many, text=f"Storing {number + 1:,} of {count(many, 'file')} …")
        try:
            fates += _receive(work, file)
        except HestiaError as error:
            if many == 1:
                raise
            fates.append(Fate(file.name, why=f"{error.message} {error.hint}"))
        file.remove()
    return fates


def _receive(work: Draft, file: ChosenFile) -> list[Fate]:
    """One batch, or one for each file of an archive. Raises HestiaError."""
    with file.open() as source:
        many = hestia().ingest.receive_all(
            work.spec, source, file_name=file.name, author=hestia().author, origin=file.origin
        )
    taken = [Fate(one.batch.file_name, one.batch.id, known=one.known) for one in many.received]
    return [*taken, *(Fate(one.name, why=one.why) for one in many.skipped if not one.harmless)]


def _batch(fate: Fate) -> Batch | None:
    return hestia().batches.get(fate.batch) if fate.batch else None


def _waits(batch: Batch) -> bool:
    return batch.state is BatchState.RECEIVED or (batch.state in UNFINISHED and not batch.run_id)


def _not_known(fate: Fate, waiting: list[Batch]) -> Fate:
    """A file that arrived before but was not imported yet is news."""
    return Fate(fate.name, fate.batch) if fate.batch in {batch.id for batch in waiting} else fate


def _keep(work: Draft) -> bool:
    """Save what the person changed, never over somebody else's change; tells whether there was one."""
    if work.saved is not None and work.spec == work.saved:
        return False
    try:
        changed = keep(work.spec, seen=work.version)
    except ChangedMeanwhileError:
        if work.saved is None:  # the new dataset's name was taken meanwhile
            work.step = Step.CHOOSE
            raise
        work.take_saved(newest(work.spec))
        work.take_recipe(work.saved.recipe)
        raise
    saved = newest(work.spec)
    work.version = saved.version if saved else 0
    return changed
