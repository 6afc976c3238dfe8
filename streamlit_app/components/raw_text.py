"""The file as it is, with line numbers; the lines under discussion stand out."""

import io
from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice
from typing import BinaryIO

import streamlit as st

CONTEXT_LINES = 6
LONGEST_LINE = 2_000
FARTHEST_BYTES = 256 * 1024 * 1024
_STYLE = """
<style>
.raw { font-family: "Source Code Pro", monospace; font-size: 0.82rem; line-height: 1.5; overflow: auto;
  border-radius: 0.5rem; background: rgba(128, 128, 128, 0.08); padding: 0.6rem 0; }
.raw .lines { width: max-content; min-width: 100%; }
.raw .line { display: flex; white-space: pre; tab-size: 12; padding-right: 0.8rem; }
.raw .no { flex: none; width: 4.2rem; padding-right: 0.9rem; text-align: right; opacity: 0.45; user-select: none; }
.raw .marked { background: rgba(209, 127, 34, 0.28); font-weight: 600; }
.raw .marked .no { opacity: 0.9; }
</style>
"""


def show_raw(lines: Iterable[tuple[int, str]], *, marked: tuple[int, int] | None = None, height: int = 340) -> None:
    """Numbered lines of text.

    Args:
        lines: numbers and texts.
        marked: the first line that stands out, and how many do.
        height: in pixels; more is reached by scrolling.
    """
    first, many = marked or (0, 0)
    body = "".join(_line(number, text, marked=first <= number < first + many) for number, text in lines)
    box = f'<div class="raw" style="max-height:{height}px"><div class="lines">{body}</div></div>'
    st.html(_STYLE + box)


def _line(number: int, text: str, *, marked: bool) -> str:
    kind = ' marked" aria-current="true' if marked else ""
    shown = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]} …"
    return f'<div class="line{kind}"><span class="no">{number:,}</span><span>{escape(shown) or " "}</span></div>'


def lines_around(source: BinaryIO, encoding: str, spot: tuple[int, int]) -> Sequence[tuple[int, str]]:
    """The lines of a text file about ``spot``, as far as they can be reached quickly; else none."""
    first, many = spot
    text = io.TextIOWrapper(source, encoding, errors="backslashreplace", newline=None)
    begin, end = max(first - CONTEXT_LINES, 1), first + many + CONTEXT_LINES
    found: list[tuple[int, str]] = []
    read = 0
    for number, line in enumerate(islice(text, end - 1), start=1):
        read += len(line)
        if number >= begin:
            found.append((number, line.rstrip("\n").removeprefix("\ufeff")))
        if read > FARTHEST_BYTES:
            break
    text.detach()
    return found
