"""The templates of a file, learnt as it is read, and the rows that follow from them under a recipe."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from hestia_assets.formats._json.template import Flags, Path, Template, learnt

MOST_TEMPLATES = 6
MOST_FAILURES = 3
SAMPLE = 32
"""Records from which a template is learnt; fewer that look unlike the known ones are read one by one."""
WORTH = 0.05
"""A template that matches a smaller share of what is left was learnt in vain."""
Indices = npt.NDArray[np.int64]
Slots = dict[Path, int]


@dataclass(frozen=True, slots=True)
class Alike:
    """Texts that match one template: their indices, in order, and their cells by path."""

    indices: Indices
    cells: list[tuple[Path, pl.Series]]
    slots: Slots

    def frame(self, names: Sequence[str]) -> pl.DataFrame:
        """The cells as columns of a recipe."""
        height = len(self.indices)
        columns: dict[int, pl.Series] = {}
        for path, cells in self.cells:
            slot = self.slots.get(path)
            if slot is not None:
                columns[slot] = columns[slot].zip_with(columns[slot].is_not_null(), cells) if slot in columns else cells
        empty = pl.Series([], dtype=pl.String).extend_constant(None, height)
        return pl.DataFrame([columns.get(slot, empty).alias(name) for slot, name in enumerate(names)])


class Templates:
    """Templates that were learnt so far.

    Args:
        slots: where the values of a template's paths go; None where it is of no use.
    """

    def __init__(self, slots: Callable[[Template], Slots | None]) -> None:
        self._slots = slots
        self._known: list[tuple[Template, Slots]] = []
        self._failures = 0
        self._misses: Counter[Template] = Counter()

    @property
    def may_learn(self) -> bool:
        """Whether another template may help."""
        return len(self._known) < MOST_TEMPLATES and self._failures < MOST_FAILURES

    def __len__(self) -> int:
        return len(self._known)

    def learn(self, samples: Sequence[tuple[str, Any]]) -> bool:
        """Take another template from records, each a text and its object; whether there is one."""
        template = learnt(samples) if self.may_learn else None
        slots = self._slots(template) if template is not None and _is_small(template) else None
        if template is None or slots is None:
            self._failures += 1
            return False
        self._known.append((template, slots))
        return True

    def alike(self, texts: pl.Series, left: Indices, *, escapes: bool, since: int = 0) -> Iterator[Alike]:
        """The texts among ``left`` that match a template, the first that they match; from number ``since`` on."""
        for template, slots in self._known[since:]:
            if not len(left):
                return
            if self._misses[template] >= MOST_FAILURES:
                continue
            fits, cells = template.cells(_of(texts, left), escapes=escapes)
            self._judge(template, fits)
            yield Alike(left[fits], cells, slots)
            left = left[~fits]

    def fitting(self, texts: pl.Series, left: Indices, *, since: int = 0) -> Iterator[Indices]:
        """The same without any cells."""
        for template, _ in self._known[since:]:
            if not len(left):
                return
            if self._misses[template] >= MOST_FAILURES:
                continue
            fits = template.fits(_of(texts, left))
            self._judge(template, fits)
            yield left[fits]
            left = left[~fits]

    def _judge(self, template: Template, fits: Flags) -> None:
        missed = len(fits) > SAMPLE and fits.mean() < WORTH
        self._misses[template] += missed
        self._failures += missed


def _of(texts: pl.Series, indices: Indices) -> pl.Series:
    return texts if len(indices) == len(texts) else texts.gather(indices)


def _is_small(template: Template) -> bool:
    """Whether the pattern engine takes it."""
    try:
        template.cells(pl.Series([""]), escapes=False)
        template.fits(pl.Series([""]))
    except pl.exceptions.ComputeError:
        return False
    return True
