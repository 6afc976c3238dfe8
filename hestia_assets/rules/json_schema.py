"""A value must be JSON that fits a JSON Schema (json-schema.org; draft 3 to 2020-12)."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._distinct import in_words
from hestia_assets.rules._json_schema import Fits, judge, parsed
from hestia_assets.rules._params import switch


class JsonSchema:
    """Fails for each value that is no JSON text, or JSON that does not fit; an empty field passes.

    Every different value of a chunk is judged once. References lead to places in the schema or to the drafts
    themselves, never to the network; patterns take linear time.
    """

    sentence: ClassVar[str] = "{columns} must be JSON that fits the JSON Schema"
    advice: ClassVar[str] = "Correct the JSON text, or change the schema if the text is right."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "schema": Parameter("A JSON Schema.", ParameterKind.JSON, required=True),
        "formats": Parameter("Hold texts to 'format' too.", ParameterKind.SWITCH, default=False),
    }
    example: ClassVar[Mapping[str, Any]] = {"schema": {"type": "object", "required": ["sku"]}}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        schema = spec.params.get("schema")
        title = schema.get("title") if isinstance(schema, dict) else None
        return f"{spec.columns[0]} is no JSON that fits the schema{f' {title!r}' if title else ''}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a value is JSON that fits."""
        fits = judge(spec.params.get("schema"), formats=switch(spec, "formats"))

        def fitting(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            return column.cast(pl.String).map_batches(
                in_words(lambda values: _passing(values, fits)), return_dtype=pl.Boolean, is_elementwise=True
            )

        return fitting


def _passing(values: pl.Series, fits: Fits) -> pl.Series:
    wrong = [text for text in values.unique().drop_nulls() if not _fits(text, fits)]
    return ~values.is_in(pl.Series(wrong, dtype=pl.String).implode())


def _fits(text: str, fits: Fits) -> bool:
    try:
        value = parsed(text)
    except ValueError:
        return False
    return fits(value)


RULE = JsonSchema()
