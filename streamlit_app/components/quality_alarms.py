"""Unusual figures: what was expected, why, and a person's word that all is well."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.results.quality import Anomaly, AnomalyKind, Judged
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.explained import explained
from streamlit_app.components.words import count, plain
from streamlit_app.facade import hestia

MOST = 12


def show_alarms(
    dataset: DatasetSpec, alarms: Sequence[Anomaly], *, remarks: Sequence[Judged], quiet: str = "", learning: str = ""
) -> None:
    """Each alarm with its button; those that somebody called normal stand below and can be taken back.

    Where too little history keeps the check quiet (``quiet``, ``remarks``, ``learning``), that is no success.
    """
    waiting = [each for each in alarms if each.normal is None]
    if not waiting and quiet:
        st.info(f"{quiet} Until then nothing is called unusual.", icon=":material/hourglass_empty:")
    elif not waiting and not remarks:
        st.success("**No figure of the last 30 days is unusual.**", icon=":material/task_alt:")
    for each in waiting[:MOST]:
        _alarm(dataset, each)
    if len(waiting) > MOST:
        st.caption(f"{count(len(waiting) - MOST, 'older one')} not shown.")
    for each in remarks[:MOST]:
        st.info(f"{each.point.at:%A %d %B %Y}. {plain(each.remark)}", icon=":material/hourglass_empty:")
    if learning:
        st.caption(plain(learning))
    _accepted(dataset)


def _alarm(dataset: DatasetSpec, alarm: Anomaly) -> None:
    key = f"{dataset.name}-{alarm.metric}-{alarm.at.isoformat()}"
    with st.container(border=True):
        said, acts = st.columns([4, 1], vertical_alignment="center")
        said.markdown(f"**{plain(alarm.sentence)}**  \n{plain(alarm.expected.why)}")
        said.caption(f"{alarm.at:%A %d %B %Y, %H:%M} UTC")
        with acts:
            if alarm.batch:
                _see(dataset, alarm, key)
            with st.popover("That is normal"):
                _ask(dataset, alarm, key)


def _see(dataset: DatasetSpec, alarm: Anomaly, key: str) -> None:
    there = {"dataset": dataset.name, "batch": alarm.batch}
    st.button("See the file", key=f"see-{key}", type="tertiary", on_click=st.query_params.from_dict, args=(there,))


def _ask(dataset: DatasetSpec, alarm: Anomaly, key: str) -> None:
    level = alarm.kind is AnomalyKind.LEVEL
    st.caption(
        "The values since then are the new usual ones." if level else "It and values like it raise no alarm again."
    )
    note = st.text_input("Why is it normal?", key=f"note-{key}", placeholder="a bank holiday")
    if st.button("It is normal", key=f"normal-{key}", type="primary"):
        with explained():
            hestia().quality.normal(dataset, alarm, author=hestia().author, note=note.strip())
            st.rerun()


def _accepted(dataset: DatasetSpec) -> None:
    said = hestia().quality.verdicts_on(dataset)
    if not said:
        return
    with st.expander(f"Called normal ({len(said)})"):
        for each in reversed(said):
            text, act = st.columns([4, 1], vertical_alignment="center")
            value = each.metric.shown(each.value)
            note = f": {plain(each.note)}" if each.note else ""
            title = plain(f"{each.metric.title}: {value}, {each.at:%Y-%m-%d}")
            text.markdown(f"{title}. {plain(each.author)}{note}")
            if act.button("Take back", key=f"back-{each.id}"):
                with explained():
                    hestia().quality.normal_no_more(dataset, each.id, author=hestia().author)
                    st.rerun()
