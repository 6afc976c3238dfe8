"""The page Quality: how good every dataset is, over time.

``?dataset=NAME`` opens one dataset, ``&batch=ID`` the report of one of its files.
"""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results import SpecVersion
from hestia_assets.core.results.quality import MetricKind, Score, Series, Standing
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components import links
from streamlit_app.components.explained import explained
from streamlit_app.components.held_files import show_held
from streamlit_app.components.quality_alarms import show_alarms
from streamlit_app.components.quality_chart import show_series
from streamlit_app.components.quality_report import downloads, show_batch_report
from streamlit_app.components.quality_score import show_score
from streamlit_app.components.rhythm_form import show_rhythm
from streamlit_app.components.sentences import sentence_of
from streamlit_app.components.words import batch_name, count, plain, state_words
from streamlit_app.facade import hestia, tenant

ALL = "All datasets"
FILES = 30


def page() -> None:
    """All datasets, or the one in the address."""
    st.title("Quality")
    with explained():
        saved = {item.spec.name: item for item in hestia().catalog.all("dataset", tenant=tenant())}
        if not saved:
            st.info("There is no dataset yet. Its quality is watched from its first file on.", icon=":material/info:")
            links.link_to("import", "Import a file", icon=":material/upload_file:")
            return
        name = _choose(list(saved))
        if name == ALL:
            _dashboard(hestia().quality.overview(tenant()))
            return
        if name not in saved:
            raise NotFoundError("dataset", name, known=list(saved))
        _dataset(saved[name])


def _choose(names: Sequence[str]) -> str:
    asked = st.query_params.get("dataset", ALL)
    options = [ALL, *names] if asked in (ALL, *names) else [ALL, asked, *names]
    chosen = st.selectbox("Dataset", options, index=options.index(asked), key=f"quality-{asked}")
    if chosen != asked:
        st.query_params.from_dict({} if chosen == ALL else {"dataset": chosen})
        st.rerun()
    return chosen


def _dashboard(standings: Sequence[Standing]) -> None:
    late = [each for each in standings if each.lateness]
    alarms = sum(len(each.anomalies) for each in standings)
    failing = sum(len(each.failing) for each in standings)
    counts = (("Late", len(late)), ("Unusual figures", alarms), ("Rules that fail", failing),
              ("Rows to fix", sum(each.open_rows for each in standings)))  # fmt: skip
    for column, (name, number) in zip(st.columns(len(counts)), counts, strict=True):
        column.metric(name, f"{number:,}", border=True)
    st.dataframe(
        [_line(each) for each in standings],
        hide_index=True,
        column_config={
            "Score": st.column_config.ProgressColumn("Score", min_value=0, max_value=100, format="%.1f"),
            "Rows that passed, by file": st.column_config.LineChartColumn(y_min=0, y_max=100),
        },
    )
    for each in standings:
        if each.lateness or each.failing or each.anomalies:
            _trouble(each)


def _line(standing: Standing) -> dict[str, object]:
    return {
        "Dataset": standing.dataset,
        "Score": standing.score.value,
        "Rows that passed, by file": list(standing.trend),
        "Last file": state_words(standing.last) if standing.last else "none yet",
        "In time": "late" if standing.lateness else "",
        "Rows to fix": standing.open_rows,
        "Rules that fail": len(standing.failing),
        "Unusual figures": len(standing.anomalies),
    }


def _trouble(standing: Standing) -> None:
    """What is wrong with one dataset, most pressing first."""
    with st.container(border=True):
        links.link_within(standing.dataset, icon=":material/monitoring:", dataset=standing.dataset)
        if standing.lateness:
            st.markdown(f":red-badge[late] {plain(standing.lateness.sentence)}")
        for check in standing.failing[:5]:
            said = check.problem or f"{check.failed_rows:,} of {count(check.checked_rows, 'row')} failed"
            assert standing.last is not None, "a check fails in a file"
            st.markdown(f":orange-badge[rule] {sentence_of(standing.last, check)}: {plain(said)}")
        for alarm in standing.anomalies[:5]:
            st.markdown(f":blue-badge[unusual] {plain(alarm.sentence)} {plain(alarm.expected.why)}")


def _dataset(saved: SpecVersion) -> None:
    spec = saved.spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives what was asked for"
    if batch := st.query_params.get("batch"):
        found = hestia().batches.get(batch)
        if (found.tenant, found.dataset) != (spec.tenant, spec.name):
            raise NotFoundError("batch", batch)
        links.link_within("All of this dataset", icon=":material/arrow_back:", dataset=spec.name)
        show_batch_report(found)
        return
    show_held(
        spec, lambda held: links.link_to("datasets", "Decide", icon=":material/gavel:", dataset=spec.name, batch=held)
    )
    standing = hestia().quality.standing(spec)
    if standing.lateness:
        st.error(f"**Late.** {plain(standing.lateness.sentence)}", icon=":material/schedule:")
    if not standing.score.batches:
        st.info("No file of it is in the table yet: nothing can be rated.", icon=":material/info:")
        show_rhythm(saved, spec)
        return
    st.subheader(_rated(standing.score))
    show_score(spec, standing.score)
    st.subheader("Unusual figures")
    show_alarms(
        spec,
        hestia().quality.anomalies(spec),
        remarks=hestia().quality.remarks(spec),
        quiet=standing.quiet,
        learning=next((one.learning for one in hestia().quality.series(spec) if one.learning), ""),
    )
    st.subheader("Figures over time")
    _figures(spec, hestia().quality.series(spec))
    st.subheader("Files")
    _files(spec)
    show_rhythm(saved, spec)
    st.subheader("Report")
    downloads(spec, spec.name)


def _rated(score: Score) -> str:
    """The score, and of how many parts it is the mean."""
    if score.value is None:
        return "Not rated"
    rated = sum(part.value is not None for part in score.parts)
    return f"{score.value:.1f} of 100" + (
        f", from {rated} of {len(score.parts)} parts" if rated < len(score.parts) else ""
    )


def _figures(spec: DatasetSpec, series: Sequence[Series]) -> None:
    """Those of whole files, and of one column that a person chooses."""
    whole = {each.metric.title: each for each in series if not each.metric.column}
    columns = list(dict.fromkeys(each.metric.column for each in series if each.metric.column))
    chosen = st.selectbox("Of", ["whole files", *columns], key=f"figures-{spec.name}")
    picked = list(whole.values()) if chosen == "whole files" else [s for s in series if s.metric.column == chosen]
    for column, each in zip(st.columns(max(1, len(picked))), picked, strict=False):
        with column:
            st.markdown(f"**{plain(each.metric.title)}**")
            show_series(each)
            inexact = [judged.point for judged in each.points if not judged.point.exact]
            if inexact and each.metric.kind is not MetricKind.ROWS:
                st.caption(f"Of {count(len(inexact), 'large file')} counted in the first stretch of rows.")


def _files(spec: DatasetSpec) -> None:
    recent = hestia().batches.recent(spec.tenant, spec.name, limit=FILES)
    for each in recent[:10]:
        name, said, act = st.columns([2, 3, 1], vertical_alignment="center")
        name.markdown(plain(batch_name(each)))
        aside = f", {count(each.rows_quarantined, 'row')} set aside" if each.rows_quarantined else ""
        said.caption(
            f"{each.created_at:%Y-%m-%d %H:%M} UTC: {state_words(each)}, {count(each.rows_loaded, 'row')}{aside}"
        )
        with act:
            st.button("Report", key=f"open-{each.id}", on_click=st.query_params.from_dict,
                      args=({"dataset": spec.name, "batch": each.id},))  # fmt: skip
