"""Where the inspector sees the header: below facts and comments, over several lines, or nowhere."""

from io import BytesIO

import pytest

from hestia_assets.core.specs import Recipe
from hestia_assets.formats.csv import FORMAT


def look(data: bytes) -> tuple[Recipe, list[str]]:
    recipe = FORMAT.inspect(BytesIO(data), file_name="file.csv").recipe
    return recipe, [column.source for column in recipe.columns]


def test_facts_above_the_header_are_a_preamble_and_not_its_upper_rows():
    recipe, names = look(b"Station;Basel;;\nPeriod;2024;;\nid;name;price;day\n1;Ada;1.5;x\n2;Bob;2.5;y\n")

    assert (recipe.preamble_lines, recipe.header_lines, names) == (2, 1, ["id", "name", "price", "day"])


def test_merged_cells_above_the_header_still_belong_to_it():
    recipe, names = look(b"Region,2023,,2024,\n,Men,Women,Men,Women\nNorth,1,2,3,4\nSouth,5,6,7,8\n")

    assert (recipe.header_lines, names[1]) == (2, "2023 Men")


def test_a_last_name_left_blank_does_not_make_the_first_row_the_header():
    assert look(b"name,age,\nAnn,33,x\nBob,44,y\n")[1] == ["name", "age", ""]


def test_a_name_over_two_lines_is_one_name():
    data = b'id,"long\nname",n\n1,a,2\n2,b,3\n'
    recipe, names = look(data)

    assert (recipe.preamble_lines, names) == (0, ["id", "long\nname", "n"])
    assert [column.source for column in FORMAT.columns(BytesIO(data), recipe)] == names


@pytest.mark.parametrize("data", [b"#ff0000,red\n#00ff00,green\n#0000ff,blue\n", b"MG-87,boot\nRI-12,hat\nBH-77,tee\n"])
def test_a_first_row_written_like_all_others_is_no_header(data):
    assert not look(data)[0].has_header


@pytest.mark.parametrize(
    "data", [b"c0,x\nv0,y\nv1,z\n", b"e-mail,x\nann@x.org,y\nbob@y.org,z\n", b"a 1,b 2\nc,d\ne,f\n"]
)
def test_names_with_digits_or_signs_are_still_names(data):
    assert look(data)[0].has_header


def test_a_comment_with_as_many_commas_as_the_table_is_no_header():
    recipe, names = look(b"# made by a, b\nid,n\n1,a\n2,b\n")

    assert (recipe.comment, names) == ("#", ["id", "n"])


def test_a_commented_header_above_rows_without_one_is_the_header():
    assert look(b"# id,n\n1,a\n2,b\n")[1] == ["# id", "n"]


@pytest.mark.parametrize("data", [b'A,"B\nB",C', b'a,"b\r\nb",c\r\nd,"e\r\ne",f', b'A,"x\n\ny",C\n1,2,3\n'])
def test_a_line_break_in_a_quoted_name_of_the_first_row_is_no_open_quote(data):
    assert len(look(data)[1]) == 3


def test_titles_above_two_columns_are_a_preamble():
    recipe, names = look(b"Report;\nMade by Ann;\n;\ncity;day\nRome;2024-01-24\nOslo;2024-01-08\n")

    assert (recipe.preamble_lines, names) == (3, ["city", "day"])


def test_one_row_without_a_second_value_is_no_title():
    assert look(b"name,city\nAnn,\nBob,Rome\n")[1] == ["name", "city"]
    assert look(b"name,\nAnn,x\nBob,y\n")[1] == ["name", ""]


def test_comments_above_dates_are_no_header():
    assert look(b"# made by x\n# y, z\nday,due\n2024-08-10,2/28/2024\n2024-08-22,12/2/2024\n")[1] == ["day", "due"]
