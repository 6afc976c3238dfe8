"""A value must match a regular expression as a whole."""

from collections.abc import Mapping
from typing import Any, ClassVar

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Condition, Occasion, Parameter, ParameterKind
from hestia_assets.core.specs import CheckSpec


class Matches:
    """Fails for each value that the pattern does not match from end to end; an empty field passes.

    Patterns follow Rust's ``regex``: linear time, no look-around, no back-references.
    """

    sentence: ClassVar[str] = "{columns} must look like {pattern}"
    advice: ClassVar[str] = "Write the value in the form that the pattern asks for."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "pattern": Parameter("A regular expression for the whole value.", ParameterKind.TEXT, required=True)
    }
    example: ClassVar[Mapping[str, Any]] = {"pattern": "SKU-\\d{5}"}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{spec.columns[0]} does not look like {spec.params.get('pattern')}."

    def condition(self, spec: CheckSpec, occasion: Occasion) -> Condition:
        """Whether a value matches from end to end."""
        pattern = _whole(spec)

        def matching(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
            return column.cast(pl.String).str.contains(pattern)

        return matching


def _whole(spec: CheckSpec) -> str:
    given = spec.params.get("pattern")
    if given in (None, ""):
        raise SpecError(f"Check '{spec.name}' has no pattern.", hint="Give 'pattern', such as [0-9]{5}.")
    pattern = rf"^(?:{given})$"
    try:
        for one in (str(given), pattern):  # by itself too: "a)|(?:b" would close our bracket and be another pattern
            pl.Series([""]).str.contains(one)
    except PolarsError as error:
        said = str(error).partition("\n\n")[0].splitlines()  # behind it Polars shows its own expression
        reason = said[-1].removeprefix("regex ").removeprefix("error: ").rstrip(".")
        raise SpecError(
            f"The pattern of check '{spec.name}' is no regular expression ({reason}).",
            hint="Correct the pattern; look-around and back-references are not supported.",
        ) from error
    return pattern


RULE = Matches()
