"""Checks that look at all rows of a batch and of the table, as one DuckDB query.

Each check sees the rows that those before it left over: a row that one of them rejects speaks against no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.errors import SpecError, SqlError
from hestia_assets.core.ports import SqlEngine
from hestia_assets.core.rules import Occasion, Relations, SetRule
from hestia_assets.core.specs import CheckSpec, Severity
from hestia_assets.domains.validation._exempt import exempt

ROWS, EXISTING = "_rows", "_existing"

SetCheck = tuple[CheckSpec, SetRule]


@dataclass(frozen=True)
class Counted:
    """Of one check: rows that fail, how many were looked at, and how many failed but may."""

    rows: pl.Series
    checked: int
    exempt: int


@dataclass(frozen=True)
class SetQuery:
    """The query over a batch, the rows beside it, and validated tables of other datasets."""

    engine: SqlEngine
    occasion: Occasion
    rows: pl.LazyFrame
    existing: pl.LazyFrame | None
    others: Mapping[str, pl.LazyFrame]

    def run(self, checks: Sequence[SetCheck]) -> list[Counted]:
        """What each check counts. Raises SpecError when one cannot run: that is never a pass."""
        schema = self.rows.collect_schema()
        exempted = {n: rows for n, (check, _) in enumerate(checks) if (rows := self._exempt(check)) is not None}
        relations = {
            ROWS: self.rows,
            EXISTING: self._beside(schema),
            **{f"_other{n}": frame for n, frame in enumerate(self.others.values())},
            **{f"_exempt{n}": rows for n, rows in exempted.items()},
        }
        names = {name: f"_other{n}" for n, name in enumerate(self.others)}
        try:
            found = self.engine.select(_query(checks, schema, names, frozenset(exempted)), relations)
        except SqlError as error:
            raise self._unrun(checks, schema, names, relations, error) from error
        return [_counted(found.filter(pl.col("_check") == number)) for number in range(len(checks))]

    def _exempt(self, check: CheckSpec) -> pl.LazyFrame | None:
        allowed = exempt(check, self.occasion)
        return None if allowed is None else self.rows.filter(allowed).select("_row")

    def _beside(self, schema: pl.Schema) -> pl.LazyFrame:
        """The rows that are there, with the batch's columns; what the table lacks has no value."""
        if self.existing is None:
            return pl.LazyFrame(schema=schema)
        have = self.existing.collect_schema()
        return self.existing.select(
            pl.col(name) if name in have else pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items()
        )

    def _unrun(
        self,
        checks: Sequence[SetCheck],
        schema: pl.Schema,
        names: Mapping[str, str],
        relations: Mapping[str, pl.LazyFrame],
        error: SqlError,
    ) -> SpecError:
        """The error, with the name of the first check that cannot run by itself."""
        for check, rule in checks:
            try:
                self.engine.select(_query([(check, rule)], schema, names, frozenset()), relations)
            except SqlError as its_own:
                return unrun(check, its_own)
        return unrun(checks[0][0], error)


def unrun(check: CheckSpec, why: SqlError | SpecError) -> SpecError:
    """The error of a set check that cannot run."""
    hint = why.hint or "Correct the check's parameters or the columns' types."
    return SpecError(f"Check '{check.name}' could not run: {why.message.rstrip('.')}.", hint=hint)


def _query(checks: Sequence[SetCheck], schema: pl.Schema, others: Mapping[str, str], exempted: frozenset[int]) -> str:
    parts, selects, rows = list[str](), list[str](), ROWS
    for number, (check, rule) in enumerate(checks):
        query = rule.query(check, Relations(rows, EXISTING, schema, others))
        parts.append(f"_all{number} AS MATERIALIZED (SELECT DISTINCT _row FROM ({query}))")
        allowed = f" ANTI JOIN _exempt{number} USING (_row)" if number in exempted else ""
        parts.append(f"_failed{number} AS MATERIALIZED (SELECT _row FROM _all{number}{allowed})")
        selects += [
            f"SELECT {number} AS _check, 'row' AS _kind, _row AS _number FROM _failed{number}",
            f"SELECT {number}, 'checked', count(*) FROM {rows}",
            f"SELECT {number}, 'failed', count(*) FROM _all{number}",
        ]
        if check.severity is Severity.REJECT and number + 1 < len(checks):
            parts.append(f"_rows{number + 1} AS (SELECT * FROM {rows} ANTI JOIN _failed{number} USING (_row))")
            rows = f"_rows{number + 1}"
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(selects)}"


def _counted(found: pl.DataFrame) -> Counted:
    numbers = {kind: found.filter(pl.col("_kind") == kind)["_number"] for kind in ("row", "checked", "failed")}
    rows = numbers["row"].cast(pl.Int64).sort().alias("_row")
    return Counted(rows, int(numbers["checked"][0]), int(numbers["failed"][0]) - rows.len())
