"""The choices that say how a file is read; every change is read again at once."""

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from hestia_assets.core.results import Reason
from hestia_assets.core.specs import Recipe
from streamlit_app.components.options_form import options_form
from streamlit_app.facade import hestia

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "cp1252": "Windows, Western Europe (cp1252)",
    "cp1250": "Windows, Central Europe (cp1250)",
    "cp1251": "Windows, Cyrillic (cp1251)",
    "iso8859-15": "Western Europe (ISO 8859-15)",
    "iso8859-2": "Central Europe (ISO 8859-2)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp437": "DOS (cp437)",
    "cp850": "DOS, Western Europe (cp850)",
    "mac_roman": "Mac (Roman)",
    "shift_jis": "Japanese (Shift JIS)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "euc_kr": "Korean (EUC-KR)",
    "utf-16": "UTF-16",
}
DELIMITERS = {
    ",": "comma  ,", ";": "semicolon  ;", "\t": "tab", "|": "bar  |", ":": "colon  :", " ": "space",
    "^": "caret  ^", "~": "tilde  ~",
}  # fmt: skip
QUOTES = {'"': 'double  "', "'": "single  '", "": "none"}
WITHOUT_HEADER = {"parquet"}
WITHOUT_SIGNS = {"fixed_width"}
"""Text whose columns stand at places, not between signs."""
REASON_WORDS = {
    "format": "Kind of file",
    "encoding": "Characters",
    "delimiter": "Between columns",
    "quote": "Quotes",
    "comment": "Comment lines",
    "preamble_lines": "Lines above the header",
    "has_header": "Header",
    "header_lines": "Lines of the header",
    "footer": "Footer",
    "columns": "Columns",
}


def recipe_form(recipe: Recipe, *, key: str, settled: Collection[str] = ()) -> Recipe:
    """The widgets that fit the format; gives the recipe with the present choices, its columns untouched.

    Args:
        recipe: as it is now.
        key: of the widgets.
        settled: names of options that are decided elsewhere, such as the sheet.
    """
    read = hestia().formats.get(recipe.format)
    changes: dict[str, Any] = {}
    if read.unit == "line":
        changes |= _text(recipe, key=key)
    if read.unit in {"line", "row"} and recipe.format not in WITHOUT_HEADER:
        changes |= _header(recipe, read.unit, key=key)
    if read.unit == "line" and recipe.format not in WITHOUT_SIGNS:
        changes |= _signs(recipe, key=key)
    changes["options"] = options_form(read.options, recipe.options, key=f"{key}-options", settled=settled)
    return recipe.model_copy(update=changes)


def _text(recipe: Recipe, *, key: str) -> dict[str, Any]:
    first, second, third = st.columns(3)
    encoding = _choice(first, "Characters", ENCODINGS, recipe.encoding, key=f"{key}-encoding")
    if recipe.format in WITHOUT_SIGNS:
        return {"encoding": encoding}
    return {
        "encoding": encoding,
        "delimiter": _delimiter(second, recipe.delimiter, key=f"{key}-delimiter"),
        "quote": _choice(third, "Quotes", QUOTES, recipe.quote, key=f"{key}-quote"),
    }


def _delimiter(place: Any, value: str, *, key: str) -> str:
    """One of the usual signs, or any text of up to eight letters that the person writes."""
    options = list(DELIMITERS) if value in DELIMITERS else [value, *DELIMITERS]
    chosen = place.selectbox(
        "Between columns", options, options.index(value), key=key, accept_new_options=True,
        format_func=lambda option: DELIMITERS.get(option, option),
        help="Choose one, or write your own, such as || or ~^~.",
    )  # fmt: skip
    return (chosen or value).replace("\\t", "\t")[:8]


def _header(recipe: Recipe, unit: str, *, key: str) -> dict[str, Any]:
    first, second, third = st.columns(3, vertical_alignment="bottom")
    preamble = first.number_input(
        f"{unit.capitalize()}s above the header", 0, 10_000, recipe.preamble_lines, key=f"{key}-preamble",
        help=f"Titles and notes before the {unit} with the column names. Empty {unit}s do not count.",
    )  # fmt: skip
    lines = second.number_input(
        f"{unit.capitalize()}s of the header", 1, 5, recipe.header_lines, key=f"{key}-header-lines",
        disabled=not recipe.has_header, help="More than one where names stand above each other.",
    )  # fmt: skip
    header = third.checkbox(f"The first {unit} names the columns", recipe.has_header, key=f"{key}-header")
    footer = st.text_input(
        "The footer begins with", recipe.footer, key=f"{key}-footer", placeholder="nothing",
        help=f"A {unit} near the end whose first value begins with this is no data, nor is anything below it.",
    )  # fmt: skip
    return {"preamble_lines": int(preamble), "header_lines": int(lines), "has_header": header, "footer": footer}


def _signs(recipe: Recipe, *, key: str) -> dict[str, Any]:
    first, second = st.columns(2)
    comment = first.text_input(
        "Comment lines start with", recipe.comment, max_chars=1, key=f"{key}-comment", placeholder="nothing"
    )
    escape = second.text_input(
        "Sign that takes the meaning from the next one", recipe.escape, max_chars=1, key=f"{key}-escape",
        placeholder="none", help="Such as the backslash in \\\\; (a semicolon that divides nothing).",
    )  # fmt: skip
    return {"comment": comment, "escape": escape}


def show_reasons(reasons: Sequence[Reason]) -> None:
    """Why the file is read this way."""
    if not reasons:
        return
    with st.expander("Why Hestia reads the file this way", icon=":material/lightbulb:"):
        rows = [
            {
                "Decision": REASON_WORDS.get(item.what, item.what),
                "Choice": item.value,
                "Because": item.because,
            }
            for item in reasons
        ]
        st.table(rows)


def _choice(place: Any, label: str, words: dict[str, str], value: str, *, key: str) -> str:
    options = list(words) if value in words else [value, *words]
    return place.selectbox(
        label, options, options.index(value), key=key, format_func=lambda option: words.get(option, option)
    )
