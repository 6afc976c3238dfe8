"""A whole row may be there once."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hestia_assets.core.rules import MAYBE_COLUMNS, Parameter, Relations
from hestia_assets.core.specs import CheckSpec
from hestia_assets.rules._sql import listed, quoted


class RowUnique:
    """Fails for each row that has all values of an earlier row or of a row of the table; no value equals no value.

    With columns it compares these alone. Unlike ``unique``, rows of which a column is empty are compared too.
    """

    sentence: ClassVar[str] = "no row may appear twice with the same values in {columns}"
    advice: ClassVar[str] = "Remove the repeated row."
    columns: ClassVar[range] = MAYBE_COLUMNS
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    example: ClassVar[Mapping[str, Any]] = {}

    def wording(self, spec: CheckSpec) -> str:
        """The sentence, with what was given."""
        return self.sentence if spec.columns else "no row may appear twice"

    def message(self, spec: CheckSpec) -> str:
        """The sentence shown beside a row that failed."""
        where = ", ".join(spec.columns) or "all columns"
        return f"The row has the same values in {where} as an earlier row."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def query(self, spec: CheckSpec, relations: Relations) -> str:
        """Rows behind the first of their like, and rows that the table has.

        Hashes of 64 bits tell which rows may have a like; only those are compared value by value.
        """
        names = spec.columns or tuple(relations.schema)
        keys, rows = listed(names), relations.rows
        alike = " AND ".join(f"_mine.{quoted(name)} IS NOT DISTINCT FROM _theirs.{quoted(name)}" for name in names)
        return f"""
            WITH _hashes AS MATERIALIZED (SELECT _row, hash({keys}) AS _hash FROM {rows}),
            _twice AS MATERIALIZED (SELECT _hash FROM _hashes GROUP BY _hash HAVING count(*) > 1),
            _known AS MATERIALIZED (
                SELECT {keys}, hash({keys}) AS _hash FROM {relations.existing}
                WHERE hash({keys}) IN (SELECT _hash FROM _hashes)
            ),
            _suspect AS MATERIALIZED (
                SELECT _row FROM _hashes WHERE _hash IN (FROM _twice) OR _hash IN (SELECT _hash FROM _known)
            ),
            _compared AS MATERIALIZED (
                SELECT _row, hash({keys}) AS _hash, {keys} FROM {rows} SEMI JOIN _suspect USING (_row)
            )
            SELECT _row FROM (
                SELECT _row, row_number() OVER (PARTITION BY {keys} ORDER BY _row) AS _nth FROM _compared
            ) WHERE _nth > 1
            UNION ALL
            SELECT _row FROM _compared AS _mine
            WHERE EXISTS (SELECT 1 FROM _known AS _theirs WHERE _mine._hash = _theirs._hash AND {alike})"""


RULE = RowUnique()
