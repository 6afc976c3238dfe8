"""The inspector: what it guesses, and the reason it gives."""

from io import BytesIO
from pathlib import Path

import pytest

from hestia_assets.core.errors import EmptyFileError, UnreadableFileError
from hestia_assets.core.results import Inspection, LineAccount
from hestia_assets.formats._columns import column_name, text_columns
from hestia_assets.formats.csv import FORMAT

TESTDATA = Path(__file__).parents[3].parent / "shared" / "testdata"


def look(data: bytes) -> Inspection:
    return FORMAT.inspect(BytesIO(data), file_name="file.csv")


def reason(found: Inspection, what: str) -> str:
    return next(item.because for item in found.reasons if item.what == what)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_usual_delimiters(delimiter):
    rows = [["id", "name", "price"], ["1", "Ada", "2.50"], ["2", "Zoë", "3.10"], ["3", "Li", "9.99"]]

    assert look("\n".join(delimiter.join(row) for row in rows).encode()).recipe.delimiter == delimiter


def test_a_ragged_row_does_not_collapse_the_table():
    rows = [f"{n};name {n};{n * 3}" for n in range(40)]
    rows[17] = "17;short"

    assert len(look(("id;name;price\n" + "\n".join(rows)).encode()).recipe.columns) == 3


def test_two_lines_and_a_stray_semicolon_stay_one_column():
    found = look(b"c0\nv0\na;b\n")

    assert sum(1 for _ in FORMAT.read(BytesIO(b"c0\nv0\na;b\n"), found.recipe)) == 1


def test_obeys_the_sep_line_of_excel():
    found = look(b"sep=;\nid;price\n1;2,5\n2;3,5\n").recipe

    assert (found.delimiter, found.preamble_lines, [c.source for c in found.columns]) == (";", 1, ["id", "price"])


def test_a_title_block_is_a_preamble():
    found = look(b"Sales report\nmade 2026-01-01\n\nid,name,price\n1,Ada,2\n2,Zoe,3\n3,Li,4\n").recipe

    assert found.preamble_lines == 2
    assert [column.source for column in found.columns] == ["id", "name", "price"]


def test_blank_lines_inside_a_title_block_have_their_own_place():
    data = b"Sales report\n\nmade 2026-01-01\n\nid,name,price\n1,Ada,2\n2,Zoe,3\n"
    found = look(data)
    total = sum((chunk.account for chunk in FORMAT.read(BytesIO(data), found.recipe)), LineAccount())

    assert total == LineAccount(total=7, preamble=2, blank=2, header=1, loaded=2)


def test_lines_that_start_with_a_hash_are_comments():
    data = b"# it's made today\"\nid,name\n1,Ada\n# middle\n2,Zoe\n"
    found = look(data)
    total = sum((chunk.account for chunk in FORMAT.read(BytesIO(data), found.recipe)), LineAccount())

    assert total == LineAccount(total=5, comment=2, header=1, loaded=2)


def test_a_header_that_begins_with_a_hash_is_a_header():
    assert look(b"#id,name\n1,Ada\n2,Zoe\n").recipe.columns[0].source == "#id"


def test_numbers_above_numbers_are_no_header():
    found = look(b"1,2.5\n2,3.5\n3,4.5\n")

    assert not found.recipe.has_header
    assert [column.name for column in found.recipe.columns] == ["column_1", "column_2"]


def test_years_above_numbers_are_a_header():
    assert look(b"Sector,2000,2001,2002\nTimber,12,13,14\nPaper,1,2,3\n").recipe.has_header


