"""What rows add up to must be what another dataset says: the sum of the lines is the total of their header."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hestia_assets.core.errors import SpecError
from hestia_assets.core.rules import SOME_COLUMNS, Parameter, ParameterKind, Relations
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import (
    filled,
    listed,
    names_in,
    number_in,
    quoted,
    refuse_unlike,
    renamed,
    text_in,
    type_in,
)


class TotalsMatch:
    """Fails for each row of a group whose amounts do not add up to the total that another dataset's row has.

    A group is the rows of one key, those of the batch and those in the table together. It passes where its key is
    empty, where the other dataset has no row of it, and where no row of it has a total. Where several rows of the other
    dataset have the key, each of their totals must agree.
    """

    sentence: ClassVar[str] = "the {amount} of each {columns} must add up to {total} in {dataset}"
    advice: ClassVar[str] = "Look for a row that is missing, there twice or has a wrong amount; or correct the total."
    columns: ClassVar[range] = SOME_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "amount": Parameter("The column that is added up.", ParameterKind.COLUMN, required=True),
        "dataset": Parameter("The dataset that has the totals.", ParameterKind.DATASET, required=True),
        "total": Parameter("Its column with the total.", ParameterKind.OTHER_COLUMN, required=True),
        "other_columns": Parameter(
            "Its columns of the key, in the same order; empty: those of the same names.", ParameterKind.OTHER_COLUMNS
        ),
        "tolerance": Parameter("How far off the sum may be, in its unit.", ParameterKind.NUMBER, default=0),
    }
    example: ClassVar[Mapping[str, Any]] = {"amount": "net", "dataset": "invoices", "total": "net", "tolerance": 0.01}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return f"{self.sentence} (±{{tolerance}})" if spec.params.get("tolerance") else self.sentence

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        key, params = ", ".join(spec.columns), spec.params
        return (
            f"The {params.get('amount')} of all rows with this {key} do not add up to {params.get('total')} in "
            f"{params.get('dataset')}; rows whose {key} is not there pass."
        )

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """The one that has the totals."""
        return (text_in(spec, "dataset"),)

    def query(self, spec: CheckSpec, relations: Relations) -> str:
        """Rows of the batch whose group does not add up. Decimals are added exactly, floats as well as it goes."""
        dataset, amount, total = (text_in(spec, name) for name in ("dataset", "amount", "total"))
        theirs = names_in(spec.params.get("other_columns"), parameter="other_columns", default=spec.columns)
        tolerance = number_in(spec.params.get("tolerance"), parameter="tolerance", default=0)
        refuse_unlike((*spec.columns, amount), (*theirs, total), dataset, relations)
        dtype = type_in(relations.schema, amount)
        if not dtype.is_numeric():
            raise SpecError(f"{amount} is no number and cannot be added up.", hint="Name a column of numbers.")
        add = "fsum" if dtype.is_float() else "sum"
        keys, some, rows = listed(spec.columns), filled(spec.columns), relations.rows
        return f"""
            WITH _keys AS MATERIALIZED (SELECT DISTINCT {keys} FROM {rows} WHERE {some}),
            _amounts AS (
                SELECT {keys}, {quoted(amount)} AS _amount FROM {rows} WHERE {some}
                UNION ALL
                SELECT {keys}, {quoted(amount)} FROM {relations.existing} SEMI JOIN _keys USING ({keys})
            ),
            _sums AS (SELECT {keys}, coalesce({add}(_amount), 0) AS _sum FROM _amounts GROUP BY {keys}),
            _totals AS (
                SELECT {keys}, min(_total) AS _least, max(_total) AS _most FROM (
                    SELECT {renamed(theirs, spec.columns)}, {quoted(total)} AS _total
                    FROM {relations.others[dataset]}
                ) SEMI JOIN _keys USING ({keys}) GROUP BY {keys}
            ),
            _wrong AS MATERIALIZED (
                SELECT {keys} FROM _sums JOIN _totals USING ({keys})
                WHERE _sum - _least > {tolerance!r} OR _most - _sum > {tolerance!r}
            )
            SELECT _row FROM {rows} SEMI JOIN _wrong USING ({keys})"""


RULE = TotalsMatch()
