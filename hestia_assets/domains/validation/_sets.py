"""Checks that look at all rows of a batch and of the table, as one DuckDB query.

Each check sees the rows that those before it left over: a row that one of them rejects speaks against no other. It is
given the columns it reads and no others: rows of a batch stand in files, and reading two columns of twelve takes a
quarter of the time. Tables of other datasets are read as they are when the batch is planned, and the plan keeps the
verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from hestia_assets.core.errors import SpecError, SqlError
from hestia_assets.core.ports import SqlEngine
from hestia_assets.core.rules import KeyRule, Occasion, ParameterKind, Relations, SetRule
from hestia_assets.core.specs import CheckSpec, Severity
from hestia_assets.domains.validation._exempt import exempt
from hestia_assets.domains.validation._repeats import suspects
from hestia_assets.domains.validation._scope import columns_read, named_columns

SetCheck = tuple[CheckSpec, SetRule]
OTHERS = (ParameterKind.OTHER_COLUMN, ParameterKind.OTHER_COLUMNS)


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
        pieces = [self._piece(number, *check) for number, check in enumerate(checks)]
        asked = [piece for piece in pieces if not piece.passes]
        try:
            found = self._select(asked) if asked else pl.DataFrame(schema={"_check": pl.Int64, "_number": pl.Int64})
        except SqlError as error:
            raise self._unrun(asked, error) from error
        total = self._total
        counts: list[Counted] = []
        for piece in pieces:
            numbers = found.filter(pl.col("_check") == piece.number)["_number"].cast(pl.Int64).sort().alias("_row")
            may = found.filter(pl.col("_check") == -1 - piece.number)["_number"]
            counts.append(Counted(numbers, total, int(may[0]) if may.len() else 0))
            total -= numbers.len() if piece.rejects else 0
        return counts

    @cached_property
    def _total(self) -> int:
        return int(self.rows.select(pl.len()).collect(engine="streaming").item())

    def _select(self, pieces: "Sequence[_Piece]") -> pl.DataFrame:
        relations = {name: frame for piece in pieces for name, frame in piece.frames.items()}
        return self.engine.select(_query(pieces), relations)

    def _piece(self, number: int, check: CheckSpec, rule: SetRule) -> "_Piece":
        """One check's part of the query, and the relations it reads. Raises SpecError on wrong parameters."""
        try:
            names, reads = rule.datasets(check), columns_read(check, rule)
            have = self.rows.collect_schema()
            columns = [name for name in have if not name.startswith("_") and (reads is None or name in reads)]
            schema = pl.Schema({name: have[name] for name in columns})
            others = {name: _narrow(self.others[name], check, rule) for name in names}
            relations = Relations(
                f"_rows{number}",
                f"_beside{number}",
                schema,
                {name: f"_other{number}_{n}" for n, name in enumerate(others)},
                {name: _own(self.others[name].collect_schema()) for name in others},
                is_first=self.existing is None,
            )
            query = rule.query(check, relations)
        except SpecError as error:
            raise unrun(check, error) from error
        rows, passes = self._seen_by(check, rule)
        frames = {
            f"_batch{number}": rows.select(*columns, "_row"),
            relations.existing: self._beside(schema),
            **{relations.others[name]: frame for name, frame in others.items()},
        }
        allowed = exempt(check, self.occasion)
        if allowed is not None:
            frames[f"_exempt{number}"] = self.rows.filter(allowed).select("_row")
        return _Piece(number, check, query, frames, passes)

    def _seen_by(self, check: CheckSpec, rule: SetRule) -> tuple[pl.LazyFrame, bool]:
        """The rows that a check can speak against, and whether there is none."""
        if not isinstance(rule, KeyRule):
            return self.rows, False
        found = suspects(self.rows, self.existing, rule.key(check), total=self._total)
        return (self.rows, False) if found is None else (found.rows, found.none)

    def _beside(self, schema: pl.Schema) -> pl.LazyFrame:
        """The rows that are there, with the batch's columns; what the table lacks has no value."""
        if self.existing is None or not schema:
            return pl.LazyFrame(schema=schema or {"_row": pl.Int64})
        have = self.existing.collect_schema()
        return self.existing.select(
            pl.col(name) if name in have else pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items()
        )

    def _unrun(self, pieces: "Sequence[_Piece]", error: SqlError) -> SpecError:
        """The error, with the name of the first check that cannot run by itself."""
        for piece in pieces if len(pieces) > 1 else ():
            try:
                self._select([piece])
            except SqlError as its_own:
                return unrun(piece.check, its_own)
        return unrun(pieces[0].check, error)


@dataclass(frozen=True)
class _Piece:
    """One check's query over ``_rows<number>``, and the frames behind the relations that it reads."""

    number: int
    check: CheckSpec
    query: str
    frames: Mapping[str, pl.LazyFrame]
    passes: bool = False
    """Whether it is known without asking that no row fails."""

    @property
    def rejects(self) -> bool:
        return self.check.severity is Severity.REJECT


def unrun(check: CheckSpec, why: SqlError | SpecError) -> SpecError:
    """The error of a check over a set or batch that cannot run."""
    if f"'{check.name}'" in why.message:
        return SpecError(why.message, hint=why.hint)
    hint = why.hint or "Correct the check's parameters or the columns' types."
    return SpecError(f"Check '{check.name}' could not run: {why.message.rstrip('.')}.", hint=hint)


def _narrow(other: pl.LazyFrame, check: CheckSpec, rule: SetRule) -> pl.LazyFrame:
    """The columns of another table that the check may look at; all where no parameter names any."""
    asked = any(parameter.kind in OTHERS for parameter in rule.parameters.values())
    if not asked:
        return other
    names = named_columns(check, rule, OTHERS) | set(check.columns)
    have = other.collect_schema()
    wanted = [name for name in have if name in names]
    return other.select(wanted or list(have)[:1])


def _own(schema: pl.Schema) -> pl.Schema:
    return pl.Schema({name: dtype for name, dtype in schema.items() if not name.startswith("_")})


def _query(pieces: Sequence[_Piece]) -> str:
    """Of each check ``_check`` and a ``_number`` for each row that fails; how many may under ``-1 - _check``."""
    parts, selects, gone = list[str](), list[str](), list[str]()
    for piece in pieces:
        number, may = piece.number, f"_exempt{piece.number}" in piece.frames
        rows = f"SELECT * FROM _batch{number}"
        if gone:
            parts.append(f"_gone{number} AS MATERIALIZED ({' UNION ALL '.join(gone)})")
            rows += f" ANTI JOIN _gone{number} USING (_row)"
        parts.append(f"_rows{number} AS NOT MATERIALIZED ({rows})")
        parts.append(f"_all{number} AS MATERIALIZED (SELECT DISTINCT _row FROM ({piece.query}))")
        allowed = f" ANTI JOIN _exempt{number} USING (_row)" if may else ""
        parts.append(f"_failed{number} AS MATERIALIZED (SELECT _row FROM _all{number}{allowed})")
        selects.append(f"SELECT {number} AS _check, _row AS _number FROM _failed{number}")
        if may:
            selects.append(f"SELECT {-1 - number}, count(*) FROM _all{number} SEMI JOIN _exempt{number} USING (_row)")
        if piece.rejects:
            gone.append(f"SELECT _row FROM _failed{number}")
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(selects)}"
