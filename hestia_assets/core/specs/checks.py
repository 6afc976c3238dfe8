"""Checks: a rule applied to columns, what its failure does, how much of it is borne, and what may fail it."""

from datetime import date
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator

from hestia_assets.core.specs.model import ColumnName, Name, Spec


class Severity(StrEnum):
    """What a failed check does: row to quarantine, a note, or the whole batch waits for a person."""

    REJECT = "reject"
    WARN = "warn"
    HOLD = "hold"


class Threshold(Spec):
    """How many rows of a batch may fail before the check counts as failed: a number, a share, or the smaller of both.

    Up to it a ``warn`` or ``hold`` check passes. A ``reject`` check sets every failing row aside in any case; above
    its threshold the whole batch waits for a person.
    """

    rows: int | None = Field(default=None, ge=0)
    share: float | None = Field(default=None, ge=0, le=1, description="Of the rows that were checked; 0.05 is 5 %.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rows is None and self.share is None:
            raise ValueError("a threshold needs rows, share or both")
        return self


class Exemption(Spec):
    """Rows that may fail a check, told by their values, with the reason, to the end of a day.

    Example:
        >>> Exemption(match={"order_id": "A-17"}, reason="Agreed with the customer", by="ada").until is None
        True
    """

    match: dict[ColumnName, str | None] = Field(
        min_length=1, description="By column the value as the table shows it; null: no value. All must agree."
    )
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1, description="Who allowed it.")
    until: date | None = Field(default=None, description="The last day (UTC) on which it holds; empty: for ever.")

    def holds(self, day: date) -> bool:
        """Whether it holds for a batch that arrived on this day (UTC)."""
        return self.until is None or day <= self.until


class CheckSpec(Spec):
    """A rule applied to columns of a dataset, with a severity.

    Without columns it speaks of the whole table, where the rule allows that (``row_count``).

    Example:
        >>> CheckSpec(rule="in_range", columns=("quantity",), params={"min": 1}).name
        'in_range__quantity'
    """

    rule: Name
    columns: tuple[ColumnName, ...] = ()
    severity: Severity = Severity.REJECT
    params: dict[str, Any] = Field(default_factory=dict)
    label: Name | None = Field(default=None, description="Tells two checks of one rule on one column apart.")
    threshold: Threshold | None = None
    owner: str = Field(default="", description="Who is asked about it, such as a mail address or a team.")
    exemptions: tuple[Exemption, ...] = ()

    @property
    def name(self) -> str:
        """The name of the asset check."""
        return self.label or "__".join((self.rule, *self.columns))
