"""Some columns must add up to another one of the same row."""

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import NUMBERS, number, refuse_other_types, said, switch


class SumOfColumns:
    """Fails for each row whose columns do not add up to ``total``, give or take ``tolerance``.

    A row where one of them is empty passes, unless ``empty_is_zero``; where the total is empty it passes always.
    Integers and decimals are added exactly; with a float among them all are floats, and need a tolerance.
    """

    sentence: ClassVar[str] = "{columns} must add up to {total}"
    advice: ClassVar[str] = "Add the columns up by hand and correct the one that is wrong, or the total."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "total": Parameter("The column with the total.", ParameterKind.COLUMN, required=True),
        "tolerance": Parameter("By how much the sum may differ.", ParameterKind.NUMBER, default=0),
        "empty_is_zero": Parameter("Whether empty columns count as 0.", ParameterKind.SWITCH, default=False),
    }
    example: ClassVar[Mapping[str, Any]] = {"total": "total", "tolerance": 0.01}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return f"{self.sentence} (±{{tolerance}})" if spec.params.get("tolerance") else self.sentence

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        about = f" (±{spec.params['tolerance']})" if spec.params.get("tolerance") else ""
        return f"{said(spec.columns).replace(', ', ' + ')} must be {spec.params.get('total')}{about}."

    def passes(self, spec: CheckSpec, schema: pl.Schema, occasion: Occasion) -> pl.Expr:
        """Whether each row's columns add up."""
        total, tolerance = str(spec.params.get("total") or ""), number(spec, "tolerance")
        for name in (*spec.columns, total):
            if name not in schema:
                raise SpecError(f"There is no column '{name}'.", hint=f"Give one of: {', '.join(schema)}.")
            refuse_other_types(spec, schema[name], NUMBERS, hint="Make it a number.")
        types = [schema[name] for name in (*spec.columns, total)]
        parts = [_exact(pl.col(name), schema[name], types) for name in spec.columns]
        if switch(spec, "empty_is_zero"):
            parts = [part.fill_null(0) for part in parts]
        off = reduce(add, parts) - _exact(pl.col(total), schema[total], types)
        if pl.Float64() in types:
            return off.is_between(-float(tolerance), float(tolerance))
        if all(one == pl.Int64 for one in types):
            return off.is_between(-int(tolerance), int(tolerance))
        return off.is_between(-tolerance, tolerance)


def _exact(column: pl.Expr, dtype: pl.DataType, types: list[pl.DataType]) -> pl.Expr:
    """The column in a type in which the sum of all cannot run over unnoticed."""
    if pl.Float64() in types:
        return column.cast(pl.Float64)
    if dtype == pl.Int64:
        return column.cast(pl.Int128) if all(one == pl.Int64 for one in types) else column.cast(pl.Decimal(38, 0))
    return column


RULE = SumOfColumns()
