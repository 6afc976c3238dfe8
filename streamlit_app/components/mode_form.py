"""How the rows of a file join those that are there."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from hestia_assets.core.specs import Mode

MODE_WORDS = {
    Mode.APPEND: "Add the rows",
    Mode.REPLACE: "Take the place of all rows",
    Mode.UPSERT: "Update rows by their key",
}
_ABOUT = {
    Mode.APPEND: "Every row of the file is added. For files with news only, such as the orders of a day.",
    Mode.REPLACE: "The table is then what the file is. For files that hold everything, each time.",
    Mode.UPSERT: "A row whose key is there gets the new values, others are added. For corrections and updates.",
}


def mode_form(joining: Mapping[str, Any], columns: Sequence[str], *, key: str) -> dict[str, Any] | None:
    """The choices; gives the fields of the dataset, or nothing while the key is missing."""
    modes = list(Mode)
    mode = st.radio(
        "What do the rows of a file do to those of earlier files?",
        modes,
        index=modes.index(joining.get("mode", Mode.APPEND)),
        format_func=MODE_WORDS.__getitem__,
        captions=[_ABOUT[mode] for mode in modes],
        key=f"{key}-mode",
    )
    if mode is not Mode.UPSERT:
        return {**joining, "mode": mode, "delete_missing": False}
    given = _by_key(joining, columns, key=key)
    return {**joining, "mode": mode, **given} if given["primary_key"] else None


def _by_key(joining: Mapping[str, Any], columns: Sequence[str], *, key: str) -> dict[str, Any]:
    known = [name for name in joining.get("primary_key", ()) if name in columns]
    names = st.multiselect(
        "Which columns name a row?", columns, known, key=f"{key}-key", placeholder="Choose the key",
        help="Their values together must be there once only, such as an order number.",
    )  # fmt: skip
    if not names:
        st.info("Choose the columns whose values tell one row from all others.", icon=":material/key:")
    left, right = st.columns(2)
    blank = left.toggle(
        "An empty value empties the old one", joining.get("blank_overwrites", False), key=f"{key}-blank",
        help="Off: where the file has no value, the old one stays.",
    )  # fmt: skip
    missing = right.toggle(
        "Rows that are not in the file leave the table", joining.get("delete_missing", False), key=f"{key}-missing"
    )
    limit = round(100 * joining.get("delete_limit", 0.1))
    if missing:
        limit = right.number_input(
            "Ask me when more than this share (%) would leave", 0, 100, limit, key=f"{key}-limit",
            help="The brake: a file that is cut off by mistake must not empty the table. It waits for you then.",
        )  # fmt: skip
    return {
        "primary_key": tuple(names), "blank_overwrites": blank, "delete_missing": missing, "delete_limit": limit / 100,
    }  # fmt: skip
