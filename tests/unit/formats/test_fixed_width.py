"""Text in fixed widths: columns are found where blanks line up, and ordinary delimited text is never one."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hestia_assets.core.errors import SpecError, UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.core.results import LineAccount, TextChunk
from hestia_assets.core.specs import Column, Recipe
from hestia_assets.formats.fixed_width import FORMAT

WILD = Path(__file__).parents[3].parent / "shared" / "testdata" / "csv_wild"
TABLE = b"""\
id     name              price
00501  Ada Lovelace       2.50
00502  Grace             13.10
00503  Mary Somerville   99.00
"""


def recipe(*widths: int, **options: object) -> Recipe:
    columns = tuple(Column(source=f"column_{n}", name=f"c{n}") for n in range(1, len(widths) + 1))
    return Recipe.model_validate(
        {
            "format": "fixed_width",
            "options": {"widths": list(widths)},
            "has_header": False,
            "columns": columns,
            **options,
        }
    )


def chunks(data: bytes, how: Recipe) -> list[TextChunk]:
    return list(FORMAT.read(BytesIO(data), how))


def rows(found: list[TextChunk]) -> list[tuple[str, ...]]:
    return [row for chunk in found for row in chunk.frame.drop("_row", "_line", "_lines").iter_rows()]


def account(found: list[TextChunk]) -> LineAccount:
    return sum((chunk.account for chunk in found), LineAccount())


def test_columns_are_found_where_blanks_line_up():
    found = FORMAT.inspect(BytesIO(TABLE), file_name="t.prn").recipe

    assert [column.source for column in found.columns] == ["id", "name", "price"]
    assert rows(chunks(TABLE, found))[0] == ("00501", "Ada Lovelace", "2.50")
    assert account(chunks(TABLE, found)) == LineAccount(total=4, header=1, loaded=3)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (b"00504  Countess Lovelaces 7.00", 2),
        (b"00504  Grace        1234567.00", 2),
        (b"0050456Grace             13.10", 1),
    ],
)
def test_a_value_that_reaches_the_next_column_is_set_aside_and_never_cut_in_two(line: bytes, column: int):
    found = FORMAT.inspect(BytesIO(TABLE), file_name="t.prn").recipe

    (chunk,) = chunks(TABLE + line + b"\n", found)

    assert (chunk.frame.height, chunk.account.quarantined) == (3, 1)
    assert (chunk.rejects[0].line, chunk.rejects[0].text) == (5, line.decode())
    assert f"column {column} reaches" in chunk.rejects[0].message


def test_columns_that_touch_are_cut_where_a_person_said_so():
    assert rows(chunks(b"AB12\nCD34\n", recipe(2, 2))) == [("AB", "12"), ("CD", "34")]


def test_a_title_and_a_ruled_line_are_no_rows():
    data = b"Price list\n\n" + TABLE.replace(b"price\n", b"price\n-----  ---------------   -----\n")
    found = FORMAT.inspect(BytesIO(data), file_name="t.txt").recipe

    assert account(chunks(data, found)) == LineAccount(total=7, preamble=1, blank=1, header=1, comment=1, loaded=3)


def test_widths_are_characters_and_not_bytes():
    data = "Zoë   Köln    1\nBob   Bonn    2\nŁukas Łódź    3\n".encode()

    assert rows(chunks(data, recipe(6, 8, 1)))[2] == ("Łukas", "Łódź", "3")


def test_lines_that_are_too_long_or_too_short_are_set_aside_with_their_text():
    found = chunks(b"aa bb cc\naa\naa bb cc dd\nxx yy zz\n", recipe(3, 3, 2))

    assert rows(found) == [("aa", "bb", "cc"), ("xx", "yy", "zz")]
    assert [(r.line, r.rule, r.text) for chunk in found for r in chunk.rejects] == [
        (2, "ragged", "aa"),
        (3, "ragged", "aa bb cc dd"),
    ]
    assert account(found).balanced


def test_a_line_with_bytes_that_are_no_text_is_set_aside():
    found = chunks(b"aa bb\nx\xff yy\nx\0 yy\n", recipe(3, 2))

    assert rows(found) == [("aa", "bb")]
    assert [r.rule for chunk in found for r in chunk.rejects] == ["not_text", "not_text"]


def test_a_footer_begins_with_its_marker():
    found = chunks(b"aa  1\nbb  2\n\nSum 3\nnote\n", recipe(4, 1, footer="Sum"))

    assert rows(found) == [("aa", "1"), ("bb", "2")]
    assert account(found) == LineAccount(total=5, blank=1, footer=2, loaded=2)


def test_a_recipe_without_widths_is_a_spec_error():
    with pytest.raises(SpecError, match="widths"):
        chunks(b"a b\n", recipe())


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n3,4\n",
        b"id;  name;  city\n1;   Ada;   Rome\n2;   Zoe;   Oslo\n",
        b"one\ntwo\nthree\n",
        b"This is a letter.\nIt has  some lines.\nBut it is  no table at all.\n",
        b"first  line\nx\n",
        b"def f():\n    return 1\n\n\nclass A:\n    x = 1\n",
        b'{"a":  1,\n "b":  2,\n "c":  3}\n',
    ],
)
def test_other_texts_are_refused(data):
    assert FORMAT.claim(data, file_name="data.txt") is Claim.FALLBACK
    with pytest.raises(UnreadableFileError):
        FORMAT.inspect(BytesIO(data), file_name="data.txt")


@pytest.mark.skipif(not WILD.exists(), reason="the shared test files are not beside this checkout")
@pytest.mark.parametrize("path", sorted([*WILD.glob("*.?sv"), *WILD.glob("*.tab")]), ids=lambda path: path.name)
def test_no_wild_delimited_file_is_claimed(path):
    assert FORMAT.claim(path.read_bytes()[:65536], file_name=path.name) is Claim.FALLBACK


letters = st.characters(exclude_characters=" \0\ufeff\r\n", exclude_categories=["Cs", "Cc", "Zs"])
words = st.text(letters, min_size=1, max_size=6)


@given(st.lists(st.tuples(words, words, words), min_size=1, max_size=9), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_written_in_fixed_widths_comes_back_and_balances(table, line_end):
    text = "".join("".join(value.ljust(8) for value in row) + line_end for row in table)

    found = chunks(text.encode(), recipe(8, 8, 8, chunk_bytes=1024))

    assert rows(found) == table
    assert account(found).balanced


def test_a_value_of_two_words_below_one_name_is_one_value():
    lines = [f"dog{n:02}   2024-01-{n:02} 06:00:00  +49 4{n % 10} 48813   {n}.50" for n in range(1, 30)]
    data = "\n".join(["animal  seen                 phone          price", *lines]).encode()
    found = FORMAT.inspect(BytesIO(data), file_name="t.prn").recipe

    assert [column.source for column in found.columns] == ["animal", "seen", "phone", "price"]
    assert rows(chunks(data, found))[0] == ("dog01", "2024-01-01 06:00:00", "+49 41 48813", "1.50")


def test_commas_within_names_and_thousands_divide_no_fixed_width():
    lines = [f"Doe, Ann{n:02}    3,9{n:02},071  MG-{n:04}" for n in range(10, 40)]
    data = "\n".join(["name          people     code", *lines]).encode()

    assert FORMAT.claim(data, file_name="t.txt") is Claim.SURE


def test_a_sign_in_every_value_but_in_no_name_divides_no_fixed_width():
    lines = [f"https://x.org/?a={n};b={n}   9{n},50   Kiel" for n in range(10, 40)]
    data = "\n".join(["address                   price   Kind of thing", *lines]).encode()
    found = FORMAT.inspect(BytesIO(data), file_name="t.txt").recipe

    assert FORMAT.claim(data, file_name="t.txt") is Claim.SURE
    assert [column.source for column in found.columns] == ["address", "price", "Kind of thing"]


def test_quoted_values_that_line_up_by_chance_are_still_delimited_text():
    lines = [f'"2016-05-15 10:25:{n:02}","{"x" * (n % 7)}  ","a{",b" * (n % 5)}","{n}"' for n in range(10, 60)]

    assert FORMAT.claim("\n".join(['"when it was","pad","list","n"', *lines, ""]).encode(), file_name="f") != Claim.SURE


def test_many_commas_in_every_line_divide_it_even_where_they_look_like_thousands():
    lines = [
        f"{n},2022-11-13 14:44:{n},a{'b' * (n % 3)}  c,{-73 - n % 3},{784 if n % 2 else 78},x,y" for n in range(10, 18)
    ]

    assert FORMAT.claim("\n".join(["id,2019  when,c,d,e,f,g", *lines, ""]).encode(), file_name="f") != Claim.SURE
