"""Addresses: pages of ours, and the same things in the Dagster UI."""

from urllib.parse import quote

import streamlit as st

from hestia_assets.core.layers import Layer
from streamlit_app.facade import hestia, tenant

PAGES = "pages"
"""Where the app keeps its pages by their place in the address."""


def asset(layer: Layer, name: str) -> str:
    """An asset in the Dagster UI."""
    return f"{hestia().settings.dagster_link}/assets/{layer.value}/{tenant()}/{quote(name)}"


def run(run_id: str) -> str:
    """A run in the Dagster UI."""
    return f"{hestia().settings.dagster_link}/runs/{run_id}"


def link_to(page: str, label: str, *, icon: str | None = None, **params: str) -> None:
    """A link to one of our pages, by its place in the address (``datasets``), with query parameters."""
    st.page_link(st.session_state[PAGES][page], label=label, icon=icon, query_params=params or None)


def link_within(label: str, *, icon: str | None = None, **params: str) -> None:
    """What looks like a link to another state of this page.

    A page link to the same page loses its query parameters with the next click on anything.
    """
    key = f"within-{label}-{'-'.join(params.values())}"  # one label may lead to several places
    st.button(label, icon=icon, key=key, type="tertiary", on_click=st.query_params.from_dict, args=(params,))


def go_to(page: str, **params: str) -> None:
    """Show another of our pages."""
    st.switch_page(st.session_state[PAGES][page], query_params=params or None)


def quarantine_download(batch: str) -> str:
    """The rows of a batch that were set aside, as CSV."""
    return f"/downloads/quarantine/{quote(batch)}.csv"


def export_download(file_name: str) -> str:
    """A published file."""
    return f"/downloads/exports/{quote(file_name)}"


def original_download(batch: str) -> str:
    """The file of a batch, byte for byte as it arrived."""
    return f"/downloads/originals/{quote(batch)}"


def account_download(batch: str) -> str:
    """The line account of a batch, as CSV."""
    return f"/downloads/accounts/{quote(batch)}.csv"
