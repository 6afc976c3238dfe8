"""Several files that arrived: as a table and as a picture."""

from collections.abc import Sequence

import altair as alt
import streamlit as st

from hestia_assets.core.results import UNFINISHED, Batch, BatchState
from hestia_assets.core.specs import DatasetSpec
from streamlit_app.components.mode_form import MODE_WORDS
from streamlit_app.components.words import BY_HAND, ago, batch_name, state_words

_COLUMNS = {
    "File": st.column_config.TextColumn(width=150),
    "Dataset": st.column_config.TextColumn(width=110),
    "State": st.column_config.TextColumn(width=100),
    "Rows": st.column_config.NumberColumn(format="localized", width=60),
    "Set aside": st.column_config.NumberColumn(format="localized", width=70),
    "Changes": st.column_config.TextColumn(width=105),
    "Arrived": st.column_config.TextColumn(width=90),
    "Way": st.column_config.TextColumn("How", width=90, help="What the rows did to those that were there."),
    "Different": st.column_config.NumberColumn(
        width=70, help="So many things were different from the files before it; tick the line to read them."
    ),
}


def _batch_row(batch: Batch, spec: DatasetSpec | None) -> dict[str, object]:
    done = batch.state is BatchState.COMMITTED
    return {
        "File": batch_name(batch),
        **({"Dataset": batch.dataset} if spec is None else {}),
        "State": state_words(batch),
        "Rows": batch.rows_loaded if done else batch.rows_done if batch.state in UNFINISHED else None,
        "Set aside": batch.rows_quarantined if done else None,
        "Changes": ", ".join(f"{number:,} {word}" for word, number in changes_in_words(batch).items() if number),
        "Arrived": ago(batch.created_at),
        **({"Way": "" if batch.origin in BY_HAND else MODE_WORDS[batch.mode or spec.mode]} if spec is not None else {}),
        **({"Different": len(batch.drift) or None} if spec is not None else {}),
    }


def changes_in_words(batch: Batch) -> dict[str, int]:
    """Rows by what the batch did to them; none where that is not known."""
    did = batch.changes
    if did is None or batch.state is not BatchState.COMMITTED:
        return {}
    return {"new": did.new, "changed": did.changed, "same": did.same, "removed": did.deleted}


def show_batches(batches: Sequence[Batch], spec: DatasetSpec | None = None, *, key: str) -> Batch | None:
    """One line for each; of one dataset alone, also how their rows joined it. Gives the one that is ticked."""
    rows = [_batch_row(batch, spec) for batch in batches]
    if not any(row.get("Different") for row in rows):
        rows = [{name: value for name, value in row.items() if name != "Different"} for row in rows]
    picked = st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        height="content",
        column_config=_COLUMNS,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
    )
    st.caption("Tick a line to see where the rows went, to undo it, or to download the file.")
    return next((batches[row] for row in picked.selection.rows if row < len(batches)), None)


def show_chart(batches: Sequence[Batch]) -> None:
    """Accepted and set-aside rows of the files of one dataset, the oldest on the left."""
    rows = [
        {"file": batch_name(batch), "batch": batch.id, "rows": number, "went": went, "order": order}
        for order, batch in enumerate(sorted(batches, key=lambda batch: batch.created_at))
        for went, number in (("accepted", batch.rows_loaded), ("set aside", batch.rows_quarantined))
    ]
    colours = alt.Scale(domain=["accepted", "set aside"], range=["#2f7d5b", "#d17f22"])
    chart = (
        alt.Chart(alt.Data(values=rows), height=220)
        .mark_bar(size=28)
        .encode(
            x=alt.X("order:O", title="files, the newest on the right", axis=alt.Axis(labels=False, ticks=False)),
            y=alt.Y("rows:Q", title="rows", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color("went:N", scale=colours, title=None, legend=alt.Legend(orient="top")),
            tooltip=["file:N", "went:N", alt.Tooltip("rows:Q", format=",")],
        )
    )
    st.altair_chart(chart)
