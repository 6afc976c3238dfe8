"""The pages of Hestia. ``python -m streamlit_app.server`` serves them."""

from pathlib import Path

import streamlit as st

from streamlit_app.components.links import PAGES
from streamlit_app.views import datasets, exports, home, ingest, transforms

_LOGO = Path(__file__).with_name("logo.svg")
_STYLE = """
<style>
.stMainBlockContainer { padding-top: 3.2rem; padding-bottom: 4rem; max-width: 1240px; }
.stTextArea textarea { font-family: "Source Code Pro", monospace; font-size: 0.92rem; }
</style>
"""


def main() -> None:
    """Draw the page in the address."""
    st.set_page_config(page_title="Hestia", page_icon="🔥", layout="wide")
    st.html(_STYLE)
    pages = {
        "home": st.Page(home.page, title="Home", icon=":material/home:", url_path="home", default=True),
        "import": st.Page(ingest.page, title="Import", icon=":material/upload_file:", url_path="import"),
        "datasets": st.Page(datasets.page, title="Datasets", icon=":material/table:", url_path="datasets"),
        "transforms": st.Page(transforms.page, title="Transforms", icon=":material/functions:", url_path="transforms"),
        "exports": st.Page(exports.page, title="Exports", icon=":material/file_download:", url_path="exports"),
    }
    st.session_state[PAGES] = pages
    st.logo(str(_LOGO), size="large", link=None)
    st.navigation(list(pages.values()), position="top").run()


main()
