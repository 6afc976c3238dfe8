"""A value must be there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from hestia_assets.core.rules import Condition
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._conditions import as_check

if TYPE_CHECKING:
    import pandera.polars as pa


class NotNull:
    """Fails for each row where the column is empty."""

    sentence: ClassVar[str] = "{columns} must not be empty"
    parameters: ClassVar[Mapping[str, str]] = {}
    required: ClassVar[frozenset[str]] = frozenset()
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{', '.join(spec.columns)} is empty."

    def check(self, spec: CheckSpec) -> "pa.Check":
        """The pandera check for each of the spec's columns."""
        return as_check(self.condition(spec), spec, ignore_na=False)

    def condition(self, spec: CheckSpec) -> Condition:  # noqa: ARG002 - it has no parameters
        """Whether there is a value."""

        def filled(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:  # noqa: ARG001 - any type may be empty
            return column.is_not_null()

        return filled


RULE = NotNull()
