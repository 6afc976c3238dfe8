"""Checks on columns that change their types, run on the rows that are there: as they are now, and as they would become.

A row that fails already, because the check is younger than the row, does not stand in the way of a type. That can be
told of missing values, of repeated ones, and between types of one kind; `5` as a text is neither below nor above 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from hestia_assets.core.errors import RetypeError, SpecError
from hestia_assets.core.ports import Validator
from hestia_assets.core.results import CheckResult, FailedRow, merge_checks
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Severity
from hestia_assets.domains.ingest.rewriting.rereading import KINDS, canonical


@dataclass
class Rechecking:
    """Counts rows that would fail under the new types and do not fail now, as far as that can be told."""

    validator: Validator
    checks: Sequence[CheckSpec]
    found: list[CheckResult] = field(default_factory=list[CheckResult])
    batches: dict[str, str] = field(default_factory=dict[str, str])
    """By check, the batch of its first failing row."""

    @classmethod
    def of(cls, validator: Validator, spec: DatasetSpec, changed: Sequence[Column]) -> "Rechecking":
        """The checks of a dataset that look at a column that changes."""
        names = {column.name for column in changed}
        looked = {check.name: validator.reads(check) for check in spec.checks}
        return cls(validator, [check for check in spec.checks if names & (looked[check.name] or names)])

    def add(self, now: pl.DataFrame, then: pl.DataFrame) -> None:
        """Look at some rows as they are and as they would become, in the same order."""
        if not self.checks or now.is_empty():
            return
        alike = [check for check in self.checks if _is_alike(check, now.schema, then.schema)]
        before, after = self._failures(now, alike), self._failures(then, self.checks)
        fresh = after.join(before, on=["index", "check"], how="anti", maintain_order="left")
        for check in self.checks:
            self._count(check, fresh.filter(pl.col("check") == check.name)["index"].unique().sort(), then)

    def add_whole(self, now: pl.LazyFrame, then: pl.LazyFrame) -> None:
        """Look at all rows together, for checks that compare them."""
        if not self.checks:
            return
        before = {one.name: one.failed_rows for one in self._together(now)}
        for after in self._together(then):
            more = after.failed_rows - before.get(after.name, 0)
            if more > 0:
                self.found.append(replace(after, failed_rows=more))

    def results(self) -> tuple[CheckResult, ...]:
        """Checks that rows would fail, with how many."""
        return tuple(result for result in merge_checks(self.found) if result.failed_rows)

    def error(self, spec: DatasetSpec) -> RetypeError | None:
        """The error of checks that let no such row into the table; ``warn`` is none."""
        results = [result for result in self.results() if result.severity is not Severity.WARN]
        if not results:
            return None
        named = ", ".join(f"{one.name} ({one.severity.value}, rows: {one.failed_rows:,})" for one in results)
        first = results[0]
        sample, batch = first.sample[0] if first.sample else None, self.batches.get(first.name)
        place = f"; the first has '{sample.value}' (batch {batch}, line {sample.line})" if sample and batch else ""
        return RetypeError(
            f"Rows of {spec.key} would fail their checks under the new types: {named}{place}.",
            hint="Correct those rows or undo their file, change the check or let it only warn, or keep the type.",
        )

    def _count(self, check: CheckSpec, index: pl.Series, rows: pl.DataFrame) -> None:
        failed = rows[index.head(1)]
        sample = tuple(
            FailedRow(row["_row"], row["_line"], _text(row.get(check.columns[0])) if check.columns else None)
            for row in failed.iter_rows(named=True)
        )
        if failed.height:
            self.batches.setdefault(check.name, failed["_batch"][0])
        severity = Severity(check.severity)
        result = CheckResult(check.name, check.rule, check.columns, severity, rows.height, index.len(), sample)
        self.found.append(result)

    def _failures(self, rows: pl.DataFrame, checks: Sequence[CheckSpec]) -> pl.DataFrame:
        """``index`` and ``check`` of rows that fail."""
        own = [name for name in rows.columns if not name.startswith("_")]
        reads = {check.name: self.validator.reads(check) for check in checks}
        names = [name for name in own if any(read is None or name in read for read in reads.values())]
        columns = tuple(_plain(name, rows.schema[name]) for name in names)
        text = rows.select(
            "_row", "_line", *(canonical(rows[column.name], column).alias(column.name) for column in columns)
        )
        nothing = pl.DataFrame(schema={"index": pl.UInt32, "check": pl.String})
        found = [nothing]
        for check in checks:
            if (reads[check.name] or set[str]()) <= set(names):
                try:
                    judged = self.validator.judge(text, columns, (check,))
                except SpecError:  # it cannot run on this type
                    continue
                found.append(judged.failures.filter(pl.col("check") == check.name).select("index", "check"))
        return pl.concat(found)

    def _together(self, rows: pl.LazyFrame) -> list[CheckResult]:
        numbered = rows.with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int64))  # two batches have the same numbers
        try:
            return [failure.result for failure in self.validator.judge_set(numbered, None, self.checks)]
        except SpecError:  # it cannot run on this type
            return []


def _is_alike(check: CheckSpec, now: pl.Schema, then: pl.Schema) -> bool:
    """Whether failing the check under the types of now says something about the same row under the other ones."""
    pairs = [(now[name], then[name]) for name in check.columns if name in now and name in then]
    numbers = all(one.is_numeric() and other.is_numeric() for one, other in pairs)
    times = all(one.is_temporal() and other.is_temporal() for one, other in pairs)
    return check.rule == "not_null" or numbers or times


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _plain(name: str, dtype: pl.DataType) -> Column:
    """A column whose values are written as ``canonical`` writes them."""
    scale = dtype.scale if isinstance(dtype, pl.Decimal) else None
    kind = KINDS.get(type(dtype), ColumnType.TEXT)
    made = Column(source=name, name=name, type=kind, null_words=())
    return made if scale is None else made.model_copy(update={"scale": scale})
