"""Shapes of texts in plain words: what ``99-AAA`` means, wherever a profile is shown."""

import re
from itertools import groupby

from hestia_assets.core.results import ColumnFacts, Shape
from hestia_assets.core.sentences import PLAIN, Style

LEGEND = "A stands for a letter, 9 for a digit; every other sign stands for itself."
GROUPED_LEGEND = "A stands for one or more letters, 9 for one or more digits; every other sign stands for itself."
MOST_PIECES = 7
LONGEST = 40
"""Characters of a text that its shape is told of; that of a longer one ends with ``…``."""

_WORDS = re.compile(r"A( A)*")
_NAMES = {
    "A": ("letter", "letters"),
    "9": ("digit", "digits"),
    " ": ("space", "spaces"),
    "\t": ("tab", "tabs"),
    "\n": ("line break", "line breaks"),
    "\r": ("carriage return", "carriage returns"),
}


def legend(facts: ColumnFacts) -> str:
    """How to read the shapes of a column."""
    return GROUPED_LEGEND if facts.grouped else LEGEND


def in_words(shape: str, *, grouped: bool = False) -> str:
    """A shape as people say it; of a grouped one each run of letters or digits is any number of them.

    Example:
        >>> in_words("99-AAA"), in_words("A A", grouped=True), in_words("")
        ('2 digits, “-”, 3 letters', '2 words', 'no sign at all')
    """
    if shape.endswith("…") and (len(shape) > LONGEST or grouped):
        return f"more than {LONGEST} characters"
    if grouped and _WORDS.fullmatch(shape):
        return "one word" if shape == "A" else f"{shape.count('A')} words"
    runs = [(sign, len(list(run))) for sign, run in groupby(shape)]
    said = [_run(sign, length, grouped=grouped) for sign, length in runs[:MOST_PIECES]]
    return ", ".join([*said, "and more"] if len(runs) > MOST_PIECES else said) or "no sign at all"


def shown(shape: Shape) -> str:
    """A shape as it is printed, where nothing could be seen too."""
    return shape.text if shape.text.strip() else "(blank)" if shape.text else "(empty text)"


def lines(facts: ColumnFacts, style: Style = PLAIN, *, most: int = 3) -> list[str]:
    """What the texts of a column look like, the most frequent first, each with its rows and an example."""
    whole = len(facts.shapes) == 1 and not facts.other_shapes
    return [
        f"{style.text(in_words(one.text, grouped=facts.grouped))} ({'all' if whole else _rows(one.rows)}"
        + (f", such as {style.code(_short(one.example))})" if one.example.strip() else ")")
        for one in facts.shapes[:most]
    ]


def _run(sign: str, length: int, *, grouped: bool) -> str:
    if sign not in _NAMES:
        return f"“{sign * length}”"
    one, many = _NAMES[sign]
    if sign not in "A9":
        return one if length == 1 else f"{length:,} {many}"
    return many if grouped else f"{length:,} {one if length == 1 else many}"


def _rows(number: int) -> str:
    return f"{number:,} row{'s' * (number != 1)}"


def _short(value: str) -> str:
    """On one line, whatever it is printed on."""
    shown = re.sub(r"[\r\n]+", "⏎", value)
    return shown if len(shown) <= 30 else f"{shown[:29]}…"
