"""The report of a dataset or of one file: what it says, and downloads of it."""

import streamlit as st

from hestia_assets.core.results import Batch
from hestia_assets.core.results.quality import Report
from hestia_assets.core.sentences import consequence
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components import links
from streamlit_app.components.account import PART_WORDS
from streamlit_app.components.quality_chart import show_series
from streamlit_app.components.sentences import sentence_of
from streamlit_app.components.words import batch_name, plain
from streamlit_app.facade import hestia

_MIME = {"html": "text/html", "pdf": "application/pdf", "json": "application/json"}


def downloads(subject: DatasetSpec | Batch, name: str) -> None:
    """One button per kind; the file is made when somebody asks for it."""
    columns = st.columns([1, 1, 1, 3])
    for column, kind in zip(columns, ("html", "pdf", "json"), strict=False):
        column.download_button(
            kind.upper(),
            data=lambda kind=kind: hestia().quality.report(subject, kind),
            file_name=f"{name}.{kind}",
            mime=_MIME[kind],
            key=f"report-{name}-{kind}",
            icon=":material/download:",
            on_click="ignore",
        )


def show_batch_report(batch: Batch) -> None:
    """Verdict, account, worst rules, rows and trend of one file."""
    report = hestia().quality.facts(batch)
    st.subheader(plain(f"{batch_name(batch)} in {batch.dataset}"))
    st.markdown(f"**{plain(report.verdict)}.** {plain(report.sentence)}")
    downloads(batch, batch.id)
    account, worst = st.columns(2)
    with account:
        st.markdown("**Where every line went**")
        lines = [
            {"Where": PART_WORDS[name][0] if name in PART_WORDS else "all lines", "Lines": number}
            for name, number in report.account.items()
            if number
        ]
        st.dataframe(lines, hide_index=True)
    with worst:
        st.markdown("**Worst rules**")
        _worst(report, batch)
    for each in report.anomalies:
        st.warning(f"**{plain(each.sentence)}** {plain(each.expected.why)}", icon=":material/notifications:")
    for each in hestia().quality.remarks_of(batch):
        st.info(plain(each.remark), icon=":material/hourglass_empty:")
    if why := hestia().quality.unjudged(batch):
        st.caption(f":material/hourglass_empty: {plain(why)}")
    if report.trend:
        st.markdown(f"**{plain(report.trend.metric.title)}, over time**")
        show_series(report.trend)
    st.markdown("**Rows that failed**")
    _rows(report)
    links.link_to("datasets", "Open the file's own page", dataset=batch.dataset, batch=batch.id)


def _worst(report: Report, batch: Batch) -> None:
    if not report.worst:
        st.caption("No check failed.")
        return
    facts = [
        {
            "Rule": sentence_of(batch, each),
            "Failed": f"{each.failed_rows:,}",
            "Of": f"{each.checked_rows:,}",
            "If it fails": consequence(each.severity, each.rule, hestia().rules),
        }
        for each in report.worst
    ]
    st.table(facts, hide_index=True)


def _rows(report: Report) -> None:
    if not report.failed:
        st.caption("No row failed.")
        return
    rows = [
        {"Line": each.line, "Column": each.column, "What is wrong": each.message,
         "Value": each.value, "The row as it came": each.text}
        for each in report.rows
    ]  # fmt: skip
    st.dataframe(rows, hide_index=True)
    st.caption(f"The first {len(report.rows):,} of {report.failed:,}.")
