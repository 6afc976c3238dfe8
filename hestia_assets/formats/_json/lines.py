"""The lines of a stretch of JSON lines, as one column of text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hestia_assets.formats._json.alike import Indices
from hestia_assets.formats._json.template import texts_of

SPACE = " \t\r"


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines without their ends; in ``series`` those are null that hold bytes that are no text.

    ``filled`` are the indices of the lines that are not blank.
    """

    text: str
    series: pl.Series
    filled: Indices

    @classmethod
    def of(cls, data: bytes) -> "Lines":
        """The lines of whole lines; bytes that are no text stay in ``text`` as lone surrogates."""
        text = data.decode("utf-8", "surrogateescape").removesuffix("\n")
        series = texts_of(text, "\n") if data else pl.Series([], dtype=pl.String)
        blank = series.str.contains(r"^[ \t\r]*$").fill_null(value=False).to_numpy()
        return cls(text, series, np.flatnonzero(~blank))

    @property
    def count(self) -> int:
        """Lines, blank ones too."""
        return len(self.series)

    @property
    def escapes(self) -> bool:
        """Whether there is a backslash."""
        return "\\" in self.text

    def texts(self, indices: Indices) -> Sequence[str]:
        """The lines at some indices."""
        if self.series.null_count():
            lines = self.text.split("\n")
            return [lines[index] for index in indices.tolist()]
        return self.series.gather(indices).to_list()
