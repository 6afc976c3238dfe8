"""What a person changes in rows of a table, and what that would do."""

from collections.abc import Mapping
from dataclasses import dataclass

from hestia_assets.core.results.checks import CheckResult


@dataclass(frozen=True, slots=True)
class RowEdit:
    """New values, as text, for columns of one validated row; ``batch`` and ``row`` as the row shows them now.

    The text is written as the dataset's files write it (``31.12.2024``, ``1.234,5``, ``ja``), or, where ``printed``,
    as the table shows it (``2024-12-31``, ``1234.5``, ``true``).
    """

    batch: str
    row: int
    values: Mapping[str, str | None]
    printed: bool = False


@dataclass(frozen=True, slots=True)
class EditRefusal:
    """Why one new value cannot be taken; ``position``: of the edit, from 0."""

    position: int
    column: str
    value: str | None
    message: str


@dataclass(frozen=True)
class EditPreview:
    """What edits would do to the validated table: so many ``cells`` in so many ``rows`` get another value.

    ``checks``: what the checks on the edited columns say of these rows. With any refusal nothing can be changed.
    """

    rows: int
    cells: int
    checks: tuple[CheckResult, ...] = ()
    refused: tuple[EditRefusal, ...] = ()
