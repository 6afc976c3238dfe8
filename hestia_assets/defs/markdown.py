"""Rows as a Markdown table that shows a value as it is, or visibly cut."""

import re
from collections.abc import Iterable, Sequence

import dagster as dg

CELL_CHARACTERS = 80
_MEANINGFUL = re.compile(r"([\\`*_\[\]|~])")
_INVISIBLE = str.maketrans({"\n": "⏎", "\r": "␍", "\t": "⇥", "\x00": "␀"})


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.MarkdownMetadataValue:
    """A Markdown table; nothing in a value can end its cell, make a link or become HTML."""
    lines = [_line(columns), _line_of_dashes(len(columns)), *(_line(row) for row in rows)]
    return dg.MetadataValue.md("\n".join(lines))


def cell(value: object) -> str:
    r"""One value, escaped; null is told apart from text, a long value ends in ``… (+n)``.

    Example:
        >>> cell("a|b")
        'a\\|b'
    """
    if value is None:
        return "∅"
    text = str(value).translate(_INVISIBLE)
    more = len(text) - CELL_CHARACTERS
    text = f"{text[:CELL_CHARACTERS]}… (+{more})" if more > 0 else text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MEANINGFUL.sub(r"\\\1", text)


def _line(values: Sequence[object]) -> str:
    return f"| {' | '.join(cell(value) for value in values)} |"


def _line_of_dashes(count: int) -> str:
    return f"|{' --- |' * count}"
