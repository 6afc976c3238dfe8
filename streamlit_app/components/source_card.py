"""One source on its card: fetch now, what came last, pause, change, delete."""

import streamlit as st

from hestia_assets.core.addresses import shown
from hestia_assets.core.specs import SourceSpec, parse
from streamlit_app.components import links
from streamlit_app.components.explained import explained, explained_later
from streamlit_app.components.launch import forget, newest, save, start
from streamlit_app.components.run import show_run
from streamlit_app.components.words import ago, count, plain
from streamlit_app.facade import hestia

BY_HAND, OWN = "", "own"
SCHEDULES = {
    BY_HAND: "by hand, with the button",
    "0 * * * *": "every hour",
    "0 6 * * *": "every day at six",
    "0 6 * * mon": "every Monday at six",
    "0 6 1 * *": "on the first of each month at six",
    OWN: "another time",
}
WATCHED = "when something new is there, asked every minute"
"""A bucket without a schedule."""


def show_source(spec: SourceSpec) -> None:
    """The card."""
    with st.container(border=True, key=f"source-{spec.name}"):
        only = f", names like {plain(spec.pattern)}" if spec.pattern != "*" else ""
        st.markdown(
            f"### {plain(spec.name)}\n{plain(shown(spec.url))}{only} :material/arrow_forward: **{plain(spec.dataset)}**"
            f"  \n:material/schedule: {_when(spec)}"
        )
        run_key = f"source-run-{spec.name}"
        with st.container(horizontal=True):
            wanted = st.button("Fetch now", key=f"fetch-{spec.name}", icon=":material/download:", type="primary")
            _pause(spec)
            _delete(spec)
        if wanted:
            with explained():
                st.session_state[run_key] = start(spec)
        if run_id := st.session_state.get(run_key):
            show_run(run_id, kind="fetch", subject=spec.name)
        _last(spec)
        with st.expander("Change", icon=":material/edit:"), explained():
            _change(spec)
        links.link_to("datasets", f"See the dataset {spec.dataset}", icon=":material/table:", dataset=spec.dataset)


def _pause(spec: SourceSpec) -> None:
    """Nothing is fetched by itself while it is paused; by hand it still is."""
    if not spec.schedule and not spec.url.startswith("s3://"):
        return
    label, icon = ("Resume", ":material/play_arrow:") if spec.paused else ("Pause", ":material/pause:")
    if st.button(label, key=f"pause-{spec.name}", icon=icon, help="Paused, it is fetched by hand only."):
        with explained_later():
            found = newest(spec)
            save(spec.model_copy(update={"paused": not spec.paused}), seen=found.version if found else 0)
        st.rerun()


def _delete(spec: SourceSpec) -> None:
    """Asks once more, and says what stays."""
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(
            f"Nothing will be fetched from this address any more.  \n**Stays:** the dataset {plain(spec.dataset)}, its "
            "table, and every file that came from here, with undo and download."
        )
        if st.button("Yes, delete the source", key=f"delete-{spec.name}"):
            with explained_later():
                forget(spec)
            st.rerun()


def _last(spec: SourceSpec) -> None:
    """What the last fetch brought."""
    events = hestia().audit.recent(subject=f"source/{spec.key}", limit=20)
    last = next((event for event in events if event.action == "source.fetched"), None)
    if last is None:
        st.caption("It has not been fetched yet.")
        return
    arrived, skipped = last.details.get("received", ()), last.details.get("skipped", {})
    same = f", {count(last.details['known'], 'file')} had not changed" if last.details.get("known") else ""
    st.markdown(f"Last fetched {ago(last.at)}: {count(len(arrived), 'file')} arrived{same}.")
    for name, why in list(skipped.items())[:20]:
        st.warning(f"**{plain(name)}** was not taken in: {plain(why)}", icon=":material/warning:")


def _when(spec: SourceSpec) -> str:
    words = schedule_words(spec.schedule, watched=spec.url.startswith("s3://"))
    if spec.schedule:
        words = f"{words} ({plain(spec.time_zone)})"
    return f"**Paused.** Otherwise fetched {words}." if spec.paused else f"Fetched {words}."


def schedule_words(schedule: str, *, watched: bool) -> str:
    """When a source is fetched; a bucket without a schedule is watched."""
    if watched and not schedule:
        return WATCHED
    return SCHEDULES.get(schedule, f"at `{schedule}`")


def _change(spec: SourceSpec) -> None:
    found = newest(spec)
    version = found.version if found else 0
    key = f"change-{spec.name}-{version}"
    url = st.text_input("Address", spec.url, key=f"{key}-url").strip()
    pattern = st.text_input("Only names like", spec.pattern, key=f"{key}-pattern") if url.startswith("s3://") else "*"
    schedule, zone = ask_schedule(spec.schedule, spec.time_zone, key=key, watched=url.startswith("s3://"))
    if st.button("Save", key=f"{key}-save", icon=":material/save:"):
        changes = {"url": url, "pattern": pattern or "*", "schedule": schedule, "time_zone": zone}
        save(parse(SourceSpec, spec.model_dump() | changes), seen=version)
        st.rerun()


def ask_schedule(value: str, zone: str, *, key: str, watched: bool) -> tuple[str, str]:
    """When it is fetched: one of the usual times, or five fields of cron."""
    left, right = st.columns(2)
    usual = value if value in SCHEDULES else OWN
    options = list(SCHEDULES)

    def words(one: str) -> str:
        return SCHEDULES[OWN] if one == OWN else schedule_words(one, watched=watched)

    chosen = left.selectbox("Fetch it", options, options.index(usual), format_func=words, key=f"{key}-when")
    if chosen == OWN:
        chosen = left.text_input(
            "Minute, hour, day, month, weekday", value, key=f"{key}-cron", placeholder="30 6 * * mon-fri"
        ).strip()
    if chosen:
        zone = right.text_input("Time zone", zone, key=f"{key}-zone", help="Such as Europe/Berlin").strip()
    return chosen, zone
