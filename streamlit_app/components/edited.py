"""What a person changed in rows, cell by cell, as it is kept with the edit."""

import json

import streamlit as st

from hestia_assets.core.results import Batch
from streamlit_app.components.explained import explained
from streamlit_app.components.words import batch_name, count
from streamlit_app.facade import hestia

SHOWN = 500


def show_edited(batch: Batch) -> None:
    """One line per cell: where the row came from, the column, the new value."""
    with explained():
        edits = json.loads(hestia().ingest.original(batch).read_bytes())["edits"]
        names = {one: batch_name(hestia().batches.get(one)) for one in {edit["batch"] for edit in edits}}
        rows = [
            {
                "Row": f"{names[edit['batch']]}, row {edit['row']:,}",
                "Column": column,
                "New value": "(empty)" if value in (None, "") else value,
            }
            for edit in edits
            for column, value in edit["values"].items()
        ]
        st.dataframe(rows[:SHOWN], hide_index=True, placeholder="")
        shown = f"The first {SHOWN} of {len(rows):,}" if len(rows) > SHOWN else count(len(rows), "cell").capitalize()
        st.caption(f"{shown}. Undo brings the values before back.")
