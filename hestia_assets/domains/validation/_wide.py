"""The types of thousands of columns at once: plain whole numbers and decimals, whatever is sure at a glance."""

from dataclasses import dataclass

import polars as pl

from hestia_assets.core.results import Guess, Reason
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.validation._identifiers import names_things

WHOLE = r"^(?:-?[1-9]\d{0,14}|0)?$"
DECIMAL = r"^(?:-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?)?$"
PLACES = r"\.(\d+)$"
THOUSANDS = 3
"""With so many places in every value ``1.234`` may be a thousand, unless another column has other numbers of places."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the values of one column are, and how many decimal places they have."""

    filled: bool | None
    whole: bool | None
    decimal: bool | None
    fewest: int | None
    most: int | None

    @property
    def proves_the_point(self) -> bool:
        """Whether a point in it can be nothing but a decimal point."""
        return bool(self.decimal and self.most) and (self.fewest, self.most) != (THOUSANDS, THOUSANDS)


def guess_wide(frame: pl.DataFrame, columns: tuple[Column, ...], *, limit: int) -> Guess:
    """Whole numbers and decimals where every value is one; all others stay text. One reason for all."""
    names = [column.name for column in columns if not names_things(column.source)]
    text = pl.col(names).str.strip_chars()
    places = text.str.extract(PLACES).str.len_chars()
    looks = (text != "").any(), text.str.contains(WHOLE).all(), text.str.contains(DECIMAL).all()
    rows = [frame.lazy().select(look).collect().row(0) for look in (*looks, places.min(), places.max())]
    facts = {name: _Facts(*values) for name, *values in zip(names, *rows, strict=True)}
    proven = any(one.proves_the_point for one in facts.values())
    typed = tuple(_typed(column, facts.get(column.name), proven=proven) for column in columns)
    count = sum(column.type is not ColumnType.TEXT for column in typed)
    because = (
        f"With more than {limit:,} columns only plain numbers are recognised: {count:,} columns are numbers in every"
        f" value seen, {len(columns) - count:,} are text until you set their type."
    )
    return Guess(typed, (Reason("types", "numbers" if count else "text", because),), ())


def _typed(column: Column, facts: _Facts | None, *, proven: bool) -> Column:
    if facts is None or not facts.filled or not facts.decimal:
        return column
    words = tuple(dict.fromkeys((*column.null_words, "")))
    if facts.whole:
        return column.model_copy(update={"type": ColumnType.INTEGER, "null_words": words})
    if not proven:
        return column
    changes = {"type": ColumnType.DECIMAL, "scale": max(2, facts.most or 0), "null_words": words}
    return column.model_copy(update=changes)
