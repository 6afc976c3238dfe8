"""Blanks around a value change nothing, whether the chunk has few of them or many."""

import polars as pl
import pytest

from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.validation.types import cast_all

BLANKS = ("", " ", "\t", "\u00a0", " \n", "\u2003")
WRITTEN = {
    ColumnType.INTEGER: ("7", "007", "+5", "-0", "x", "1 2"),
    ColumnType.DECIMAL: ("1.50", "1.505", "01.5", ".5", "x"),
    ColumnType.FLOAT: ("1.5", "1e5", "12E4", "nan", "inf", "x"),
    ColumnType.BOOLEAN: ("true", "FALSE", "True", "x"),
    ColumnType.DATE: ("2024-01-31", "2024-1-31", "24-01-31", "x"),
    ColumnType.TIMESTAMP: ("2024-01-31 08:30:00", "2024-01-31 8:30:00", "x"),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_value_with_blanks_around_it_becomes_what_it_is_without_them(kind: ColumnType):
    column = Column(source="a", name="a", type=kind)
    bare = pl.DataFrame({"a": [value for value in WRITTEN[kind] for _ in BLANKS for _ in BLANKS]})
    padded = pl.DataFrame({"a": [a + value + b for value in WRITTEN[kind] for a in BLANKS for b in BLANKS]})

    typed = cast_all(padded, (column,))["a"]

    alone = pl.concat([cast_all(padded[i], (column,)) for i in range(padded.height)])["a"]
    assert typed.to_list() == cast_all(bare, (column,))["a"].to_list()
    assert alone.to_list() == typed.to_list()
