"""The inspector's choice of delimiter where several signs, or quotes in odd places, make it hard."""

from io import BytesIO

import pytest

from hestia_assets.formats.csv import FORMAT


def read(data: bytes) -> list[tuple[str | None, ...]]:
    """The header and the rows, as the inspector would have them read."""
    recipe = FORMAT.inspect(BytesIO(data), file_name="file.csv").recipe
    names = [column.name for column in recipe.columns]
    header = tuple(column.source for column in recipe.columns)
    return [header, *(row for chunk in FORMAT.read(BytesIO(data), recipe) for row in chunk.frame.select(names).rows())]


def lines(delimiter: str, rows: list[tuple[str, ...]]) -> bytes:
    return "".join(delimiter.join(row) + "\n" for row in rows).encode()


HEADER = ("id", "path", "tag")


@pytest.mark.parametrize(
    ("delimiter", "values"),
    [("||", ("a|b", "c|d|e", "plain")), ("::", ("10:30", "11:45", "12:00")), ("|;|", ("a;b", "c", "d|e"))],
)
def test_a_value_may_hold_the_single_sign_of_a_doubled_delimiter(delimiter, values):
    rows = [HEADER, *((str(number), value, "x") for number, value in enumerate(values))]

    assert read(lines(delimiter, rows)) == rows


def test_an_empty_value_between_single_signs_is_no_doubled_delimiter():
    rows = [("a", "b", "c", "d"), *((str(n), "", "", "x") for n in range(12))]

    assert read(lines("|", rows)) == rows


@pytest.mark.parametrize("delimiter", [" ", "+", "\t\t", "\\t", ", ", "; ", "?"], ids=repr)
def test_what_stands_between_quoted_values_is_the_delimiter_whatever_it_is(delimiter):
    rows = [("name", "city", "note"), ("Ann", "Rome, IT", "a b; c"), ("Bob", "Oslo", "x + y?"), ("Cy", "Bern", "-")]
    quoted = [tuple(f'"{value}"' for value in row) for row in rows]

    assert read(lines(delimiter, quoted)) == rows


def test_a_blank_before_a_quote_belongs_to_the_delimiter():
    assert read(b'a, "b, c", d\n1, "x, y", 2\n3, z, 4\n') == [("a", "b, c", "d"), ("1", "x, y", "2"), ("3", "z", "4")]


def test_without_quotes_a_blank_behind_a_comma_stays_in_the_value():
    assert read(b"a, b\n1, x\n2, y\n") == [("a", " b"), ("1", " x"), ("2", " y")]


def test_single_quotes_may_hold_double_ones():
    rows = read(b"'id','note'\n'1','says \"hi\", loud'\n'2','O''Hara'\n")

    assert rows == [("id", "note"), ("1", 'says "hi", loud'), ("2", "O'Hara")]


def test_a_tab_in_every_line_divides_values_that_hold_commas():
    rows = [("Last, First", "City, State"), ("Doe, J", "Rome, IT"), ("Roe, A", "Oslo, NO")]

    assert read(lines("\t", rows)) == rows


@pytest.mark.parametrize("sign", [",", ";"])
def test_prose_in_one_column_stays_one_column(sign):
    texts = ["comment", f"I like it{sign} really", "Good", f"Bad{sign} but cheap{sign} and small", "Nothing to say"]

    assert read("\n".join(texts).encode()) == [(text,) for text in texts]


def test_decimal_commas_below_a_word_are_one_column():
    assert read(b"wert\n1,5\n2,75\n3,0\n") == [("wert",), ("1,5",), ("2,75",), ("3,0",)]


@pytest.mark.parametrize("sign", ["^", "~"])
def test_a_rare_sign_in_every_line_beats_a_comma_in_most(sign):
    rows = [("id", "name", "city", "n"), *((str(n), "Doe, Ann" if n % 3 else "Ann", "Rome", "1") for n in range(12))]

    assert read(lines(sign, rows)) == rows


def test_where_every_line_has_an_escaped_quote_the_delimiter_is_still_found():
    assert read(b'a,"b\\"c",d\n1,"2\\"3",4\n') == [("a", 'b"c', "d"), ("1", '2"3', "4")]


@pytest.mark.parametrize("value", ["+49 30 1234", "$5.00", "(7)", "#9"])
def test_a_sign_that_begins_all_values_is_no_part_of_the_delimiter(value):
    rows = [("a", "b"), *((f"x{n}@y.org", value) for n in range(30))]

    assert read(lines("|", rows)) == rows


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"], ids=repr)
def test_an_escaped_delimiter_in_half_of_the_lines_is_none(delimiter):
    rows = [
        ("price", "name", "wert"),
        ("x", "16:47", "357,45"),
        ("5/13/2024", "01:45", "847,78"),
        ("z", "06:24", "6,6"),
    ]
    first, second, third, fourth = ([value.replace(",", ".") for value in row] for row in rows)
    escaped = [first, ["x\\" + delimiter + "y", *second[1:]], third, ["z\\" + delimiter, *fourth[1:]]]
    wanted = [first, [f"x{delimiter}y", *second[1:]], third, [f"z{delimiter}", *fourth[1:]]]

    assert read(lines(delimiter, [tuple(row) for row in escaped])) == [tuple(row) for row in wanted]


def test_a_caret_in_every_line_beats_a_comma_that_the_header_lacks():
    rows = [("id", "total"), *((f"Doe, {n}", "Roe, Ann") for n in "ABCD")]

    assert read(lines("^", rows)) == rows


def test_blanks_divide_lines_of_nothing_but_numbers_however_few():
    assert read(b"1.0 2.0 3e5\n4.0 5.0 6.0\n")[1:] == [("1.0", "2.0", "3e5"), ("4.0", "5.0", "6.0")]


def test_a_column_that_is_empty_in_every_row_makes_no_doubled_delimiter():
    rows = [("last", "middle", "first"), *((str(n), "", f"x{n}") for n in range(40))]

    assert read(lines("|", rows)) == rows


@pytest.mark.parametrize("text", ["a,d", "a,d,e", 'says ""hi"", twice', "one\n# two"], ids=repr)
def test_rows_that_begin_with_a_hash_are_no_comments_for_what_stands_in_their_quotes(text):
    data = f'code,note\nalpha,"a,b,c,d"\n#1,"{text}"\nbeta,plain\n'.encode()

    assert [row[0] for row in read(data)] == ["code", "alpha", "#1", "beta"]


def test_lines_that_only_begin_with_a_hash_inside_of_quotes_are_no_comments():
    data = b'id,note\n1,"a\n# b\nc"\n2,"d\n# e"\n#3,f\n'

    assert read(data) == [("id", "note"), ("1", "a\n# b\nc"), ("2", "d\n# e"), ("#3", "f")]


def test_a_sign_that_stands_in_the_names_and_divides_every_line_is_the_delimiter():
    rows = [("lon", "phone"), *((f"{n}5.266,5{n} €", f"{n},7 €") for n in range(10, 25))]

    assert read(lines("|", rows)) == rows


def test_a_comma_blank_and_quote_inside_of_quotes_make_no_delimiter():
    rows = [("a", "b", "c"), *((str(n), "Lee, Ann", "") for n in range(20)), ("20", 'Lee, "Ann"', "x")]
    data = "a,b,c\n" + '{},"Lee, Ann",\n' * 20 + '20,"Lee, ""Ann""",x\n'

    assert read(data.format(*range(20)).encode()) == rows
