"""Shapes of texts in plain words."""

from hestia_assets.core.results import ColumnFacts, Shape
from hestia_assets.core.shapes import GROUPED_LEGEND, LEGEND, in_words, legend, lines, shown

WORDS = {
    ("99-AAA", False): "2 digits, “-”, 3 letters",
    ("A", False): "1 letter",
    ("9  A//A", False): "1 digit, 2 spaces, 1 letter, “//”, 1 letter",
    ("A A9", True): "letters, space, letters, digits",
    ("A" * 40 + "…", False): "more than 40 characters",
    ("A.A.A.A.A", True): "letters, “.”, letters, “.”, letters, “.”, letters, and more",
    ("A", True): "one word",
    ("A A A", True): "3 words",
    ("A A…", True): "more than 40 characters",
    ("", False): "no sign at all",
    ("  ", False): "2 spaces",
    ("A\n\n\t9", False): "1 letter, 2 line breaks, tab, 1 digit",
}


def test_a_shape_is_said_in_words_by_its_runs():
    assert {key: in_words(key[0], grouped=key[1]) for key in WORDS} == WORDS


def test_a_column_says_its_shapes_with_rows_and_an_example():
    few = ColumnFacts("c", "text", 9, 0, 1, 3, shapes=(Shape("99", 5, "17"), Shape("A9", 1, "x1"), Shape(" ", 1, " ")))
    one = ColumnFacts("c", "text", 9, 0, 0, 9, shapes=(Shape("A9", 9, "x1"),), grouped=True)

    assert lines(few, most=2) == ["2 digits (5 rows, such as 17)", "1 letter, 1 digit (1 row, such as x1)"]
    assert lines(few)[2] == "space (1 row)"
    assert lines(one) == ["letters, digits (all, such as x1)"]
    two_lines = ColumnFacts("c", "text", 1, 0, 0, 1, shapes=(Shape("A\n\nA", 1, "x\n\ny"),))
    assert lines(two_lines) == ["1 letter, 2 line breaks, 1 letter (all, such as x⏎y)"]
    assert (legend(few), legend(one)) == (LEGEND, GROUPED_LEGEND)
    assert [shown(each) for each in few.shapes] == ["99", "A9", "(blank)"]
