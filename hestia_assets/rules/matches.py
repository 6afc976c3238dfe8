"""A value must match a regular expression as a whole."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl
from polars.exceptions import PolarsError

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import Condition
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._conditions import as_check

if TYPE_CHECKING:
    import pandera.polars as pa


class Matches:
    """Fails for each value that the pattern does not match from end to end; an empty field passes.

    Patterns follow Rust's ``regex``: linear time, no look-around, no back-references.
    """

    sentence: ClassVar[str] = "{columns} must look like {pattern}"
    parameters: ClassVar[Mapping[str, str]] = {"pattern": "A regular expression for the whole value."}
    required: ClassVar[frozenset[str]] = frozenset({"pattern"})
    example: ClassVar[Mapping[str, Any]] = {"pattern": "SKU-\\d{5}"}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{spec.columns[0]} does not look like {spec.params['pattern']}."

    def check(self, spec: CheckSpec) -> "pa.Check":
        """The pandera check for each of the spec's columns."""
        return as_check(self.condition(spec), spec)

    def condition(self, spec: CheckSpec) -> Condition:
        """Whether a value matches from end to end."""
        pattern = _whole(spec)

        def matching(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:  # noqa: ARG001 - any type has a text
            return column.cast(pl.String).str.contains(pattern)

        return matching


def _whole(spec: CheckSpec) -> str:
    pattern = rf"^(?:{spec.params.get('pattern', '')})$"
    try:
        pl.Series([""]).str.contains(pattern)
    except PolarsError as error:
        reason = str(error).strip().splitlines()[-1]
        raise SpecError(
            f"The pattern of check '{spec.name}' is no regular expression ({reason}).",
            hint="Correct the pattern; look-around and back-references are not supported.",
        ) from error
    return pattern


RULE = Matches()
