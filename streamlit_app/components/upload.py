"""A file input that sends straight to disk: slices with a progress bar, not one piece in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from hestia_assets.core.results import Problem
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


@dataclass(frozen=True)
class Arrived:
    """The files of one choice that are on disk, and those that were refused, each with the reason."""

    files: tuple[Uploaded, ...]
    refused: tuple[Problem, ...] = ()


def upload_area(*, key: str, note: str) -> Arrived | None:
    """Show the file input; gives the files once, in the run in which all have arrived."""
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
    files = tuple(_uploaded(file) for file in result.uploaded.get("files", ()))
    refused = (Problem("upload.refused", one["message"], one["hint"]) for one in result.uploaded.get("refused", ()))
    return Arrived(files, tuple(refused))


def _uploaded(file: Mapping[str, str]) -> Uploaded:
    """What the browser says of a file, with the size it has on disk. Raises UnknownUploadError."""
    path = uploads().path(str(file.get("token", "")))
    return Uploaded(path.name, safe_file_name(str(file.get("name", ""))), path.stat().st_size)


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
