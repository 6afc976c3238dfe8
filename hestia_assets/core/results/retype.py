"""What a table's columns become when their declared types change."""

from dataclasses import dataclass

from hestia_assets.core.results.checks import CheckResult


@dataclass(frozen=True, slots=True)
class ColumnRetype:
    """A column that changes its type; both in words."""

    column: str
    have: str
    want: str


@dataclass(frozen=True, slots=True)
class Retype:
    """Columns of a validated table that change their types, and the rows that are read again for it.

    ``failing``: checks that only warn, and that rows which passed them before fail under the new types.
    """

    columns: tuple[ColumnRetype, ...]
    rows: int
    failing: tuple[CheckResult, ...] = ()