def test_a_byte_order_mark_is_obeyed_and_is_not_part_of_the_first_name():
    found = look("\ufeffid,name\n1,Ada\n".encode())

    assert found.recipe.columns[0].source == "id"
    assert "byte-order mark" in reason(found, "encoding")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("name\nZoë\n".encode(), "utf-8"),
        ("name\nZoë\n".encode("cp1252"), "cp1252"),
        ("name,x\nZoë,1\n".encode("utf-16"), "utf-16-le"),
        ("name,x\nZoe,1\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_finds_the_encoding(data, encoding):
    assert look(data).recipe.encoding == encoding


def test_an_umlaut_late_in_the_file_is_seen():
    data = b"name\n" + b"plain\n" * 1_000_000 + "Zoë\n".encode("cp1252")

    assert look(data).recipe.encoding == "cp1252"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04zip", "Excel"),
        (b"\xd0\xcf\x11\xe0", "password"),
        (b"%PDF-1.7", "PDF"),
        (b"PAR1abc", "Parquet"),
        (b"\0" * 99, "zero"),
    ],
)
def test_another_kind_of_file_is_refused_by_its_name(data, kind):
    with pytest.raises(UnreadableFileError, match=kind):
        look(data)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \n"])
def test_an_empty_file_is_refused(data):
    with pytest.raises(EmptyFileError):
        look(data)


def test_names_of_columns_are_unique_and_plain():
    found = look(b"Order No.,order no,,\xc3\x9cber\n1,2,3,4\n").recipe

    assert [column.name for column in found.columns] == ["order_no", "order_no_2", "column_3", "über"]


def test_a_very_long_header_is_cut_to_a_valid_name():
    assert len(column_name("x" * 500, 1)) == 120


@pytest.mark.skipif(not TESTDATA.exists(), reason="the shared test files are not beside this checkout")
@pytest.mark.parametrize("path", sorted((TESTDATA / "csv_wild").glob("*.?sv")), ids=lambda path: path.name)
def test_every_wild_file_balances(path):
    with path.open("rb") as source:
        found = FORMAT.inspect(source, file_name=path.name)
        total = sum((chunk.account for chunk in FORMAT.read(source, found.recipe)), LineAccount())

    assert total.balanced
    assert total.loaded > 0


def test_clock_times_are_no_columns():
    found = look(b"t\n2026-01-01T10:00:00\n2026-01-02T11:30:00\n").recipe

    assert found.delimiter != ":"
    assert [column.source for column in found.columns] == ["t"]


def test_addresses_are_no_columns():
    assert len(look(b"https://a.example/x\nhttps://a.example/y\n").recipe.columns) == 1


def test_a_colon_that_splits_every_line_is_a_delimiter():
    assert look(b"user:uid:home\nroot:0:/root\nada:7:/home/ada\n").recipe.delimiter == ":"


def test_blanks_behind_quotes_in_the_header_do_not_make_it_a_preamble():
    data = b'id,name,"city" ,"zip" \n' + b"".join(b"%d,n,c,1\n" % n for n in range(50))
    found = look(data).recipe

    assert found.preamble_lines == 0
    assert [column.source for column in found.columns] == ["id", "name", "city", "zip"]


def test_a_broken_quote_in_the_header_is_refused_and_not_a_preamble():
    data = b'id,name,"city"x,zip\n' + b"".join(b"%d,n,c,1\n" % n for n in range(50))

    with pytest.raises(UnreadableFileError, match="header"):
        look(data)


def test_the_last_row_of_a_tiny_file_is_no_header():
    found = look(b"a,b,c\nd,e\nf,g,h,i\n").recipe

    assert (found.preamble_lines, found.has_header, len(found.columns)) == (0, True, 3)


def test_what_stands_in_a_long_quoted_text_is_no_evidence():
    data = b"id,text\n" + b"".join(b'%d,"%s"\n' % (n, b"0.5,x,y\n" * 100_000) for n in range(2))

    assert [column.source for column in look(data).recipe.columns] == ["id", "text"]


def test_a_space_above_a_single_column_has_the_same_place_for_inspector_and_reader():
    data = b" \nname\nx\n \ny\n"
    found = look(data)
    total = sum((chunk.account for chunk in FORMAT.read(BytesIO(data), found.recipe)), LineAccount())

    assert total == LineAccount(total=5, preamble=1, header=1, loaded=3)


