"""The one open home of this server, shared by every session and every route."""

import streamlit as st

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.access import LOCAL, Principal
from streamlit_app.uploads import MEGABYTE, UploadFolder


@st.cache_resource(show_spinner=False)
def hestia() -> Hestia:
    """Open the home once; sessions share it and reads take no lock."""
    return open_home()


def tenant() -> str:
    """The tenant of this installation."""
    return hestia().settings.tenant


def principal() -> Principal:
    """Who reads rows: the local person, for this installation's tenant."""
    return Principal(LOCAL.name, tenant())


def uploads() -> UploadFolder:
    """Where uploads of this tenant wait until they become batches."""
    settings = hestia().settings
    return UploadFolder(settings.landing / settings.tenant / "uploads", settings.max_upload_mb * MEGABYTE)
