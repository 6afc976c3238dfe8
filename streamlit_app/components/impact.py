"""What a rule would do to what has arrived: how many rows, in which files, which ones."""

from collections.abc import Callable

import streamlit as st

from hestia_assets.core.results import CheckResult, Impact
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Severity
from streamlit_app.components.checks_shown import finding
from streamlit_app.components.frames import show_rows
from streamlit_app.components.rule_groups import looks_at_the_whole
from streamlit_app.components.words import count, plain
from streamlit_app.facade import hestia, principal

AT_ONCE_ROWS = 300_000
"""Rows of the last files up to which the impact is counted without being asked for."""
DOES = {Severity.REJECT: "set aside", Severity.WARN: "count", Severity.HOLD: "complain of"}


def look_back(spec: DatasetSpec, *, key: str) -> Callable[[CheckSpec], None]:
    """Shows what a check would have done to the last files of a dataset."""

    def look(check: CheckSpec) -> None:
        newest = hestia().batches.last_files(spec.tenant, spec.name, limit=12)
        if not newest:
            st.caption("No file has been imported yet: there is nothing to try it on.")
            return
        rows = sum(batch.rows_loaded for batch in newest)
        known = f"{newest[0].id} {check.model_dump_json()}"
        kept: tuple[str, Impact] | None = st.session_state.get(f"{key}-impact")
        if kept is None or kept[0] != known:
            if rows > AT_ONCE_ROWS and not st.button(
                f"Count what it would do to {count(rows, 'row')}", icon=":material/calculate:", key=f"{key}-count"
            ):
                return
            with st.spinner("Trying it on what has arrived …"):
                found = hestia().profiles.impact(spec, check, principal=principal())
            kept = st.session_state[f"{key}-impact"] = (known, found)
        show_impact(kept[1])

    return look


def show_impact(found: Impact) -> None:
    """The sentence with the numbers, a bar for each file, the rows."""
    if found.problem:
        st.warning(f"**It cannot be tried on what has arrived.** {plain(found.problem)}", icon=":material/help:")
        return
    if not found.batches:
        st.caption("No row has arrived yet that it could be tried on.")
        return
    st.markdown(_in_words(found))
    if not found.failing:
        return
    left, right = st.columns([2, 3])
    with left:
        _bars(found)
    with right:
        show_rows(found.sample, empty="No row of the table is among them.", height=200)
        if found.sample.height:
            of = f"The first {found.sample.height:,} of {found.failing:,}" if found.sample.height < found.failing else (
                f"All {count(found.failing, 'row')}"
            )  # fmt: skip
            st.caption(f"{of} that would fail.")


def _in_words(found: Impact) -> str:
    files = "file" if len(found.batches) == 1 else f"{len(found.batches):,} files"
    total = count(found.rows, "row")
    hit = sum(1 for batch in found.batches if batch.failing or batch.problem)
    if looks_at_the_whole(found.check.rule):
        does = "hold" if found.check.severity is Severity.HOLD else "speak of"
        if len(found.batches) == 1:
            return f":material/query_stats: It would {does if hit else f'not {does}'} **the last file**."
        return f":material/query_stats: It would {does} **{hit:,} of the last {len(found.batches):,}** files."
    if not found.failing:
        return f":material/check: :green[**No row of the last {files} would fail**] ({total} were looked at)."
    rows = count(found.failing, "row")
    if found.check.severity is Severity.HOLD:
        held = count(hit, "file")
        return f":material/query_stats: :orange[**It would hold {held}**] of the last {files}: {rows} of {total} fail."
    does = DOES[found.check.severity]
    return f":material/query_stats: :orange[**It would {does} {rows}** of the last {files}] ({total} were looked at)."


def _bars(found: Impact) -> None:
    rows = [
        {"File": batch.file_name, "Rows": batch.rows, "Would fail": batch.failing}
        for batch in found.batches
    ]  # fmt: skip
    most = max(batch.failing for batch in found.batches)
    st.dataframe(
        rows, hide_index=True, placeholder="", height="content" if len(rows) <= 5 else 200,
        column_config={
            "File": st.column_config.TextColumn(width=110),
            "Rows": st.column_config.NumberColumn(format="localized", width=50),
            "Would fail": st.column_config.ProgressColumn(format="localized", min_value=0, max_value=most, width=95),
        },
    )  # fmt: skip


def show_result(check: CheckSpec, results: tuple[CheckResult, ...], where: str) -> None:
    """What a check says of the file at hand."""
    result = next((one for one in results if one.name == check.name), None)
    if result is None:
        st.caption("This rule looks at the whole file: what it says is known when the file is imported.")
        return
    st.markdown(f":material/query_stats: {finding(check, result, where)}")
