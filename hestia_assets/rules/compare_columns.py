"""A column must stand in a relation to another column of the same row."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import TWO_COLUMNS, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import NUMBERS, TIMES, kind_of, one_of

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
WORDS = {
    "<": "be less than",
    "<=": "not be greater than",
    "==": "be equal to",
    "!=": "differ from",
    ">=": "not be less than",
    ">": "be greater than",
}


class CompareColumns:
    """Fails for each row whose first column does not stand so to the second; a row where one is empty passes.

    Numbers are compared exactly, whatever their types, unless one is a float: then both as floats. A date and a
    timestamp are compared by day. Texts and booleans have no order here, but may be asked to be equal or to differ.
    """

    sentence: ClassVar[str] = "{columns}: the first must be {operator} the second"
    advice: ClassVar[str] = "Look at both values: one is wrong, or the two are swapped."
    columns: ClassVar[range] = TWO_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "operator": Parameter("How the first column stands to the second.", ParameterKind.CHOICE, required=True,
                              choices=tuple(COMPARE))
    }  # fmt: skip
    example: ClassVar[Mapping[str, Any]] = {"operator": "<="}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return f"{{first}} must {WORDS[one_of(spec, 'operator', tuple(COMPARE))]} {{second}}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        first, second = spec.columns
        return f"{first} must {WORDS[one_of(spec, 'operator', tuple(COMPARE))]} {second}."

    def passes(self, spec: CheckSpec, schema: pl.Schema, occasion: Occasion) -> pl.Expr:
        """Whether each row's two values stand so."""
        sign = one_of(spec, "operator", tuple(COMPARE))
        first, second = (_comparable(spec, name, schema) for name in spec.columns)
        kinds = {kind_of(schema[name]) for name in spec.columns}
        if len(kinds) > 1 and not (kinds <= set(NUMBERS) or kinds <= set(TIMES)):
            raise SpecError(
                f"{spec.columns[0]} and {spec.columns[1]} cannot be compared: they are {' and '.join(sorted(kinds))}.",
                hint="Give both columns the same type.",
            )
        if sign not in ("==", "!=") and not kinds <= {*NUMBERS, *TIMES}:
            raise SpecError(
                f"{kinds.pop().capitalize()} columns have no order that '{sign}' could ask for.",
                hint="Make both columns numbers or dates, or ask with == or != only.",
            )
        if "float" in kinds:
            first, second = first.cast(pl.Float64), second.cast(pl.Float64)
        if len(kinds) > 1 and kinds <= set(TIMES):
            first, second = first.cast(pl.Date), second.cast(pl.Date)
        return COMPARE[sign](first, second)


def _comparable(spec: CheckSpec, name: str, schema: pl.Schema) -> pl.Expr:
    if name not in schema:
        raise SpecError(f"There is no column '{name}'.", hint=f"Give one of: {', '.join(schema)}.")
    return pl.col(name)


RULE = CompareColumns()
