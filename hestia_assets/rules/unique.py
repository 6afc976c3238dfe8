"""A value, or a combination of values, may appear once in the whole dataset."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hestia_assets.core.rules import SOME_COLUMNS, Parameter, Relations
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import filled, listed


class Unique:
    """Fails for each row whose key appeared in an earlier row or an earlier batch; rows with an empty key pass."""

    sentence: ClassVar[str] = "{columns} must not appear twice"
    advice: ClassVar[str] = "Remove the repeated row, or correct the value that names it."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        return f"{', '.join(spec.columns)} has a value that an earlier row already has."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def key(self, spec: CheckSpec) -> tuple[str, ...]:
        """The columns of the check."""
        return spec.columns

    def query(self, spec: CheckSpec, relations: Relations) -> str:
        """Rows behind the first of their key, and rows whose key the table has.

        The table's keys are first brought down to those of the batch: memory grows with the batch, not with the table.
        """
        keys, some, rows = listed(spec.columns), filled(spec.columns), relations.rows
        behind = f"""
            SELECT _row FROM (
                SELECT _row, row_number() OVER (PARTITION BY {keys} ORDER BY _row) AS _nth FROM {rows} WHERE {some}
            ) WHERE _nth > 1"""
        if relations.is_first:
            return behind
        return f"""
            WITH _known AS MATERIALIZED (
                SELECT DISTINCT {keys} FROM {relations.existing} SEMI JOIN {rows} USING ({keys}) WHERE {some}
            ) {behind}
            UNION ALL
            SELECT _row FROM {rows} SEMI JOIN _known USING ({keys})"""


RULE = Unique()
