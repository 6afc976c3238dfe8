"""What a table's columns become when their declared types change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnRetype:
    """A column that changes its type; both in words."""

    column: str
    have: str
    want: str


@dataclass(frozen=True, slots=True)
class Retype:
    """Columns of a validated table that change their types, and the rows that are read again for it."""

    columns: tuple[ColumnRetype, ...]
    rows: int
