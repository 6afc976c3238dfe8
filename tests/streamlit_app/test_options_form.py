"""Choices of a format are shown in words."""

import pytest

from hestia_assets.formats._excel.options import ExcelOptions
from streamlit_app.components.options_form import option_words

OPTIONS = ExcelOptions.model_json_schema()["properties"]


@pytest.mark.parametrize(
    ("name", "choice", "words"),
    [
        ("hidden_rows", "skip", "left out, counted"),
        ("uncached", "aside", "the row is set aside"),
        ("times", "clock", "08:30:00, as the sheet shows them"),
        ("times", "hours", "8.5"),
    ],
)
def test_a_choice_says_what_it_does(name, choice, words):
    assert option_words(choice, about=OPTIONS[name]["description"]) == words


def test_a_choice_without_words_has_its_own_name():
    assert option_words("as_is", about="How it is kept.") == "as is"
