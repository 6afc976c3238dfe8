"""The pages of Hestia. ``python -m streamlit_app.server`` serves them."""

from pathlib import Path

import streamlit as st

from streamlit_app.components.links import PAGES
from streamlit_app.views import alerts, datasets, exports, home, ingest, quality, quarantine, sources, transforms

_LOGO = Path(__file__).with_name("logo.svg")
_STYLE = """
<style>
.stMainBlockContainer { padding-top: 3.2rem; padding-bottom: 4rem; max-width: 1240px; }
.stTextArea textarea { font-family: "Source Code Pro", monospace; font-size: 0.92rem; }
</style>
"""
_VIEWS = {
    "home": (home.page, "Home", ":material/home:"),
    "import": (ingest.page, "Import", ":material/upload_file:"),
    "datasets": (datasets.page, "Datasets", ":material/table:"),
    "quarantine": (quarantine.page, "Fix rows", ":material/build:"),
    "quality": (quality.page, "Quality", ":material/monitoring:"),
    "sources": (sources.page, "Sources", ":material/cloud_download:"),
    "transforms": (transforms.page, "Transforms", ":material/functions:"),
    "exports": (exports.page, "Exports", ":material/file_download:"),
    "alerts": (alerts.page, "Alerts", ":material/notifications:"),
}


def main(first: str = "home") -> None:
    """Draw the page in the address, or ``first`` where the address names none."""
    st.set_page_config(page_title="Hestia", page_icon=str(_LOGO.with_name("flame.svg")), layout="wide")
    st.html(_STYLE)
    st.logo(str(_LOGO), size="large")
    pages = {
        place: st.Page(view, title=title, icon=icon, url_path=place, default=place == first)
        for place, (view, title, icon) in _VIEWS.items()
    }
    st.session_state[PAGES] = pages
    st.navigation(list(pages.values()), position="top").run()


if __name__ == "__main__":
    main()
