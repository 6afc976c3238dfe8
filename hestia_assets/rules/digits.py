"""A number must have at most so many digits before and after the point."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._params import refuse_other_types, whole_number


class Digits:
    """Fails for each number with more digits than allowed before or after the point; an empty field passes.

    In a column of decimals zeros at the end do not count, for the column gives each value as many: 1.50 has one place.
    In a text each digit counts as it is written, and what is no plain number fails.
    """

    sentence: ClassVar[str] = "{columns} must have at most {integer} digits before and {places} after the point"
    advice: ClassVar[str] = "Round the number, or look for a point or comma at the wrong place."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "integer": Parameter("The most digits before the point.", ParameterKind.INTEGER),
        "places": Parameter("The most digits after the point.", ParameterKind.INTEGER),
    }
    example: ClassVar[Mapping[str, Any]] = {"integer": 6, "places": 2}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        before, after = _limits(spec)
        if before is not None and after is not None:
            return self.sentence
        side = "{integer} digits before" if after is None else "{places} digits after"
        return f"{{columns}} must have at most {side} the point"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        before, after = _limits(spec)
        parts = [f"{before} digits before"] * (before is not None) + [f"{after} digits after"] * (after is not None)
        return f"{spec.columns[0]} must be a number with at most {' and '.join(parts)} the point."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a number has few enough digits."""
        before, after = _limits(spec)

        def short(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            hint = (
                "A float has no digits of its own: make the column decimal." if dtype == pl.Float64 else "Leave it out."
            )
            refuse_other_types(spec, dtype, ("integer", "decimal", "text"), hint=hint)
            as_written = dtype == pl.String
            return column.cast(pl.String).str.contains(_pattern(before, after, as_written=as_written))

        return short


def _pattern(before: int | None, after: int | None, *, as_written: bool) -> str:
    most, places = "" if before is None else before, "" if after is None else after
    if as_written:
        whole = "0" if before == 0 else f"[0-9]{{1,{most}}}"
        without = "" if after == 0 else rf"|\.[0-9]{{1,{places}}}"
        return rf"^-?(?:{whole}(?:\.[0-9]{{0,{places}}})?{without})$"
    whole = "0" if before == 0 else f"0|[1-9][0-9]{{0,{'' if before is None else before - 1}}}"
    return rf"^-?(?:{whole})(?:\.[0-9]{{0,{places}}}0*)?$"


def _limits(spec: CheckSpec) -> tuple[int | None, int | None]:
    before, after = whole_number(spec, "integer"), whole_number(spec, "places")
    if before is None and after is None:
        raise SpecError(f"Check '{spec.name}' has no limit.", hint="Give 'integer', 'places' or both.")
    return before, after


RULE = Digits()
