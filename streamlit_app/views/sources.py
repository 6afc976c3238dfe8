"""The Sources page: addresses that files of a dataset are fetched from, by hand or on a schedule."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.addresses import shown
from hestia_assets.core.specs import DatasetSpec, SourceSpec, parse
from streamlit_app.components import links
from streamlit_app.components.explained import explained
from streamlit_app.components.launch import newest, save, start
from streamlit_app.components.name_input import name_input
from streamlit_app.components.run import show_run
from streamlit_app.components.words import ago, count, dataset_name, plain, size
from streamlit_app.facade import hestia, tenant

BY_HAND, OWN = "", "own"
SCHEDULES = {
    BY_HAND: "by hand, with the button",
    "0 * * * *": "every hour",
    "0 6 * * *": "every day at six",
    "0 6 * * mon": "every Monday at six",
    "0 6 1 * *": "on the first of each month at six",
    OWN: "another time",
}


def page() -> None:
    """Each source with its last result, then a form for a new one."""
    st.title("Sources")
    st.write("A source is an address that Hestia fetches files from. A file that has not changed is not fetched twice.")
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
            _source(source)
        _new(known, expanded=not sources)


def _source(spec: SourceSpec) -> None:
    with st.container(border=True, key=f"source-{spec.name}"):
        words, button = st.columns([4, 1], vertical_alignment="center")
        only = f", names like {plain(spec.pattern)}" if spec.pattern != "*" else ""
        words.markdown(
            f"### {plain(spec.name)}\n{plain(shown(spec.url))}{only} :material/arrow_forward: **{plain(spec.dataset)}**"
            f"  \n:material/schedule: Fetched {_when(spec)}."
        )
        run_key = f"source-run-{spec.name}"
        if button.button("Fetch now", key=f"fetch-{spec.name}", icon=":material/download:", width="stretch"):
            with explained():
                st.session_state[run_key] = start(spec)
        if run_id := st.session_state.get(run_key):
            show_run(run_id, kind="fetch", subject=spec.name)
        _last(spec)
        with st.expander("Change", icon=":material/edit:"), explained():
            _change(spec)
        links.link_to("datasets", f"See the dataset {spec.dataset}", icon=":material/table:", dataset=spec.dataset)


def _last(spec: SourceSpec) -> None:
    """What the last fetch brought."""
    events = hestia().audit.recent(subject=f"source/{spec.key}", limit=20)
    last = next((event for event in events if event.action == "source.fetched"), None)
    if last is None:
        st.caption("It was not fetched yet. Press Fetch now.")
        return
    arrived, skipped = last.details.get("received", ()), last.details.get("skipped", {})
    same = f", {count(last.details['known'], 'file')} had not changed" if last.details.get("known") else ""
    st.markdown(f"Last fetched {ago(last.at)}: {count(len(arrived), 'file')} arrived{same}.")
    for name, why in list(skipped.items())[:20]:
        st.warning(f"**{plain(name)}** was not taken in: {plain(why)}", icon=":material/warning:")


def _when(spec: SourceSpec) -> str:
    words = SCHEDULES.get(spec.schedule, f"at `{spec.schedule}`")
    return words if not spec.schedule else f"{words} ({plain(spec.time_zone)})"


def _change(spec: SourceSpec) -> None:
    found = newest(spec)
    version = found.version if found else 0
    key = f"change-{spec.name}-{version}"
    url = st.text_input("Address", spec.url, key=f"{key}-url").strip()
    pattern = st.text_input("Only names like", spec.pattern, key=f"{key}-pattern") if url.startswith("s3://") else "*"
    schedule, zone = _schedule(spec.schedule, spec.time_zone, key=key)
    if st.button("Save", key=f"{key}-save", icon=":material/save:"):
        changes = {"url": url, "pattern": pattern or "*", "schedule": schedule, "time_zone": zone}
        save(parse(SourceSpec, spec.model_dump() | changes), seen=version)
        st.rerun()


def _schedule(value: str, zone: str, *, key: str) -> tuple[str, str]:
    """When it is fetched: one of the usual times, or five fields of cron."""
    left, right = st.columns(2)
    usual = value if value in SCHEDULES else OWN
    options = list(SCHEDULES)
    chosen = left.selectbox(
        "Fetch it", options, options.index(usual), format_func=SCHEDULES.__getitem__, key=f"{key}-when"
    )
    if chosen == OWN:
        chosen = left.text_input(
            "Minute, hour, day, month, weekday", value, key=f"{key}-cron", placeholder="30 6 * * mon-fri"
        ).strip()
    if chosen:
        zone = right.text_input("Time zone", zone, key=f"{key}-zone", help="Such as Europe/Berlin").strip()
    return chosen, zone


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
        schedule, zone = _schedule(BY_HAND, "UTC", key="new-source")
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
