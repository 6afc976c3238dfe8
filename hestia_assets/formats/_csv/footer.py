"""Whether a table ends with totals or notes: a row whose first value says so, near the end of the file."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import BinaryIO

from hestia_assets.core.results import Choice, Question, Reason
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._csv.dialect import Guess
from hestia_assets.formats._csv.head import dialect_of
from hestia_assets.formats._csv.sample import SampleRow, sample_rows
from hestia_assets.formats._text.source import canonical

TAIL_BYTES = 8 * 1024
MARKERS = re.compile(
    r"(grand |sub|sous-|zwischen|gesamt)?-?(total|totals|totale|totaux|totales|totaal|totalt|summe|summa|sum|somme|suma"
    r"|soma|gesamt|insgesamt|gesamtsumme|endsumme|итого|всего|合計|总计|總計|합계)\b.{0,40}",
    re.IGNORECASE,
)
SHOWN = 3
MOST_ROWS = 50


def find_footer(
    source: BinaryIO, recipe: Recipe, rows: Sequence[SampleRow], *, whole: bool
) -> tuple[Reason | None, Question | None]:
    """The reason with the marker where the last row is a sum of the others, and the question where it may be one."""
    tail = [row.values for row in (rows if whole else _tail(source, recipe))]
    tail = [row for row in tail if any(value.strip() for value in row)]
    last = range(max(1, len(tail) - MOST_ROWS), len(tail))
    marked = [n for n in last if MARKERS.fullmatch(tail[n][0].strip())]
    if not marked or len(recipe.columns) < 2:
        return None, None
    place = marked[-1]
    row, marker = tail[place], tail[place][0].strip()
    if any(tail[n][0].strip().startswith(marker) for n in range(place)):  # the reader would begin at the first
        return None, None
    sums = whole and place == len(tail) - 1 and _is_sum(row, tail[:place])
    because = f"The last row begins with '{marker}' and holds the sums of the columns; it is no row of data."
    return (Reason("footer", marker, because) if sums else None), _question(recipe, marker, tail, place, sums=sums)


def _tail(source: BinaryIO, recipe: Recipe) -> list[SampleRow]:
    """The last records of a file that is longer than the sample; the first may be cut."""
    size = source.seek(0, 2)
    source.seek(max(0, size - TAIL_BYTES) // 4 * 4)
    text = source.read().decode(canonical(recipe.encoding), "replace").encode()
    lines = text.splitlines(keepends=True)[1:]
    return sample_rows(b"".join(lines), Guess(dialect_of(recipe), ()), len(recipe.columns), whole=True)


def _is_sum(row: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Whether every number of the row is the sum of its column, with a decimal point or a decimal comma."""
    numbers = [number for number, text in enumerate(row) if number and text.strip()]
    columns = [
        [other[number] for other in above if number < len(other) and other[number].strip()] for number in numbers
    ]
    return bool(numbers) and any(
        all(_adds_up(column, row[number], sign) for number, column in zip(numbers, columns, strict=True))
        for sign in (".", ",")
    )


def _adds_up(parts: Sequence[str], text: str, decimal_sign: str) -> bool:
    total, found = _number(text, decimal_sign), [_number(part, decimal_sign) for part in parts]
    known = [part for part in found if part is not None]
    return total is not None and len(known) == len(found) > 1 and sum(known) == total


def _number(text: str, decimal_sign: str) -> Decimal | None:
    plain = re.sub(r"[\s'" + ("," if decimal_sign == "." else ".") + "]", "", text).replace(decimal_sign, ".")
    return Decimal(plain) if re.fullmatch(r"[+-]?\d+(\.\d+)?", plain) else None


def _question(recipe: Recipe, marker: str, tail: Sequence[Sequence[str]], place: int, *, sums: bool) -> Question:
    header = tuple(column.source for column in recipe.columns)
    rows = [(*row, *[""] * len(header))[: len(header)] for row in tail[place : place + SHOWN]]
    keep = Choice("Keep them as rows", "They are loaded like every other row.", {"footer": ""}, header, tuple(rows))
    leave = Choice("Leave them out", "They are counted as footer.", {"footer": marker}, header, tuple(rows))
    text = f"The rows from '{marker}' on: are they rows of the table, or sums and notes below it?"
    return Question("footer", text, (keep, leave), int(sums))
