"""What a sheet holds besides its plain values, and what its styles mean: words that all kinds of workbook share."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from hestia_assets.core.errors import UnreadableFileError

DENSE_CELLS = 20_000_000
"""A sheet may span this many cells however empty it is; calamine keeps a place in memory for each."""
MOST_COLUMNS = 16_384
"""Of any sheet, in Excel and in LibreOffice."""
MOST_CELLS = 100_000_000
SPREAD = 50
"""Beyond DENSE_CELLS, at least one cell in so many holds something."""

ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
"""BErr ([MS-XLS] 2.5.10); 0x2B is #GETTING_DATA."""

QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
SPACING = re.compile(r"_.|\*.|\[\$[^\]]*\]|\[[A-Za-z]+\d*\]")
PLACES = re.compile(r'"([^"]*)"|\\(.)|(0)|([- ()])')
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
BUILT_IN_ELAPSED = 46
BUILT_IN_PERCENT = (9, 10)
BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])


class Kind(Enum):
    """Why a cell needs more than its plain value."""

    ERROR = "error"
    UNCACHED = "uncached"
    SHOWN = "shown"
    EXACT = "exact"
    NO_DAY = "no_day"
    TEXT = "text"
    EMPTY_TEXT = "empty_text"


@dataclass(frozen=True, slots=True)
class Special:
    """A cell that a plain reader would lose: its error code, its text as shown, its digits as stored."""

    kind: Kind
    text: str = ""
    stored: str = ""


Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""


