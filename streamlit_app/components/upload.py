"""A file input that sends straight to disk: slices with a progress bar, not one piece in memory."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from streamlit_app.facade import uploads
from streamlit_app.uploads import MEGABYTE, safe_file_name

_HERE = Path(__file__).parent / "upload_area"
_COMPONENT = component(
    "hestia_upload",
    html=(_HERE / "markup.html").read_text(encoding="utf-8"),
    css=(_HERE / "style.css").read_text(encoding="utf-8"),
    js=(_HERE / "sender.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Uploaded:
    """A file that is on disk. ``token`` finds it again; nothing else of it is in the session."""

    token: str
    name: str
    size_bytes: int


def upload_area(*, key: str, note: str) -> Uploaded | None:
    """Show the file input; gives the file once, in the run in which it has arrived."""
    token = _open_token(f"{key}-token")
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    address = f"/{base}/uploads/{token}".replace("//", "/")
    data = {"token": token, "address": address, "max_bytes": uploads().max_bytes, "note": note}
    result = _COMPONENT(key=key, data=data, on_uploaded_change=_nothing, on_cancelled_change=_nothing)
    if result.cancelled == token:
        uploads().remove(token)
        del st.session_state[f"{key}-token"]
        st.rerun()
    if not result.uploaded or result.uploaded.get("token") != token:
        return None
    del st.session_state[f"{key}-token"]
    path = uploads().path(token)
    return Uploaded(token, safe_file_name(str(result.uploaded.get("name", ""))), path.stat().st_size)


def limit_in_words() -> str:
    """The largest file the page accepts."""
    return f"{uploads().max_bytes // MEGABYTE:,} MB"


def _open_token(key: str) -> str:
    """This session's upload, open or just finished; a new one when the old was cleaned up."""
    token = st.session_state.get(key)
    if token is None or not uploads().is_known(token):
        token = st.session_state[key] = uploads().open_token()
    return token


def _nothing() -> None:
    """A trigger needs a callback; the value is read where the component is drawn."""
