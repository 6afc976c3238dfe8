"""One bound of a column: what ``greater_than`` and ``less_than`` share."""

from collections.abc import Callable
from typing import Any

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import Condition, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import NUMBERS, TIMES, refuse_other_types, switch
from hestia_assets.rules._values import as_values

PARAMETERS = {
    "value": Parameter("The bound.", required=True),
    "or_equal": Parameter("Whether the bound itself is allowed.", ParameterKind.SWITCH, default=False),
}


def bounded(spec: CheckSpec, strictly: Callable[[Any, Any], Any], or_equal: Callable[[Any, Any], Any]) -> Condition:
    """Whether values lie on the right side of the bound."""
    if spec.params.get("value") is None:
        raise SpecError(f"Check '{spec.name}' has no bound.", hint="Give it as 'value'.")
    compare = or_equal if switch(spec, "or_equal") else strictly

    def beyond(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        hint = "Make the column a number or a date; texts stand in the order of the alphabet, where 10 is before 9."
        refuse_other_types(spec, dtype, (*NUMBERS, *TIMES), hint=hint)
        return compare(column, as_values([spec.params["value"]], dtype, parameter="value").first())

    return beyond


def said_bound(spec: CheckSpec, word: str) -> str:
    """The sentence shown beside a row that failed."""
    value = spec.params.get("value")
    bound = f"{value} or {word}" if switch(spec, "or_equal") else f"{word} than {value}"
    return f"{spec.columns[0]} must be {bound}."
