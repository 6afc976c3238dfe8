"""A text must be a date or time, written exactly in one way."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.sentences import date_in_letters
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import refuse_other_types
from hestia_assets.rules._written import refuse_unusable, written_in


class DateFormat:
    """Fails for each text that is no date or time of the calendar, written as the pattern says; an empty field passes.

    The pattern has the signs of strftime. Digits count: ``1.2.2026`` is not ``%d.%m.%Y`` but ``%-d.%-m.%Y``.
    """

    sentence: ClassVar[str] = "{columns} must be a date written as {format}"
    advice: ClassVar[str] = "Write a day that exists, with all the zeros that the pattern asks for."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "format": Parameter("How it is written, such as %d.%m.%Y or %H:%M.", ParameterKind.TEXT, required=True)
    }
    example: ClassVar[Mapping[str, Any]] = {"format": "%d.%m.%Y"}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return "{columns} must be a date written as {format:date}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{spec.columns[0]} must be written like {date_in_letters(str(spec.params.get('format')))}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a text reads back as it was written."""
        pattern = str(spec.params.get("format", ""))
        refuse_unusable(pattern)

        def written(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            hint = "Values of other types are not kept as they were written: make the column text to judge that."
            refuse_other_types(spec, dtype, ("text",), hint=hint)
            return written_in(column, pattern)

        return written


RULE = DateFormat()
