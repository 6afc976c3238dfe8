"""A name for something new; one that cannot be used is answered with one that can."""

from typing import Any

import streamlit as st

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import DatasetSpec, parse
from streamlit_app.components.words import plain, usable_name


def name_input(place: Any, label: str, *, key: str, value: str = "", placeholder: str = "") -> str:
    """The input; gives the name when it can be used, else nothing.

    Args:
        place: where it is drawn: Streamlit itself, or one of its columns.
        label: what is named.
        key: of the widget.
        value: to begin with.
        placeholder: an example.
    """
    st.session_state.setdefault(key, value)
    given = place.text_input(label, key=key, placeholder=placeholder).strip()
    if not given or _is_usable(given):
        return given
    place.warning(
        f"**{plain(given)}** cannot be a name. "
        "Use lower case letters, digits and underscores, and begin with a letter.",
        icon=":material/edit:",
    )
    if better := usable_name(given):
        place.button(f"Use {better}", key=f"{key}-better", on_click=_use, args=(key, better))
    return ""


def _is_usable(name: str) -> bool:
    try:
        parse(DatasetSpec, {"name": name})
    except SpecError:
        return False
    return True


def _use(key: str, name: str) -> None:
    st.session_state[key] = name
