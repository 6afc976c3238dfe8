"""Lines in fixed widths as rows and rejects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import polars as pl

from hestia_assets.core.results import Reject
from hestia_assets.formats._csv.rows import POSITION_TYPES
from hestia_assets.formats._csv.structure import Dialect, scan
from hestia_assets.formats._fixed.layout import cut
from hestia_assets.formats._text.source import readable

LINES = Dialect(b"\0", b"", b"")
"""No quotes: every physical line is a record."""
NOT_TEXT = "The row holds bytes that are no text in the chosen encoding, or NUL bytes."


@dataclass(frozen=True)
class Cuts:
    """Where lines are cut. ``divided``: there is a blank before each column but the first."""

    widths: Sequence[int]
    divided: bool = False

    def crossed(self, text: str) -> int:
        """The number of the first column whose value reaches the next one; 0 where none does."""
        ends = accumulate(self.widths[:-1]) if self.divided else ()
        return next((number for number, end in enumerate(ends, 1) if text[end - 1 : end].strip(" ")), 0)


@dataclass
class Lines:
    """The lines of a stretch by kind, as they are sorted."""

    values: list[str] = field(default_factory=list[str])
    places: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    spans: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    rejects: list[Reject] = field(default_factory=list[Reject])
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("loaded", "quarantined", "blank", "comment"), 0)
    )


def line_spans(data: bytes, *, final: bool) -> tuple[list[tuple[int, int]], int]:
    """Start and end of each line that is certainly whole, and where the next one begins."""
    found = scan(data, 0, LINES, final=final)
    used = int(found.nexts[-1]) if len(found) else 0
    return list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)), used


def sort_lines(
    data: bytes, spans: Sequence[tuple[int, int]], cuts: Cuts, comment: str, at: tuple[int, int]
) -> tuple[Lines, int]:
    """Rows, rejects and the rest, from the row and line number ``at``; and the next row's number."""
    found, (row, line) = Lines(), at
    for start, end in spans:
        raw = data[start:end]
        kind = line_kind(raw, comment)
        if kind != "loaded":
            found.counts[kind] += 1
            line += 1
            continue
        text, reason = _text(raw, cuts)
        if reason:
            found.counts["quarantined"] += 1
            rule = "not_text" if reason is NOT_TEXT else "ragged"
            found.rejects.append(Reject(row=row, line=line, lines=1, rule=rule, message=reason, text=readable(raw)))
        else:
            found.counts["loaded"] += 1
            found.values.append(text)
            found.places.append((row, line))
            found.spans.append((start, end))
        row, line = row + 1, line + 1
    return found, row


def line_kind(raw: bytes, comment: str) -> str:
    """``blank``, ``comment``, or ``loaded`` for what may be a row."""
    if not raw.strip():
        return "blank"
    return "comment" if comment and raw.startswith(comment.encode()) else "loaded"


def _text(raw: bytes, cuts: Cuts) -> tuple[str, str]:
    """The line, or why it is no row. Blanks at the end may be left out, the last column's value may not."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return "", NOT_TEXT
    if "\0" in text:
        return "", NOT_TEXT
    widths, whole = cuts.widths, sum(cuts.widths)
    if len(text.rstrip(" ")) > whole:
        return "", f"The line has {len(text)} characters; the columns take {whole}."
    if len(text) <= whole - widths[-1] and len(widths) > 1:
        return "", f"The line ends after {len(text)} characters, before the last column begins ({whole - widths[-1]})."
    if number := cuts.crossed(text):
        return "", f"The value of column {number} reaches into the next one: it is longer than the column."
    return text, ""


def frame_of(found: Lines, names: Sequence[str], widths: Sequence[int]) -> pl.DataFrame:
    """The rows cut into columns, with their places."""
    text = pl.Series("_text", found.values, pl.String)
    offsets = [sum(widths[:number]) for number in range(len(widths))]
    cells = [
        text.str.slice(offset, width).str.strip_chars(" ").alias(name)
        for name, offset, width in zip(names, offsets, widths, strict=True)
    ]
    places = [
        pl.Series("_row", [place[0] for place in found.places], POSITION_TYPES["_row"]),
        pl.Series("_line", [place[1] for place in found.places], POSITION_TYPES["_line"]),
        pl.Series("_lines", [1] * len(found.places), POSITION_TYPES["_lines"]),
    ]
    return pl.DataFrame([*cells, *places])


def original_of(data: bytes, found: Lines) -> Callable[[Sequence[int]], list[str]]:
    """The source text of rows."""
    return lambda indices: [readable(data[found.spans[i][0] : found.spans[i][1]]) for i in indices]


def values_of(raw: bytes, widths: Sequence[int]) -> list[str]:
    """The values of a line, whatever is wrong with it."""
    return cut(readable(raw), widths)
