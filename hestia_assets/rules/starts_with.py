"""A value must start with one of some texts."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import listed_texts, refuse_other_types, said


class StartsWith:
    """Fails for each value that starts with none of the texts, as they are written; an empty field passes.

    An integer is looked at as the table shows it.
    """

    sentence: ClassVar[str] = "{columns} must start with {values}"
    advice: ClassVar[str] = "Write the value with its beginning; capitals and blanks count."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "values": Parameter("The allowed beginnings.", ParameterKind.LIST, required=True)
    }
    example: ClassVar[Mapping[str, Any]] = {"values": ["INV-", "CN-"]}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return "{columns} must start with {values:or}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{spec.columns[0]} must start with {said(listed_texts(spec, 'values'), between=' or ')}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a value starts with one of the texts."""
        values = listed_texts(spec, "values")

        def fitting(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            refuse_other_types(spec, dtype, ("text", "integer"), hint="Make the column text.")
            text = column.cast(pl.String)
            return pl.any_horizontal([text.str.starts_with(value) for value in values])

        return fitting


RULE = StartsWith()
