"""A condition over the columns of a row, written in SQL as DuckDB reads it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hestia_assets.core.rules import MAYBE_COLUMNS, Parameter, ParameterKind, Relations
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._expressions import columns_in, condition_in


class Sql:
    """Fails for each row for which the condition is false; where it is neither true nor false, the row passes.

    The condition sees the row alone: no table, no other row, nothing of the machine, not the time of day. It runs where
    nothing but the batch can be reached. The columns that the check names are where failures are shown.
    """

    sentence: ClassVar[str] = "for each row must hold: {expression} {columns}"
    advice: ClassVar[str] = "Correct the values that the condition names."
    columns: ClassVar[range] = MAYBE_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "expression": Parameter("What must hold, over the columns of a row.", ParameterKind.SQL, required=True),
    }
    example: ClassVar[Mapping[str, Any]] = {"expression": "quantity * unit_price <= 10000 OR country = 'DE'"}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return "for each row must hold: {expression}"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"The row does not fulfil: {' '.join(str(spec.params.get('expression')).split())}."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def reads(self, spec: CheckSpec) -> frozenset[str]:
        """The columns that the condition names."""
        return columns_in(spec.params.get("expression"))

    def query(self, spec: CheckSpec, relations: Relations) -> str:
        """Rows for which the condition is false. What gives no yes or no is an error: DuckDB takes 0 for no."""
        condition = condition_in(spec.params.get("expression"), frozenset(relations.schema))
        wrong = f"error('The condition gives ' || typeof({condition}) || ', not yes or no')"
        return f"""
            SELECT _row FROM {relations.rows}
            WHERE CASE WHEN typeof({condition}) = 'BOOLEAN' THEN NOT {condition} ELSE {wrong} END"""


RULE = Sql()
