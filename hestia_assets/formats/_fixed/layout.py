"""Where the columns of a text in fixed widths are: the places where all lines are blank at once."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hestia_assets.formats._csv.dialect import USUAL

FEWEST_LINES = 3
MOST_TITLES = 10
WIDE_GAP = 2
"""So many blanks in every line are no accident."""
CHANCE = 0.01
WITHIN_VALUES = re.compile(r"(?<=\d),(?=\d{3}(?!\d))|(?<=[^\W\d]), (?=[^\W\d])")
"""Commas in ``1,234`` and ``Doe, Ann``."""
QUOTED = re.compile(r'"[^"]*+"')
MANY = 6
"""Signs in every line, the names among them, that no report has by accident."""
RULER = set("-=_+ ")


@dataclass(frozen=True)
class Layout:
    """Widths of the columns in characters, the index of the first line of the table, the lines that were looked at."""

    widths: tuple[int, ...]
    first: int
    lines: int


def find_layout(lines: Sequence[str]) -> Layout | None:
    """The columns of whole, non-blank ``lines``, or None where they do not line up convincingly."""
    if len(lines) < FEWEST_LINES or any("\t" in line for line in lines):
        return None
    if any(_divides(lines, sign) and not _only_below_names(lines, sign) for sign in USUAL):
        return None
    for first in range(min(MOST_TITLES, len(lines) - FEWEST_LINES) + 1):
        table = lines[first:]
        starts = _starts(table) if len(table) >= FEWEST_LINES and _is_padded(table) else []
        if len(starts) > 1 and _is_filled(table, starts):
            ends = [*starts[1:], max(len(line) for line in table)]
            title = next(n for n, line in enumerate(table) if _fills(line, starts, ends))
            widths = (ends[0], *(end - start for start, end in zip(starts[1:], ends[1:], strict=True)))
            return Layout(widths, first + title, len(table))
    return None


def is_ruler(line: str) -> bool:
    """A line of dashes, which divides the header from the rows."""
    return bool(line.strip()) and set(line) <= RULER


def cut(line: str, widths: Sequence[int]) -> list[str]:
    """The values of a line, blanks around them taken off."""
    values: list[str] = []
    position = 0
    for width in widths:
        values.append(line[position : position + width].strip(" "))
        position += width
    return values


def _divides(lines: Sequence[str], sign: str) -> bool:
    """Whether a usual delimiter splits nearly every line alike: then it is delimited text."""
    bare = [QUOTED.sub('""', line) for line in lines]
    if (most := bare[0].count(sign)) >= MANY and all(line.count(sign) == most for line in bare):
        return True
    counts = [WITHIN_VALUES.sub("", line).count(sign) for line in bare]
    usual = max(set(counts), key=counts.count)
    return usual > 0 and counts.count(usual) * 10 >= len(counts) * 8


def _only_below_names(lines: Sequence[str], sign: str) -> bool:
    """Whether a sign stands in every line but the first, which has a name above each column: it is part of a value."""
    header = lines[0]
    if sign in header or not _is_padded(lines):
        return False
    starts = _starts(lines)
    return len(starts) > 1 and all(header[start : start + 1].strip() for start in starts)


def _is_padded(lines: Sequence[str]) -> bool:
    """Whether most lines hold two blanks between words: prose does not."""
    return sum("  " in line.strip() for line in lines) * 2 >= len(lines)


def _starts(lines: Sequence[str]) -> list[int]:
    """Where columns begin: behind gaps that all lines share; a gap of one blank only where that is no accident."""
    width = max(len(line) for line in lines)
    blank = [all(line[place : place + 1] in ("", " ") for line in lines) for place in range(width)]
    share = sum(line.count(" ") for line in lines) / max(1, sum(len(line) for line in lines))
    narrow_is_sure = share > 0 and len(lines) * math.log(1 / share) > math.log(width / CHANCE)
    starts: list[int] = []
    gap = WIDE_GAP
    for place in range(width):
        if blank[place]:
            gap += 1
            continue
        if gap >= (1 if narrow_is_sure else WIDE_GAP):
            starts.append(place)
        gap = 0
    return _of_named_columns(lines, starts)


def _of_named_columns(lines: Sequence[str], starts: Sequence[int]) -> list[int]:
    """The starts without those that only part a value or a name in two: behind a gap of one, with nothing beside it."""
    header = lines[0]
    if re.search(r"\d{2}", header):
        return list(starts)
    narrow = [start > 1 and any(line[start - WIDE_GAP : start].strip() for line in lines) for start in starts]
    filled = [
        header[a:b].strip() and any(line[a:b].strip() for line in lines[1:]) for a, b in pairwise([*starts, None])
    ]
    return [start for start, near, both in zip(starts, narrow, filled, strict=True) if both or not near]


def _is_filled(lines: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether at least two columns have a value in four of five lines."""
    ends = [*starts[1:], max(len(line) for line in lines)]
    filled = [sum(bool(line[a:b].strip()) for line in lines) for a, b in zip(starts, ends, strict=True)]
    return sum(count * 5 >= len(lines) * 4 for count in filled) >= 2


def _fills(line: str, starts: Sequence[int], ends: Sequence[int]) -> bool:
    filled = sum(bool(line[a:b].strip()) for a, b in zip(starts, ends, strict=True))
    return filled * 2 >= len(starts) and filled > 1
