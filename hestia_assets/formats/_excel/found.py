"""What a cell of a returned workbook holds, whatever kind of workbook it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class CellKind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "truth value"
    ERROR = "error"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell that holds something: what it is, and its text or the value as it is stored."""

    kind: CellKind
    text: str


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row that holds something: its sheet, its number from 1, its cells by column from 0."""

    sheet: str
    number: int
    cells: Mapping[int, FoundCell]
