"""Edges of CSV: marks in the middle of a file, blank lines, undecodable bytes, going on behind the header, writing."""

from io import BytesIO

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hestia_assets.core.results import LineAccount, TextChunk
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats.csv import FORMAT


def recipe(*names: str, **options: object) -> Recipe:
    columns = tuple(Column(source=name, name=name) for name in names)
    return Recipe.model_validate({"columns": columns, "chunk_bytes": 1024, **options})


def chunks(data: bytes, how: Recipe) -> list[TextChunk]:
    return list(FORMAT.read(BytesIO(data), how))


def rows(found: list[TextChunk]) -> list[tuple[str, ...]]:
    return [row for chunk in found for row in chunk.frame.drop("_row", "_line", "_lines").iter_rows()]


def account(found: list[TextChunk]) -> LineAccount:
    return sum((chunk.account for chunk in found), LineAccount())


def test_a_byte_order_mark_in_the_middle_is_part_of_its_value():
    found = chunks("a,b,c,d\n\ufeff1,2,3,4\n5,6,7,8\n".encode(), recipe(*"abcd"))

    assert rows(found) == [("\ufeff1", "2", "3", "4"), ("5", "6", "7", "8")]


def test_a_byte_order_mark_does_not_make_up_for_missing_delimiters():
    found = chunks("a,b,c,d\n\ufeff1,2,3,4\n5\n6,7,8,9\n".encode(), recipe(*"abcd"))

    assert rows(found) == [("\ufeff1", "2", "3", "4"), ("6", "7", "8", "9")]
    assert [reject.text for chunk in found for reject in chunk.rejects] == ["5"]


@pytest.mark.parametrize("data", [b"a,b\n", b"\n# x\na,b\n", b"a,b\n1,2\n"])
def test_going_on_behind_the_header_does_not_count_it_again(data):
    how = recipe("a", "b", comment="#")
    whole = chunks(data, how)
    resumed = list(FORMAT.read(BytesIO(data), how, start=whole[-1].end))

    assert account(whole).header == 1
    assert account(resumed) == LineAccount()


def test_without_a_header_the_start_of_the_file_is_read_once():
    how = recipe("a", "b", has_header=False)
    (chunk,) = chunks(b"1,2\n", how)

    assert account(list(FORMAT.read(BytesIO(b"1,2\n"), how, start=chunk.start))) == chunk.account
    assert list(FORMAT.read(BytesIO(b"1,2\n"), how, start=chunk.end)) == []


@pytest.mark.parametrize(
    ("encoding", "data", "shown"),
    [
        ("cp1252", b"a\nx\x8dy\n", "x\\x8dy"),
        ("cp1252", b"a\nx\x81\x8d\xe9\n", "x\\x81\\x8dé"),
        ("ascii", b"a\nx\xc3\xa9y\n", "x\\xc3\\xa9y"),
        ("utf-8", b"a\nx\xed\xb2\x8d\n", "x\\xed\\xb2\\x8d"),
        ("utf-16-le", "a\nx".encode("utf-16-le") + b"\x0a\xd8" + "y\n".encode("utf-16-le"), "x\\x0a\\xd8y"),
    ],
)
def test_a_byte_that_is_no_text_is_shown_as_it_stands_in_the_file(encoding, data, shown):
    found = chunks(data, recipe("a", encoding=encoding))

    assert rows(found) == []
    assert [(r.rule, r.text) for chunk in found for r in chunk.rejects] == [("not_text", shown)]


@pytest.mark.parametrize("damage", ["", '9\t"x"y\t9\n'])
def test_a_line_of_tabs_alone_is_a_row_where_tabs_delimit(damage):
    data = f"a\tb\tc\n\t\t\n{damage} \n1\t2\t3\n\t\t\n".encode()
    found = chunks(data, recipe("a", "b", "c", delimiter="\t"))

    assert rows(found) == [("", "", ""), ("1", "2", "3"), ("", "", "")]
    assert account(found).blank == 1


@pytest.mark.parametrize("damage", ["", '"x"y\n'])
def test_a_space_is_a_value_of_a_single_column(damage):
    found = chunks(f" \n\na\n{damage} \n\nx\n".encode(), recipe("a", preamble_lines=1))

    assert rows(found) == [(" ",), ("x",)]
    assert account(found).preamble == 1
    assert account(found).blank == 2


def test_blanks_behind_a_closing_quote_are_no_part_of_the_value():
    found = chunks(b'a,"b" ,"c"\t\n1,"x, y"  ,"z"\n', recipe("a", "b", "c"))

    assert rows(found) == [("1", "x, y", "z")]


def written(frame: pl.DataFrame) -> tuple[list[tuple[str, ...]], int]:
    target = BytesIO()
    FORMAT.write([frame], target)
    return rows(chunks(target.getvalue(), recipe(*frame.columns))), FORMAT.count(target)


@pytest.mark.parametrize("values", [["x", None, "y"], ["", None], [1, None, 2]])
def test_a_single_column_with_nulls_loses_no_row(values):
    frame = pl.DataFrame({"a": values})

    assert written(frame) == ([("" if value is None else str(value),) for value in values], len(values))


@pytest.mark.parametrize("name", ["", "a,b", 'say "hi"'])
def test_counts_rows_under_any_name(name):
    target = BytesIO()
    FORMAT.write([pl.DataFrame({name: ["1", "2"]})], target)

    assert FORMAT.count(target) == 2


CELLS = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=30)
    )
)
def test_every_row_that_was_written_is_counted_and_read(table):
    names = [f"c{number}" for number in range(len(table[0]))]
    frame = pl.DataFrame(table, schema=dict.fromkeys(names, pl.String), orient="row")

    assert written(frame) == ([tuple(value or "" for value in row) for row in table], len(table))
