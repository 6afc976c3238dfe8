"""Elements of a JSON list that follow one another and look alike, taken many at a time.

The text is cut at ``}``, the separator that was seen between elements, ``{``. A piece that matches a template is an
element if one begins where it begins, and then another begins behind it: so only the first of a run needs proof, and
that is where the cursor stands. A cut inside a string makes pieces that match nothing or that no element begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from hestia_assets.formats._json.alike import SAMPLE, Indices, Templates
from hestia_assets.formats._json.cursor import Cursor
from hestia_assets.formats._json.template import texts_of

SHORTEST = 24
"""A run of fewer elements is no faster than one element after another."""
NONE: Indices = np.empty(0, np.int64)


@dataclass(frozen=True)
class Run:
    """Elements ``first`` to ``last`` (not included) of a text's pieces, and the line that the first stands in."""

    pieces: "Pieces"
    first: int
    last: int
    line: int

    def __len__(self) -> int:
        return self.last - self.first

    def frames(self) -> list[tuple[pl.DataFrame, Indices]]:
        """The cells by template, and the number of each record within the run."""
        found: list[tuple[pl.DataFrame, Indices]] = []
        for indices, frame in self.pieces.alike:
            low, high = np.searchsorted(indices, (self.first, self.last)).tolist()
            if low < high:
                found.append((frame.slice(low, high - low), indices[low:high] - self.first))
        return found

    def lines(self) -> Indices:
        """The line of each record."""
        before = self.pieces.lines[self.first : self.last]
        return before - before[0] + self.line

    def texts(self) -> pl.Series:
        """The source of each record."""
        return self.pieces.texts.slice(self.first, len(self))


@dataclass
class Pieces:
    """A text cut into what may be elements, from the index of the first; the last, unfinished one is left out."""

    text: str
    texts: pl.Series
    starts: Indices
    ends: Indices
    byte_starts: Indices
    byte_ends: Indices
    lines: Indices
    alike: list[tuple[Indices, pl.DataFrame]]
    unlike: Indices

    @classmethod
    def of(cls, text: str, index: int, separator: str) -> "Pieces":
        """Cut the text from an index on."""
        cut = texts_of(text[index + 1 :], f"}}{separator}{{")
        cut = cut.head(0) if cut.null_count() else cut.head(len(cut) - 1)
        texts = pl.select("{" + cut + "}").to_series() if len(cut) else cut
        starts, ends = _spans(texts.str.len_chars(), len(separator))
        byte_starts, byte_ends = _spans(texts.str.len_bytes(), len(separator.encode()))
        breaks = texts.str.count_matches("\n", literal=True).to_numpy().astype(np.int64) + separator.count("\n")
        lines = np.cumsum(breaks) - breaks
        return cls(text, texts, starts + index, ends + index, byte_starts, byte_ends, lines, [], np.arange(len(texts)))


def _spans(lengths: pl.Series, between: int) -> tuple[Indices, Indices]:
    ends = np.cumsum(lengths.to_numpy().astype(np.int64) + between)
    return ends - lengths.to_numpy().astype(np.int64) - between, ends - between


class Runs:
    """Finds runs of elements before a cursor; learns from the elements that were decoded one by one.

    Args:
        templates: what was learnt so far.
        names: the columns that are wanted; None where only what is new is.
    """

    def __init__(self, templates: Templates, names: Sequence[str] | None) -> None:
        self._templates, self._names = templates, names
        self._samples: list[tuple[str, Any]] = []
        self._pieces: Pieces | None = None
        self._begun: dict[int, tuple[int, int]] = {}
        self._separator, self._end = "", (-1, "")

    def decoded(self, cursor: Cursor, first: int, value: Any) -> None:
        """An object was decoded, from an index to where the cursor stands; it has every key once."""
        at, text = self._end
        if text is cursor.text and at >= 0:
            self._separator = text[at:first]
        self._end = (cursor.index, cursor.text)
        if self._templates.may_learn and type(value) is dict:
            self._samples.append((cursor.text[first : cursor.index], value))

    def next(self, cursor: Cursor, *, stop: int | None = None) -> Run | None:
        """Step over the run that begins here, up to the element that ends at or behind a byte; None where none does."""
        if len(self._samples) >= SAMPLE:
            self._learn()
        if not len(self._templates):
            return None
        pieces = self._pieces
        if pieces is None or pieces.text is not cursor.text:
            pieces = self._cut(cursor)
        first, last = self._begun.pop(cursor.index, (0, 0))
        if not last:
            return None
        end = last
        if stop is not None:
            limit = pieces.byte_starts[first] + stop - cursor.offset
            end = min(last, int(np.searchsorted(pieces.byte_ends, limit)) + 1)
        taken = end if end - first >= SHORTEST else first
        rest = max(taken, first + 1)
        if last - rest >= SHORTEST:
            self._begun[int(pieces.starts[rest])] = (rest, last)
        if taken == first:
            return None
        run = Run(pieces, first, taken, cursor.line())
        cursor.index = int(pieces.ends[taken - 1])
        self._end = (cursor.index, cursor.text)
        return run

    def _learn(self) -> None:
        if self._templates.learn(self._samples):
            self._pieces = None
        self._samples = []

    def _cut(self, cursor: Cursor) -> Pieces:
        """Cut the text anew from here and match the pieces."""
        pieces = self._pieces = Pieces.of(cursor.text, cursor.index, self._separator)
        if self._names is None:
            fitting = list(self._templates.fitting(pieces.texts, pieces.unlike))
        else:
            alike = self._templates.alike(pieces.texts, pieces.unlike, escapes="\\" in cursor.text)
            pieces.alike = [(one.indices, one.frame(self._names)) for one in alike]
            fitting = [indices for indices, _ in pieces.alike]
        pieces.unlike = np.setdiff1d(pieces.unlike, np.concatenate([NONE, *fitting]), assume_unique=True)
        edges = [-1, *pieces.unlike.tolist(), len(pieces.texts)]
        long = [(one + 1, two) for one, two in pairwise(edges) if two - one > SHORTEST]
        self._begun = {int(pieces.starts[first]): (first, last) for first, last in long}
        return pieces