@pytest.mark.parametrize(
    "delimiter", ["||", "~|~", "::", "<>", "|#|", "^^", "^", "~", ":", "\x01", "\x1f", "¦", "§"], ids=repr
)
def test_finds_unusual_delimiters(delimiter):
    rows = [
        ["id", "name", "price", "day"],
        ["1", "Ada", "2.50", "2024-01-02"],
        ["2", "Zoe, the x", "3.10", "2024-01-03"],
    ]

    assert look("\n".join(delimiter.join(row) for row in rows).encode()).recipe.delimiter == delimiter


@pytest.mark.parametrize(
    "data",
    [
        b"name,,age\nx,,1\ny,,2\n",
        b"::1,localhost\nfe80::1,x\n",
        b"name,url\na,http://x/?a=1;b=2\nb,http://x/?a=3;b=4\n",
        b"ts,v\n2020-01-01 10:00:00,1\n2020-01-01 11:00:00,2\n",
    ],
)
def test_signs_within_values_are_no_delimiters(data):
    assert look(data).recipe.delimiter == ","


@pytest.mark.parametrize("sign", [b"||", b"\t", b";"])
def test_a_sep_line_may_name_any_sign(sign):
    found = look(b"sep=" + sign + b"\na" + sign + b"b\n1" + sign + b"2\n").recipe

    assert (found.delimiter.encode(), found.preamble_lines) == (sign, 1)


def test_a_backslash_is_an_escape_where_it_makes_rows_whole():
    assert look(b'id,data\n1,"{\\"a\\": 1, \\"b\\": 2}"\n2,"{\\"a\\": 3}"\n').recipe.escape == "\\"
    assert look(b'path,n\n"C:\\dir\\",1\n"D:\\",2\n').recipe.escape == ""


def test_words_above_words_above_numbers_are_a_header_of_two_rows():
    found = look(b",2024,,2025,\ncity,men,women,men,women\nRome,1,2,3,4\nOslo,5,6,7,8\n").recipe

    assert found.header_lines == 2
    assert [column.source for column in found.columns] == ["city", "2024 men", "2024 women", "2025 men", "2025 women"]


def test_a_header_with_a_name_less_than_values_is_still_the_header():
    behind = look(b"a,b,c\n1,2,3,\n4,5,6,\n").recipe
    before = look(b"mpg,cyl,name\n1,21.0,6,x\n2,22.8,4,y\n").recipe

    assert [column.source for column in behind.columns] == ["a", "b", "c", "column_4"]
    assert [column.source for column in before.columns] == ["column_1", "mpg", "cyl", "name"]
    assert behind.preamble_lines == before.preamble_lines == 0


def test_a_last_row_of_sums_is_a_footer_and_a_person_may_keep_it():
    found = look(b"shop,sold,price\nA,1,2.5\nB,2,3.5\nTotal,3,6.0\n")

    (question,) = found.questions
    assert found.recipe.footer == "Total"
    assert question.choices[question.chosen].changes == {"footer": "Total"}
    assert [choice.changes["footer"] for choice in question.choices] == ["", "Total"]


def test_a_last_row_that_only_may_be_a_sum_stays_a_row_until_a_person_decides():
    found = look(b"shop,sold\nA,1\nB,2\nTotal,4\n")

    assert found.recipe.footer == ""
    assert [question.what for question in found.questions] == ["footer"]


def test_a_file_that_is_utf8_but_for_a_byte_is_utf8():
    text = "name,city\n" + "".join(f"Zoë {n},Köln\n" for n in range(20))
    found = look(text.encode() + b"bad \xff,x\n")

    assert found.recipe.encoding == "utf-8"


def test_an_ordinary_utf8_file_asks_nothing():
    assert look("id,name\n1,Zoë\n2,Łukasz\n".encode()).questions == ()


def test_every_sign_of_unicode_can_stand_in_a_header():
    odd = [chr(code) for code in (0x9F4, 0xB2, 0x2460, 0xD7FF, 0x1F600)]

    columns = text_columns([f"{sign}x" for sign in odd] + [f"a{sign}" for sign in odd])

    assert len({column.name for column in columns}) == 10
