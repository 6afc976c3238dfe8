"""Every field of a recipe is obeyed: escape, long delimiters, header rows, left-out and optional columns, footer."""

from io import BytesIO

import pytest

from hestia_assets.core.errors import HeaderMismatchError
from hestia_assets.core.results import LineAccount, TextChunk
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats.csv import FORMAT


def recipe(*sources: str, **options: object) -> Recipe:
    columns = tuple(Column(source=text, name=f"c{n}") for n, text in enumerate(sources))
    return Recipe.model_validate({"columns": columns, "chunk_bytes": 1024, **options})


def read(data: bytes, how: Recipe) -> list[TextChunk]:
    return list(FORMAT.read(BytesIO(data), how))


def rows(found: list[TextChunk]) -> list[tuple[str | None, ...]]:
    return [row for chunk in found for row in chunk.frame.drop("_row", "_line", "_lines").iter_rows()]


def account(found: list[TextChunk]) -> LineAccount:
    return sum((chunk.account for chunk in found), LineAccount())


def test_an_escape_takes_the_meaning_from_quote_delimiter_line_end_and_itself():
    data = b'a,b\n"x \\"y\\"",1\\,2\n"c:\\\\d",two\\\nlines\n'
    found = read(data, recipe("a", "b", escape="\\"))

    assert rows(found) == [('x "y"', "1,2"), ("c:\\d", "two\nlines")]
    assert account(found) == LineAccount(total=4, header=1, loaded=3)


def test_an_escape_before_a_sign_without_meaning_stays():
    assert rows(read(b"a,b\nC:\\new,\\N\n", recipe("a", "b", escape="\\"))) == [("C:\\new", "\\N")]


@pytest.mark.parametrize("delimiter", ["||", "~|~", "::", "¦", "\x1f"])
def test_a_row_of_another_width_is_set_aside_whatever_the_delimiter(delimiter):
    data = "\n".join(delimiter.join(row) for row in ["ab", "12", "123", "34"]).encode()
    found = read(data, recipe("a", "b", delimiter=delimiter))

    assert rows(found) == [("1", "2"), ("3", "4")]
    assert [(r.line, r.rule, r.text) for chunk in found for r in chunk.rejects] == [
        (3, "ragged", delimiter.join("123"))
    ]


def test_an_unclosed_quote_costs_one_row_with_a_long_delimiter():
    found = read(b'a||b\n1||"open\n2||x\n3||"y"\n', recipe("a", "b", delimiter="||"))

    assert rows(found) == [("2", "x"), ("3", "y")]


def test_long_delimiters_are_found_wherever_a_chunk_ends():
    lines = [f'{n}||"text || {n}"||{n * "x"}' for n in range(300)]
    data = ("a||b||c\n" + "\n".join(lines) + "\n").encode()

    found = read(data, recipe("a", "b", "c", delimiter="||"))

    assert len(found) > 5
    assert [row[1] for row in rows(found)] == [f"text || {n}" for n in range(300)]


def test_several_header_rows_are_joined_from_top_to_bottom():
    data = b",2024,,2025\ncity,men,women,men\nRome,1,2,3\n"
    found = read(data, recipe("city", "2024 men", "2024 women", "2025 men", header_lines=2))

    assert rows(found) == [("Rome", "1", "2", "3")]
    assert account(found) == LineAccount(total=3, header=2, loaded=1)


def test_columns_left_out_by_choice_are_left_out():
    assert rows(read(b"a,b,c\n1,2,3\n", recipe("c", "a", ignored=("b",)))) == [("3", "1")]


def test_columns_left_out_by_number_where_there_is_no_header():
    how = recipe("column_1", "column_3", ignored=("column_2",), has_header=False)

    assert rows(read(b"1,2,3\n", how)) == [("1", "3")]


def test_an_optional_column_that_is_missing_has_no_value():
    how = recipe("a", "b").model_copy(
        update={"columns": (Column(source="a", name="a"), Column(source="z", name="z", optional=True))}
    )

    assert rows(read(b"a\n1\n", how)) == [("1", None)]


def test_a_new_column_that_nobody_left_out_is_refused():
    with pytest.raises(HeaderMismatchError, match="new: c"):
        read(b"a,b,c\n1,2,3\n", recipe("a", "b"))


def test_a_footer_and_all_below_it_are_no_rows():
    found = read(b'a,b\n1,2\n\n"Total",3\n\nmade by me\n', recipe("a", "b", footer="Total"))

    assert rows(found) == [("1", "2")]
    assert account(found) == LineAccount(total=6, header=1, loaded=1, blank=1, footer=3)


def test_a_marker_inside_a_quoted_text_or_far_from_the_end_begins_no_footer():
    body = b"".join(b"%d,row\n" % n for n in range(20_000))
    data = b'a,b\nTotal,early\n"x\nTotal,in a text",y\n' + body + b'5,"two\nTotal,lines"\nTotal,end\n'
    found = read(data, recipe("a", "b", footer="Total"))

    assert rows(found)[0] == ("Total", "early")
    assert rows(found)[-1] == ("5", "two\nTotal,lines")
    assert account(found).footer == 1
    assert account(found).balanced


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_the_account_of_a_footer_balances_with_every_line_end(ends):
    found = read(ends.join(["a;b", "1;2", "Sum;2", "note", ""]).encode(), recipe("a", "b", footer="Sum", delimiter=";"))

    assert account(found) == LineAccount(total=4, header=1, loaded=1, footer=2)


def test_names_for_values_that_the_header_leaves_unnamed():
    behind = read(b"a,b\n1,2,\n", recipe("a", "b", "column_3"))
    before = read(b"a,b\n1,2,3\n", recipe("column_1", "a", "b"))

    assert rows(behind) == [("1", "2", "")]
    assert rows(before) == [("1", "2", "3")]
