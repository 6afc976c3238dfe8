"""Elements of one name that follow one another and look alike: found in a block, so that the parser can be spared.

A block is cut at the closing tag with the blanks behind it. A piece that matches a template is a whole element if one
may begin where it begins; that is for the parser to say, which is fed all that stands before.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from hestia_assets.formats._xml.template import Step, Template, learnt

MOST_TEMPLATES = 6
SAMPLE = 32
SHORTEST = 24
"""A run of fewer elements is no faster than the parser."""
Indices = npt.NDArray[np.int64]
Cells = dict[Step, pl.Series]


@dataclass
class Pieces:
    """What may be elements of a block, their last tag left out: where each begins and ends, line ends in it."""

    texts: pl.Series
    tag: str
    starts: Indices
    ends: Indices
    nexts: Indices
    breaks: Indices
    signs: Indices
    matched: list[tuple[Template, Indices, Cells]]


@dataclass(frozen=True)
class Run:
    """Elements ``first`` to ``last`` (not included) of the pieces, all of which match a template."""

    pieces: Pieces
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first

    @property
    def start(self) -> int:
        """Its first byte in the block."""
        return int(self.pieces.starts[self.first])

    @property
    def end(self) -> int:
        """The byte behind it and the blanks that follow."""
        return int(self.pieces.nexts[self.last - 1])

    @property
    def breaks(self) -> int:
        """Its line ends, with those of the blanks that follow."""
        return int(self.pieces.breaks[self.last] - self.pieces.breaks[self.first])

    @property
    def signs(self) -> int:
        """Its characters, with the blanks that follow."""
        return int(self.pieces.signs[self.first : self.last].sum())

    def parts(self) -> Iterator[tuple[Template, Indices, Cells]]:
        """By template: the numbers of its elements within the run, and their cells."""
        for template, indices, cells in self.pieces.matched:
            low, high = np.searchsorted(indices, (self.first, self.last)).tolist()
            if low < high:
                inside = {step: column.slice(low, high - low) for step, column in cells.items()}
                yield template, indices[low:high] - self.first, inside

    def until(self, stop: int) -> "Run":
        """Its beginning, up to the first element that ends at or behind a byte of the block."""
        found = int(np.searchsorted(self.pieces.ends, stop)) + 1
        return Run(self.pieces, self.first, min(self.last, max(found, self.first + 1)))

    def lines(self) -> Indices:
        """The line ends before each element."""
        return self.pieces.breaks[self.first : self.last] - self.pieces.breaks[self.first]

    def sources(self) -> pl.Series:
        """The source of each element."""
        texts = self.pieces.texts.slice(self.first, len(self))
        return pl.select(texts + f"</{self.pieces.tag}>").to_series()


class Runs:
    """Finds runs; learns templates on the way. ``cells``: whether values are wanted."""

    def __init__(self, *, cells: bool) -> None:
        self._cells = cells
        self._templates: list[Template] = []
        self._tag, self._failures = "", 0

    def of(self, block: bytes, tag: str) -> list[Run]:
        """The runs in a block of UTF-8, in order."""
        if tag != self._tag:
            self._tag, self._templates, self._failures = tag, [], 0
        pieces = _cut(block, tag)
        return list(self._runs(pieces)) if pieces is not None else []

    def _runs(self, pieces: Pieces) -> Iterator[Run]:
        left = np.arange(len(pieces.texts))
        for number in range(MOST_TEMPLATES):
            if number == len(self._templates) and not self._learn(pieces, left):
                break
            left = self._match(pieces, left, self._templates[number])
        edges = [-1, *left.tolist(), len(pieces.texts)]
        for before, after in pairwise(edges):
            if after - before > SHORTEST:
                yield Run(pieces, before + 1, after)

    def _match(self, pieces: Pieces, left: Indices, template: Template) -> Indices:
        texts = pieces.texts if len(left) == len(pieces.texts) else pieces.texts.gather(left)
        fits, cells = template.cells(texts) if self._cells else (template.fits(texts), Cells())
        pieces.matched.append((template, left[fits], cells))
        return left[~fits]

    def _learn(self, pieces: Pieces, left: Indices) -> bool:
        if len(left) < SAMPLE or self._failures >= MOST_TEMPLATES:
            return False
        closing = f"</{pieces.tag}>"
        template = learnt([f"{text}{closing}" for text in pieces.texts.gather(left[-SAMPLE:]).to_list()])
        if template is None or not _is_small(template):
            self._failures += 1
            return False
        self._templates.append(template)
        return True


def _is_small(template: Template) -> bool:
    """Whether the pattern engine takes it."""
    try:
        template.cells(pl.Series([""]))
        template.fits(pl.Series([""]))
    except pl.exceptions.ComputeError:
        return False
    return True


def _cut(block: bytes, tag: str) -> Pieces | None:
    """The pieces between the first and the last closing tag; None where there are none, or lines are hard to count."""
    closing = f"</{tag}>".encode()
    between = re.compile(re.escape(closing) + rb"([ \t\r\n]*)<" + re.escape(tag.encode()) + rb"[ \t\r\n>]")
    found = Counter(match.group(1) for match, _ in zip(between.finditer(block), range(SAMPLE), strict=False))
    if not found:
        return None
    ((blanks, _),) = found.most_common(1)
    start, stop = block.find(closing + blanks) + len(closing + blanks), block.rfind(closing + blanks)
    try:
        text = block[start:stop].decode() if start < stop else ""
    except UnicodeDecodeError:
        return None
    if not text or "\r" in text.replace("\r\n", "") or (b"\n" not in blanks and "\n" in text):
        return None
    texts = pl.Series([text], dtype=pl.String).str.split((closing + blanks).decode()).explode()
    return _pieces(texts, tag, start, len(closing), blanks)


def _pieces(texts: pl.Series, tag: str, start: int, closing: int, blanks: bytes) -> Pieces:
    sizes = texts.str.len_bytes().to_numpy().astype(np.int64)
    nexts = np.cumsum(sizes + closing + len(blanks)) + start
    ends = nexts - closing - len(blanks)
    inside = texts.str.count_matches("\n", literal=True).to_numpy().astype(np.int64) + blanks.count(b"\n")
    breaks = np.concatenate(([0], np.cumsum(inside)))
    signs = texts.str.len_chars().to_numpy().astype(np.int64) + closing + len(blanks)
    return Pieces(texts, tag, ends - sizes, ends, nexts, breaks, signs, [])
