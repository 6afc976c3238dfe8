"""Values that a Python library judges: each distinct one once, and those that a pattern proves right not at all."""

from collections.abc import Callable
from functools import partial

import polars as pl
from polars.exceptions import ComputeError

from hestia_assets.core.errors import SpecError

Surely = str | Callable[[pl.Series], pl.Series]


def judged(column: pl.Expr, valid: Callable[[str], bool], *, surely: Surely | None = None) -> pl.Expr:
    """Whether each text is valid; null for null.

    Args:
        column: of texts.
        valid: what the library says of one text.
        surely: which texts the library is known to find valid, or a pattern of them; a million take a second.
    """
    return column.map_batches(partial(_judge, valid=valid, surely=surely), return_dtype=pl.Boolean)


def in_words(judge: Callable[[pl.Series], pl.Series]) -> Callable[[pl.Series], pl.Series]:
    """The same for ``map_batches``: Polars makes errors anew from their text alone, which ours cannot be."""

    def judging(values: pl.Series) -> pl.Series:
        try:
            return judge(values)
        except SpecError as error:
            raise ComputeError(f"{error.message} {error.hint}") from error

    return judging


def _judge(values: pl.Series, *, valid: Callable[[str], bool], surely: Surely | None) -> pl.Series:
    doubtful = values.filter(~values.str.contains(surely)) if isinstance(surely, str) else values
    distinct = doubtful.drop_nulls().unique()
    if callable(surely):  # it costs more than finding what is distinct, a pattern costs less
        distinct = distinct.filter(~surely(distinct))
    wrong = pl.Series(values.name, [text for text in distinct if not valid(text)], dtype=pl.String)
    return ~values.is_in(wrong.implode())
