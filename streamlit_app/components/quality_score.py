"""The parts of a score: what each counted, and the rows behind it."""

import streamlit as st

from hestia_assets.core.access import Purpose
from hestia_assets.core.results import EntryFilter
from hestia_assets.core.results.quality import Score, ScoreLine, ScorePart
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components import links
from streamlit_app.components.explained import explained
from streamlit_app.components.words import count, plain
from streamlit_app.facade import hestia, principal

ROWS = 50


def show_score(dataset: DatasetSpec, score: Score) -> None:
    """One column per part; below, what the chosen one counted."""
    for column, part in zip(st.columns(len(score.parts)), score.parts, strict=True):
        value = "—" if part.value is None else f"{part.value:.1f}"  # the words would be cut off on a small screen
        column.metric(part.name.value.capitalize(), value, border=True, help=part.why or part.formula)
        if part.value is None:
            column.caption("not rated")
    files = "file" if len(score.batches) == 1 else count(len(score.batches), "file")
    st.caption(f"Of 100, over the last {files} with {count(score.rows, 'row')}. Nothing is estimated.")
    names = [part.name.value for part in score.parts]
    chosen = st.segmented_control("What was counted", names, key=f"part-{dataset.name}")
    if chosen:
        _part(dataset, score.parts[names.index(chosen)])


def _part(dataset: DatasetSpec, part: ScorePart) -> None:
    if part.value is None:
        st.info(plain(part.why), icon=":material/info:")
        return
    st.markdown(f"{plain(part.formula)} = {part.good:,} ÷ {part.of:,} = **{part.value:.1f} of 100**")
    for number, line in enumerate(part.lines):
        text, act = st.columns([4, 1], vertical_alignment="center")
        text.markdown(f"{plain(line.what)}: {line.good:,} of {line.of:,}")
        behind = bool(line.rules or line.sql) and line.good < line.of
        if behind and act.toggle("Rows", key=f"rows-{dataset.name}-{part.name.value}-{number}"):
            _rows(dataset, line)
    if part.name.value == "validity":
        links.link_to("quarantine", "Fix the rows that were set aside", icon=":material/build:", dataset=dataset.name)


def _rows(dataset: DatasetSpec, line: ScoreLine) -> None:
    with explained():
        if line.sql:
            st.code(line.sql, language="sql")
            found = hestia().gate.sql(principal(), line.sql, purpose=Purpose.PAGE, limit=ROWS)
            st.dataframe(found, hide_index=True)
            return
        page = hestia().quarantine.entries(dataset, EntryFilter(rule=line.rules[0]), limit=ROWS)
        rows = [
            {"file": each.file_name, "line": each.line, "what is wrong": each.message, "row": each.text}
            for each in page.entries
        ]
        if rows:
            st.dataframe(rows, hide_index=True)
        st.caption(f"{count(page.total, 'row')} of this rule to fix, of all files.")
        links.link_to("quarantine", "Fix them", icon=":material/build:", dataset=dataset.name)
