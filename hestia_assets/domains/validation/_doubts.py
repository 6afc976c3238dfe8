"""Columns that can really be read two ways become questions: one for all columns that have the same doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.results import Choice, Question
from hestia_assets.core.specs import Column, ColumnType
from hestia_assets.domains.validation._numbers import shown_signs
from hestia_assets.domains.validation.types import readable_format, typed

SHOWN = 3
ASKED = {
    "dates": "The dates in {columns} can be read in more than one order. Which one is meant?",
    "numbers": "The numbers in {columns} can be read in more than one way. Which one is meant?",
    "years": "The years in {columns} have two digits. Do they all mean the years shown?",
    "zones": "All times in {columns} are at {zone}. Are they kept as they are written?",
}
TEXT = {"type": "text", "format": None, "decimal_sign": ".", "thousands_sign": ""}


@dataclass(frozen=True)
class Doubt:
    """A column with several possible readings, and some of its values. ``what`` is a key of ``ASKED``."""

    what: str
    readings: tuple[Column, ...]
    values: pl.Series
    hint: str = ""

    @property
    def name(self) -> str:
        """The column's name."""
        return self.readings[0].name

    @property
    def words(self) -> tuple[str, ...]:
        """The readings as people write them."""
        return tuple(reading_words(reading) for reading in self.readings)


def reading_words(column: Column) -> str:
    """``DD/MM/YYYY``, or the signs of a number."""
    return readable_format(column.format) if column.format else f"{column.type.value} with {shown_signs(column)}"


def questions_of(doubts: Sequence[Doubt]) -> tuple[Question, ...]:
    """One question for each doubt; columns with the same one are asked about together. The first answer is text."""
    groups: dict[tuple[str, ...], list[Doubt]] = {}
    for doubt in doubts:
        groups.setdefault((doubt.what, *doubt.words), []).append(doubt)
    return tuple(_question(group) for group in groups.values())


def _question(doubts: Sequence[Doubt]) -> Question:
    first = doubts[0]
    names = ", ".join(doubt.name for doubt in doubts)
    zone = first.words[0].rpartition("ss")[2] or first.words[0].rpartition("mm")[2]
    keep = Choice(
        "Keep as text",
        "Nothing changes: the values stay as they are written.",
        {"columns": {doubt.name: dict(TEXT) for doubt in doubts}},
        (first.name, "is kept as"),
        tuple((value, value) for value in first.values.head(SHOWN)),
    )
    readings = [_choice(doubts, number) for number in range(len(first.readings))]
    return Question(f"{first.what}: {names}", ASKED[first.what].format(columns=names, zone=zone), (keep, *readings))


def _choice(doubts: Sequence[Doubt], number: int) -> Choice:
    first = doubts[0]
    readings = {doubt.name: doubt.readings[number] for doubt in doubts}
    hints = " ".join(dict.fromkeys(doubt.hint for doubt in doubts if doubt.hint))
    values = first.values.head(SHOWN)
    everything = first.values.to_frame(first.name).select(typed(first.readings[number])).to_series()
    read = everything.head(SHOWN).cast(pl.String).str.replace(r"(:\d\d)\.0+$", "$1")
    return Choice(
        f"Read as {first.words[number]}",
        f"{_fitting(everything)} {hints}".strip(),
        {"columns": {name: _changes(reading) for name, reading in readings.items()}},
        (first.name, "is read as"),
        tuple((value, meaning or "") for value, meaning in zip(values, read, strict=True)),
    )


def _fitting(read: pl.Series) -> str:
    fits = read.len() - read.null_count()
    if fits == read.len():
        return "Every value seen can be read so."
    return f"{fits:,} of {read.len():,} different values can be read so; rows with the others would be set aside."


def _changes(reading: Column) -> dict[str, object]:
    if reading.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return {"type": reading.type.value, "format": reading.format, "null_words": reading.null_words}
    return {
        "type": reading.type.value,
        "scale": reading.scale,
        "decimal_sign": reading.decimal_sign,
        "thousands_sign": reading.thousands_sign,
        "null_words": reading.null_words,
    }
