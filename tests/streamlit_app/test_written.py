"""How values are written is shown, and taken, as an example."""

import pytest

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Column, ColumnType
from streamlit_app.components.written import read_written, written_as


def column(kind: str, **fields: object) -> Column:
    return Column.model_validate({"source": "a", "name": "a", "type": ColumnType(kind), **fields})


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (column("text"), ""),
        (column("date"), "2024-12-31"),
        (column("date", format="%d.%m.%Y"), "31.12.2024"),
        (column("date", format="%b %d, %Y"), "Dec 31, 2024"),
        (column("timestamp", format="%m/%d/%y %I:%M %p"), "12/31/24 08:30 AM"),
        (column("timestamp", format="%Y-%m-%dT%H:%M:%S%.f"), "%Y-%m-%dT%H:%M:%S%.f"),
        (column("boolean"), "true|false"),
        (column("integer"), "1234"),
        (column("integer", thousands_sign="."), "1.234"),
        (column("decimal", scale=3, decimal_sign=",", thousands_sign="."), "1.234,500"),
        (column("decimal", scale=0), "1234"),
        (column("float", decimal_sign=","), "1234,5"),
    ],
)
def test_an_example_says_how_values_are_written_and_changes_nothing(one, shown):
    assert written_as(one) == shown
    assert read_written(one, one.type, shown) == {}


@pytest.mark.parametrize(
    ("kind", "text", "means"),
    [
        ("date", "31/12/24", {"format": "%d/%m/%y"}),
        ("date", "%d/%m/%Y", {"format": "%d/%m/%Y"}),
        ("timestamp", "31.12.2024 08:30", {"format": "%d.%m.%Y %H:%M"}),
        ("boolean", "ja|nein", {"format": "ja|nein"}),
        ("decimal", "1.234,5", {"format": None, "thousands_sign": ".", "decimal_sign": ",", "scale": 1}),
        ("decimal", "1.234", {"format": None, "thousands_sign": "", "decimal_sign": ".", "scale": 3}),
        ("float", "1 234,5", {"format": None, "thousands_sign": " ", "decimal_sign": ","}),
        ("integer", "1.234", {"format": None, "thousands_sign": "."}),
        ("text", "anything", {"format": None}),
    ],
)
def test_an_example_that_a_person_writes_is_understood(kind, text, means):
    assert read_written(column("integer"), ColumnType(kind), text) == means


@pytest.mark.parametrize(
    ("kind", "text"), [("date", "01.02.2023"), ("date", "day"), ("decimal", "many"), ("float", "1,234,5")]
)
def test_an_example_that_says_nothing_is_explained(kind, text):
    with pytest.raises(SpecError):
        read_written(column("text"), ColumnType(kind), text)


def test_another_type_forgets_how_the_old_one_was_written():
    old = column("date", format="%d.%m.%Y")

    assert read_written(old, ColumnType.DECIMAL, "31.12.2024") == {"format": None}
