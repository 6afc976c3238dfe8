"""A value must be there and show something."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter
from hestia_assets.core.specs import CheckSpec

SHOWN = r"[^\s\p{Z}\p{Cc}\p{Cf}]"
"""Any sign but blanks, line breaks, control characters and those of no width."""


class NotBlank:
    """Fails for each row where the column is empty, or a text of blanks and invisible signs only."""

    sentence: ClassVar[str] = "{columns} must not be empty or blank"
    advice: ClassVar[str] = "Fill in the value; blanks alone are none."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{', '.join(spec.columns)} is empty or blank."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether there is a value that shows something."""

        def shown(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            if dtype != pl.String:
                return column.is_not_null()
            return column.str.contains(SHOWN).fill_null(value=False)

        return shown


RULE = NotBlank()