@dataclass
class SheetFacts:
    """What one pass over a sheet found; rows and columns count from 0, ``height`` and ``width`` end behind the last."""

    cells: dict[int, dict[int, Special]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    percent: int = 0
    height: int = 0
    width: int = 0
    filled: int = 0
    twice: str = ""
    """The place that two cells or rows claim: ``it has the cell B7``."""
    must: dict[int, int] = field(default_factory=dict[int, int], repr=False, compare=False)
    """By row, a bit for each column whose cell surely has a value; of those that nobody counts in another way."""
    places_held: Callable[[], Iterator[tuple[int, int]]] | None = field(default=None, compare=False)
    """Row and column of each cell that holds something, read once more; None where nobody counts them."""
    _claimed: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    def add(self, row: int, column: int, special: Special) -> None:
        """Keep a cell that needs more than its value."""
        self.cells.setdefault(row, {})[column] = special
        self.reach(row, column)

    def claim(self, row: int, column: int) -> None:
        """A cell stands at this place; the first place of two is kept."""
        if column >= MOST_COLUMNS:
            return  # refused elsewhere; a shift by so much would fill the memory
        columns = self._claimed.get(row, 0)
        if columns >> column & 1:
            self.twice = self.twice or f"it has the cell {place(row, column)}"
        self._claimed[row] = columns | 1 << column

    def is_claimed(self, row: int, column: int) -> bool:
        """Whether a cell stands at this place, of those kinds of workbook that say so."""
        return bool(self._claimed.get(row, 0) >> column & 1)

    def hold(self, row: int, column: int, count: int = 1) -> None:
        """These cells surely have a value."""
        if column + count <= MOST_COLUMNS:
            self.must[row] = self.must.get(row, 0) | ((1 << count) - 1) << column

    def reach(self, row: int, column: int) -> None:
        """The sheet extends at least to this cell."""
        self.height, self.width = max(self.height, row + 1), max(self.width, column + 1)

    def places(self, kind: Kind) -> list[tuple[int, int]]:
        """Cells of one kind, by row."""
        rows = sorted(self.cells)
        return [(row, column) for row in rows for column, cell in sorted(self.cells[row].items()) if cell.kind is kind]

    def check_size(self) -> None:
        """Raises UnreadableFileError where a plain reader would need memory out of all proportion."""
        area = self.height * self.width
        if area > MOST_CELLS or (area > DENSE_CELLS and area > SPREAD * self.filled):
            raise UnreadableFileError(
                f"The sheet spans {self.height:,} rows and {self.width:,} columns but holds {self.filled:,} values.",
                hint="Delete the stray cells far from the table in Excel, or save only the table, and send it again.",
            )


@dataclass(frozen=True, slots=True)
class Styles:
    """Number formats by cell style: which show leading zeros (with their code), percent, or a date or time.

    ``days`` are those of the dates in which the number 60 is a day that never was, 29 February 1900.
    """

    zeros: dict[int, str]
    percent: frozenset[int]
    dates: frozenset[int]
    days: frozenset[int] = frozenset()


def styles_from(formats: dict[int, str], used: Iterable[int], *, date1904: bool = False) -> Styles:
    """Sort the cell styles; ``used`` gives each style's number format in order."""
    zeros: dict[int, str] = {}
    percent: set[int] = set()
    dates: set[int] = set()
    elapsed: set[int] = set()
    for style, number in enumerate(used):
        code = formats.get(number, "")
        plain = QUOTED.sub("", code).lower()
        if shows_zeros(code):
            zeros[style] = _for_positive(code)
        elif "%" in plain or (not code and number in BUILT_IN_PERCENT):
            percent.add(style)
        elif re.search("[ymdhs]", plain.split(";")[0]) or (not code and number in BUILT_IN_DATES):
            dates.add(style)
            elapsed.update([style] if ELAPSED.search(code) or number == BUILT_IN_ELAPSED else ())
    days = frozenset[int]() if date1904 else frozenset(dates - elapsed)
    return Styles(zeros, frozenset(percent), frozenset(dates), days)


def shows_zeros(code: str) -> bool:
    """Whether a format pads whole numbers with zeros: ``00000``, ``000-00-0000``, not ``0`` or ``0.00``."""
    first = _for_positive(code)
    return first.count("0") > 1 and PLACES.sub("", first) == "" and QUOTED.sub("", first).count("0") > 1


def _for_positive(code: str) -> str:
    """The part of a format that holds for positive numbers, without colours, locales and widths."""
    return SPACING.sub("", code.split(";", maxsplit=1)[0])


def as_shown(code: str, stored: str) -> str | None:
    """A whole number as its format shows it; None where the format changes nothing.

    Example:
        >>> as_shown("00000", "123"), as_shown("000-00-0000", "12345678"), as_shown("00", "123"), as_shown("00", "1.5")
        ('00123', '012-34-5678', None, None)
    """
    digits = stored.removesuffix(".0").lstrip("-")
    if not digits.isdecimal():
        return None
    parts = [(found[3] or "", found[1] or found[2] or found[4] or "") for found in PLACES.finditer(code)]
    wanted = sum(bool(zero) for zero, _ in parts)
    padded = digits.zfill(wanted)
    first, rest = padded[: len(padded) - wanted + 1], iter(padded[len(padded) - wanted + 1 :])
    texts = [(first if not index else next(rest)) for index in range(wanted)]
    takes = iter(texts)
    shown = "".join(next(takes) if zero else literal for zero, literal in parts)
    shown = f"-{shown}" if stored.startswith("-") else shown
    return None if shown == stored.removesuffix(".0") else shown


def no_day(value: float) -> str | None:
    """The day that Excel counts in 1900 and no calendar has, for Lotus 1-2-3's sake; None for any other number.

    Example:
        >>> no_day(60), no_day(60.5), no_day(61)
        ('1900-02-29', '1900-02-29 12:00:00', None)
    """
    if not 60 <= value < 61:
        return None
    seconds = round((value - 60) * 86_400)
    return "1900-02-29" + (f" {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds else "")


def number_text(value: float) -> str:
    """A number as people write it, without loss: whole ones without ``.0``, the shortest digits that give it back.

    Example:
        >>> number_text(5.0), number_text(0.1), number_text(1e20), number_text(1e-05)
        ('5', '0.1', '100000000000000000000', '0.00001')
    """
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2] if value else "0"
    if "e" not in text or not 1e-7 <= abs(value) < 1e21:
        return text
    from decimal import Decimal

    return format(Decimal(text), "f")


def place(row: int, column: int) -> str:
    """A cell's name: ``B7``.

    Example:
        >>> place(6, 1), place(0, 26)
        ('B7', 'AA1')
    """
    return f"{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """A column's name: ``A`` … ``XFD``."""
    name, number = "", column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        name = chr(65 + digit) + name
    return name


def column_of(name: str) -> int:
    """A column's number from 0: ``A`` → 0."""
    number = 0
    for sign in name:
        number = number * 26 + ord(sign) - 64
    return number - 1
