"""Files from an address, for step 1 of the import."""

import streamlit as st

from streamlit_app.chosen import ChosenFile
from streamlit_app.components import links
from streamlit_app.components.words import plain
from streamlit_app.fetched import fetch


def ask_for_address(*, key: str) -> list[ChosenFile]:
    """The field; gives the files once they are here. Raises HestiaError."""
    with st.expander("From an address", icon=":material/link:"):
        place, button = st.columns([5, 1], vertical_alignment="bottom")
        url = place.text_input(
            "Address of a file, or of an S3 folder", key=f"{key}-url",
            placeholder="https://example.org/rates.csv or s3://bucket/folder/",
        ).strip()  # fmt: skip
        pattern = "*"
        if url.startswith("s3://"):
            pattern = st.text_input("Only names like", "*", key=f"{key}-pattern", help="Such as *.csv") or "*"
        links.link_to("sources", "Fetch from it regularly", icon=":material/schedule:")
        if not button.button(
            "Fetch", key=f"{key}-fetch", icon=":material/download:", width="stretch", disabled=not url
        ):
            return []
        shown = st.empty()
        with st.spinner("Fetching …"):
            return fetch(url, pattern=pattern, on_file=lambda n, name: shown.caption(f"{n:,}: {plain(name)}"))
