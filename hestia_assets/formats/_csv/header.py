"""Where the header of a table is, and whether there is one: judged by the contrast with the rows below it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hestia_assets.formats._columns import joined_header, numbered
from hestia_assets.formats._csv.sample import SampleRow

MOST_PREAMBLE = 50
MOST_LINES = 3
SEVERAL = 2
CODE = re.compile(r"^\s*[^\w\s]\w|[^\w\s].*\d|\d.*[^\w\s]")
"""A sign before it, or a sign and a digit in it: names of columns are rarely written so, and never all alike."""
ALIKE = "A value of the first row is written like all those below it, so it is taken as data."
FEWEST_ALIKE = 2
"""Values below the first one that show how a column is written."""
NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


@dataclass(frozen=True)
class Header:
    """Which row of a sample begins the table, how many name its columns (0: none), the names, and why."""

    index: int
    lines: int
    sources: tuple[str, ...]
    because: str
    why_start: str

    @property
    def first_row(self) -> int:
        """Index of the first row below the header."""
        return self.index + self.lines


def find_header(rows: Sequence[SampleRow]) -> Header:
    """The header of the table in ``rows``, of which there is at least one."""
    width = usual_width(rows)
    index, why_start = _start(rows, width)
    values = [row.values for row in rows]
    other = _named_otherwise(values, index, width)
    if other is not None:
        above, sources, why = other
        return Header(above, 1, tuple(sources), why, why_start)
    first = values[index]
    several = _several_lines(values[index:])
    if several > 1:
        names = joined_header(values[index : index + several])
        why = f"The first {several} rows are words above columns of numbers; blanks in the upper ones span columns."
        return Header(index, several, tuple(names), why, why_start)
    named, why = _is_header(first, values[index + 1 :])
    sources = first if named else tuple(numbered(len(first)))
    return Header(index, int(named), tuple(sources), why, why_start)


def usual_width(rows: Sequence[SampleRow]) -> int:
    """The number of values that most rows have, of those with several."""
    widths = Counter(len(row.values) for row in rows)
    return max(widths, key=lambda width: (widths[width] * (width > 1), width))


def _start(rows: Sequence[SampleRow], width: int) -> tuple[int, str]:
    """Index of the first row that is as wide and as full as the table; what precedes it is a preamble.

    A preamble stands above at least two rows of the table's width: a single wide row at the end is no table.
    """
    titles = _titles_above([row.values for row in rows])
    for index, row in enumerate(rows[:MOST_PREAMBLE]):
        filled = sum(bool(value.strip()) for value in row.values)
        if index >= titles and len(row.values) == width and filled * 2 >= min(width, 4):
            if index and sum(len(other.values) == width for other in rows[index:]) < 2:
                break
            return index + _facts_above(
                [other.values for other in rows[index:]]
            ), f"The lines before it do not have the table's {width} columns, or are almost empty."
    return 0, "No line stands out as a header."


def _titles_above(values: Sequence[Sequence[str]]) -> int:
    """Rows above two columns that have a first value only, at least two or an empty one, where all others have both."""
    full = [len(row) == SEVERAL and all(text.strip() for text in row) for row in values]
    above = full.index(True) if True in full else 0
    titles = values[:above]
    alone = all(len(row) == SEVERAL and not row[1].strip() for row in titles)
    certain = above >= SEVERAL or any(not row[0].strip() for row in titles)
    return above if alone and certain and sum(full[above:]) * 10 >= len(full[above:]) * 9 else 0


def _facts_above(values: Sequence[Sequence[str]]) -> int:
    """Rows such as ``Station;Basel;;`` above a row of words that names every column, one of numbers among them."""
    width = len(values[0])
    for index, row in enumerate(values[:MOST_PREAMBLE]):
        if len(row) == width and all(text.strip() and not NUMBER.fullmatch(text.strip()) for text in row):
            body = [other for other in values[index + 1 :] if len(other) == width]
            return index if len(set(row)) == width and any(map(_numeric, zip(*body, strict=True))) else 0
        if len(row) != width or row[-1].strip() or not row[0].strip() or _has_gaps(row):
            return 0
    return 0


def _has_gaps(row: Sequence[str]) -> bool:
    """Whether a value follows a blank one, as in the upper row of a header whose cells were merged."""
    return any(right.strip() and not left.strip() for left, right in pairwise(row))


def _named_otherwise(values: Sequence[Sequence[str]], index: int, width: int) -> tuple[int, list[str], str] | None:
    """A header right above the rows that has a name less than they have values, or blank names too many."""
    if not index or len(values[index]) != width or len(values) < index + 2:
        return None
    above, body = list(values[index - 1]), [row for row in values[index:] if len(row) == width]
    while len(above) > width and not above[-1].strip():
        above.pop()
    if len(above) < 2 or any(not text.strip() or NUMBER.fullmatch(text.strip()) for text in above):
        return None
    unnamed = numbered(width)
    if len(above) == width:
        return index - 1, above, "It names every column; the delimiters behind the last name are left over."
    if len(above) < width and not any(value.strip() for row in body for value in row[len(above) :]):
        return index - 1, above + unnamed[len(above) :], "It names every column that has values."
    firsts = [row[0] for row in body]
    if len(above) == width - 1 and len(set(firsts)) == len(firsts) and _is_header(["", *above], body)[0]:
        return index - 1, [unnamed[0], *above], "It names every column but the first, which numbers or names the rows."
    return None


def _several_lines(values: Sequence[Sequence[str]]) -> int:
    """How many rows together name the columns: words above numbers, with blanks in the upper ones."""
    width = len(values[0])
    for count in range(MOST_LINES, 1, -1):
        upper, last, below = values[: count - 1], values[count - 1 : count], values[count:]
        if len(below) < 2 or any(len(row) != width for row in (*upper, *last)):
            continue
        numeric = [n for n in range(width) if _numeric([row[n] for row in below if n < len(row) and row[n].strip()])]
        words = all(last[0][n].strip() and not NUMBER.fullmatch(last[0][n].strip()) for n in numeric)
        if numeric and words and all(_spans_columns(row, numeric) for row in upper):
            return count
    return 1


def _spans_columns(row: Sequence[str], numeric: Sequence[int]) -> bool:
    """Whether a row looks like merged cells: blanks behind words, and no numbers but years above the numbers."""
    filled = [text.strip() for text in row if text.strip()]
    numbers = [row[n] for n in numeric if NUMBER.fullmatch(row[n].strip())]
    gap = any(left.strip() and not right.strip() for left, right in pairwise(row))
    return len(filled) > 1 and gap and all(re.fullmatch(r"(19|20)\d\d", text.strip()) for text in numbers)


def _numeric(column: Sequence[str]) -> bool:
    return bool(column) and sum(bool(NUMBER.fullmatch(text.strip())) for text in column) * 10 >= len(column) * 9


def _is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> tuple[bool, str]:
    """Whether the first row names the columns, judged by the contrast with the rows below it."""
    if not others:
        return True, "The file has one row only; it is taken as the header."
    columns = [[row[i] for row in others if i < len(row) and row[i].strip()] for i in range(len(first))]
    numeric = [_numeric(column) for column in columns]
    named = [not NUMBER.fullmatch(text.strip()) for text in first]
    if named[0] and not numeric[0] and _years([text for text, name in zip(first, named, strict=True) if not name]):
        return True, "Its cells are years in a row above the columns."
    contrast = [name == number for name, number in zip(named, numeric, strict=True)]
    if any(name and number for name, number in zip(named, numeric, strict=True)):
        return True, "Its cells are words above columns of numbers or dates."
    if (not any(named) and all(numeric)) or (any(numeric) and not any(contrast)):
        return False, "The first row looks like the rows below it, so the columns get numbers for names."
    filled = [text for text in first if text.strip()]
    repeated = any(text in set(column) for text, column in zip(first, columns, strict=True) if text.strip())
    if repeated or len(set(filled)) < len(filled):
        return False, "A value of the first row appears again below it, so it is taken as data."
    alike = any(_is_shaped_like(text, column) for text, column in zip(first, columns, strict=True))
    return not alike, ALIKE if alike else "Its cells are all different and none of them appears below."


def _is_shaped_like(text: str, column: Sequence[str]) -> bool:
    """Whether a code (``MG-8769``, ``#ff0000``) is written as all below it are."""
    text = text.strip()
    if not CODE.search(text) or len(column) < FEWEST_ALIKE or not all(map(CODE.search, column)):
        return False
    return {_shape(other) for other in column} == {_shape(text)}


def _shape(text: str) -> str:
    """Letters and digits alike: a code may have either at any place."""
    return re.sub(r"[^\W_]", "x", text.strip())


def _years(texts: Sequence[str]) -> bool:
    years = [int(text) for text in texts if re.fullmatch(r"(19|20)\d\d", text.strip())]
    return len(years) == len(texts) >= 2 and all(b - a == 1 for a, b in pairwise(years))
