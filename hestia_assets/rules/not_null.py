"""A value must be there."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter
from hestia_assets.core.specs import CheckSpec


class NotNull:
    """Fails for each row where the column is empty."""

    sentence: ClassVar[str] = "{columns} must not be empty"
    advice: ClassVar[str] = "Fill in the value."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{', '.join(spec.columns)} is empty."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether there is a value."""

        def filled(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            return column.is_not_null()

        return filled


RULE = NotNull()
