"""A row must fit a JSON Schema: the row as an object with a property for each value (json-schema.org)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import MAYBE_COLUMNS, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._distinct import in_words
from hestia_assets.rules._json_schema import Fits, judge
from hestia_assets.rules._params import switch

MOST_REMEMBERED = 200_000


class RowSchema:
    """Fails for each row that, as an object, does not fit; without columns, all of them make the object.

    Numbers are numbers, yes and no are booleans, dates and times are texts as ISO 8601 writes them. An empty field is
    a property that is not there, so that ``required`` and ``dependentRequired`` ask for a value.
    """

    sentence: ClassVar[str] = "each row must fit the JSON Schema for {columns}"
    advice: ClassVar[str] = "Correct the values that do not go together, or change the schema if they are right."
    columns: ClassVar[range] = MAYBE_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "schema": Parameter("A JSON Schema of a row as an object.", ParameterKind.JSON, required=True),
        "names": Parameter("Property names by column, where they differ.", ParameterKind.JSON),
        "formats": Parameter("Hold texts to 'format' too.", ParameterKind.SWITCH, default=False),
    }
    example: ClassVar[Mapping[str, Any]] = {"schema": {"minProperties": 1}}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return self.sentence if spec.columns else "each row must fit the JSON Schema"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        schema = spec.params.get("schema")
        title = schema.get("title") if isinstance(schema, dict) else None
        named = f" {title!r}" if title else ""
        return f"{', '.join(spec.columns) or 'The row'} does not fit the schema{named}."

    def passes(self, spec: CheckSpec, schema: pl.Schema, occasion: Occasion) -> pl.Expr:
        """Whether each row fits."""
        fits = judge(spec.params.get("schema"), formats=switch(spec, "formats"))
        names = _names(spec)
        columns = spec.columns or tuple(name for name in schema if not name.startswith("_"))

        def passing(rows: pl.Series) -> pl.Series:
            return _passing(rows, fits, [names.get(column, column) for column in columns])

        row = pl.struct([pl.col(column) for column in columns])
        return row.map_batches(in_words(passing), return_dtype=pl.Boolean, is_elementwise=True)


def _passing(rows: pl.Series, fits: Fits, properties: list[str]) -> pl.Series:
    """Rows that are alike are judged once, as far as memory allows."""
    known: dict[tuple[Any, ...], bool] = {}
    verdicts: list[bool] = []
    for values in rows.struct.unnest().iter_rows():
        verdict = known.get(values)
        if verdict is None:
            there = zip(properties, values, strict=True)
            verdict = fits({name: _as_json(value) for name, value in there if value is not None})
            if len(known) < MOST_REMEMBERED:
                known[values] = verdict
        verdicts.append(verdict)
    return pl.Series(verdicts, dtype=pl.Boolean)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, Decimal):
        return _as_number(value)
    return value.isoformat() if isinstance(value, date) else value


def _as_number(value: Decimal) -> int | float | Decimal:
    """As JSON reads it in a schema: there 0.1 is a float, which no decimal but one of 50 digits is equal to."""
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(str(near)) == value else value


def _names(spec: CheckSpec) -> Mapping[str, str]:
    names = spec.params.get("names") or {}
    if not isinstance(names, dict) or not all(isinstance(one, str) for one in cast("dict[str, Any]", names).values()):
        raise SpecError(
            f"'names' of check '{spec.name}' is no object of texts.", hint="Write {column: property} for each."
        )
    return cast("dict[str, str]", names)


RULE = RowSchema()
