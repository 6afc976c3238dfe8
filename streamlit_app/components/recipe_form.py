"""The choices that say how a file is read; every change is read again at once."""

from collections.abc import Sequence

import streamlit as st

from hestia_assets.core.results import Reason
from hestia_assets.core.specs import Recipe

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "cp1252": "Windows (cp1252)",
    "iso8859-15": "Western Europe (ISO 8859-15)",
    "utf-16": "UTF-16",
}
DELIMITERS = {",": "comma  ,", ";": "semicolon  ;", "\t": "tab", "|": "bar  |", ":": "colon  :", " ": "space"}
QUOTES = {'"': 'double  "', "'": "single  '", "": "none"}
REASON_WORDS = {
    "encoding": "Characters",
    "delimiter": "Between columns",
    "quote": "Quotes",
    "comment": "Comment lines",
    "preamble_lines": "Lines above the header",
    "has_header": "Header",
    "columns": "Columns",
}


def recipe_form(recipe: Recipe, *, key: str) -> Recipe:
    """The widgets; gives the recipe with the present choices, its columns untouched."""
    first, second, third = st.columns(3)
    encoding = _choice(first, "Characters", ENCODINGS, recipe.encoding, key=f"{key}-encoding")
    delimiter = _choice(second, "Between columns", DELIMITERS, recipe.delimiter, key=f"{key}-delimiter")
    quote = _choice(third, "Quotes", QUOTES, recipe.quote, key=f"{key}-quote")
    first, second, third = st.columns(3, vertical_alignment="bottom")
    preamble = first.number_input(
        "Lines above the header", 0, 10_000, recipe.preamble_lines, key=f"{key}-preamble",
        help="Titles and notes before the line with the column names.",
    )  # fmt: skip
    comment = second.text_input(
        "Comment lines start with", recipe.comment, max_chars=1, key=f"{key}-comment", placeholder="nothing"
    )
    header = third.checkbox("The first line names the columns", recipe.has_header, key=f"{key}-header")
    changes = {
        "encoding": encoding, "delimiter": delimiter, "quote": quote, "preamble_lines": int(preamble),
        "comment": comment, "has_header": header,
    }  # fmt: skip
    return recipe.model_copy(update=changes)


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


def _choice(place, label: str, words: dict[str, str], value: str, *, key: str) -> str:
    options = list(words) if value in words else [value, *words]
    return place.selectbox(
        label, options, options.index(value), key=key, format_func=lambda option: words.get(option, option)
    )
