"""The verdict on a whole file before anything is kept: read, typed and checked to its end, counted, and let go.

Memory is bounded by the chunk. Checks that look at several rows, and keys, need their columns of all rows; those wait
in a temporary folder.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import Format, TableStore, Validator
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import (
    AsideCount,
    Changes,
    CheckResult,
    LineAccount,
    Reject,
    SetFailure,
    TextChunk,
    Verdict,
    merge_checks,
)
from hestia_assets.core.specs import DatasetSpec, Mode, Severity
from hestia_assets.domains.ingest.inspection.before import Before, Together, judge_whole
from hestia_assets.domains.ingest.loading.aside import failed_rows, first_failures, without
from hestia_assets.domains.ingest.loading.fitting import fitting
from hestia_assets.domains.ingest.loading.keyed import key_trouble, still_named
from hestia_assets.domains.ingest.loading.modes import changes_of
from hestia_assets.domains.ingest.matching.watching import NO_ROWS, Glimpse, Watch
from hestia_assets.domains.ingest.rewriting.rereading import read_plainly

SCAN_BYTES = 4 * 1024 * 1024
"""A verdict speaks after each stretch of this size."""

MOST_REJECTS = 200
"""Rows set aside that are shown; all are counted."""

ShouldStop = Callable[[], bool]
OnVerdict = Callable[[Verdict], None]
"""Told the counts so far after each stretch."""


@dataclass
class _Counts:
    """What was found so far."""

    account: LineAccount = field(default_factory=LineAccount)
    good: int = 0
    aside: dict[tuple[str, str | None], AsideCount] = field(default_factory=dict[tuple[str, str | None], AsideCount])
    checks: list[CheckResult] = field(default_factory=list[CheckResult])
    rejects: list[Reject] = field(default_factory=list[Reject])
    scanned_bytes: int = 0

    def set_aside(self, rule: str, column: str | None, *, rows: int, first_line: int) -> None:
        known = self.aside.get((rule, column), AsideCount(rule, column, 0, first_line))
        first = min(known.first_line, first_line)
        self.aside[rule, column] = AsideCount(rule, column, known.rows + rows, first)

    def add_checks(self, results: Sequence[CheckResult]) -> None:
        self.checks = list(merge_checks([*self.checks, *results]))

    def verdict(self, total_bytes: int, *, complete: bool, changes: Changes | None = None) -> Verdict:
        aside = tuple(sorted(self.aside.values(), key=lambda one: (-one.rows, one.first_line)))
        return Verdict(
            account=self.account,
            rows_good=self.good,
            rows_aside=sum(one.rows for one in aside),
            aside=aside,
            checks=tuple(self.checks),
            scanned_bytes=total_bytes if complete else min(self.scanned_bytes, total_bytes),
            total_bytes=total_bytes,
            complete=complete,
            changes=changes,
            rejects=tuple(self.rejects),
        )


@dataclass(frozen=True)
class Judge:
    """Reads a file to its end under a dataset's spec and counts what would become of it.

    ``table``: the rows of the validated table now, if there are any; ``before``: what checks on the batch as a whole
    hold it against; without it they are not run. ``edited``: which rows the table has as they were edited.
    """

    reader: Format
    validator: Validator
    dataset: DatasetSpec
    table: pl.LazyFrame | None = None
    before: Before | None = None
    edited: Callable[[pl.LazyFrame], SetFailure | None] | None = None

    def verdict(
        self, source: BinaryIO, *, on_progress: OnVerdict | None = None, should_stop: ShouldStop | None = None
    ) -> Verdict:
        """Count everything, or what was read until ``should_stop``. Raises ReadError, SpecError."""
        counts, total, watch = _Counts(), source.seek(0, 2), Watch(self.validator)
        with tempfile.TemporaryDirectory(prefix="hestia-verdict-") as folder:
            kept = _Kept(Path(folder), self._needed(), places=self.edited is not None)
            aside = _Kept(Path(folder, "aside"), self._key_if_missing_go())
            for chunk in self._chunks(source):
                self._count(chunk, counts, kept, aside, watch)
                if should_stop is not None and should_stop():
                    return counts.verdict(total, complete=False)
                if on_progress is not None:
                    on_progress(counts.verdict(total, complete=False))
            changes = self._count_sets(counts, kept.rows(), aside.rows(), watch.first or NO_ROWS)
        return counts.verdict(total, complete=True, changes=changes)

    def _chunks(self, source: BinaryIO) -> Iterator[TextChunk]:
        recipe = self.dataset.recipe
        size = min(recipe.chunk_bytes, SCAN_BYTES)
        return self.reader.read(source, recipe.model_copy(update={"chunk_bytes": size}))

    def _needed(self) -> list[str]:
        """Columns that checks look at; all of them where rows are compared with the table's."""
        reads = [self.validator.reads(check) for check in self.dataset.checks]
        named = {name for names in reads for name in names or ()}
        if self.dataset.mode is Mode.UPSERT or None in reads or frozenset() in reads:
            named = {column.name for column in self.dataset.recipe.columns}
        return [column.name for column in self.dataset.recipe.columns if column.name in named]

    def _key_if_missing_go(self) -> list[str]:
        """The key, where rows that are not in the file go: a bad row is wrong, but not missing."""
        go = self.dataset.mode is Mode.UPSERT and self.dataset.delete_missing
        return list(self.dataset.primary_key) if go else []

    def _count(self, chunk: TextChunk, counts: _Counts, kept: "_Kept", aside: "_Kept", watch: Watch) -> None:
        judgement = watch.judge(chunk.frame, self.dataset.recipe.columns, self.dataset.checks)
        fatal = judgement.failures.filter(pl.col("severity") == Severity.REJECT.value)
        bad = fatal["index"].unique()
        counts.account += chunk.account.quarantine(int(chunk.frame["_lines"][bad].sum()))
        counts.good += chunk.frame.height - bad.len()
        counts.add_checks(judgement.results)
        counts.scanned_bytes = chunk.end.offset
        _count_aside(chunk, fatal, counts)
        kept.add(without(judgement.typed.with_row_index("index"), fatal))
        aside.add(judgement.typed[bad])

    def _count_sets(
        self, counts: _Counts, kept: pl.LazyFrame | None, aside: pl.LazyFrame | None, seen: Glimpse
    ) -> Changes:
        """Rows that fail as one of many; what all the others are together, and would do to the table."""
        rows, failures, again = self._no_rows() if kept is None else kept, list[SetFailure](), 0
        if kept is not None and self.dataset.mode is Mode.UPSERT:
            trouble = key_trouble(kept, self.dataset)
            failures.append(trouble.failure)
            rows, again = _except(kept, pl.concat([trouble.failure.rows, trouble.repeats])), trouble.repeats.len()
        if kept is not None and self.edited is not None and (known := self.edited(rows)) is not None:
            failures.append(known)
            rows = _except(rows, known.rows)
        keys = [part.select(self.dataset.primary_key) for part in (kept, aside) if part is not None]
        table = self.table
        if table is not None and keys and self._key_if_missing_go():
            table = still_named(table, pl.concat(keys), self.dataset)
        found, beside = self.validator.judge_beside(rows, table, self.dataset, self.dataset.mode)
        failures += found
        for failure in failures:
            counts.add_checks([failure.result])
            if kept is not None and failure.result.severity is Severity.REJECT and failure.rows.len():
                self._set_aside(failure, kept, counts)
        gone = [failure.rows for failure in failures if failure.result.severity is Severity.REJECT]
        rows = _except(rows, pl.concat(gone)) if gone else rows
        file = Together(rows, beside, self.table, counts.account, seen)
        bad = sum(one.rows for one in counts.aside.values())
        whole = judge_whole(self.dataset, self.validator, self.before, file, good=counts.good - again, aside=bad)
        counts.add_checks(whole)
        if kept is None or self.dataset.mode is not Mode.UPSERT:
            return self._plainly(counts)
        good = _except(kept, pl.concat(gone[1:])) if gone[1:] else kept
        return changes_of(self.dataset, good, self.table, Mode.UPSERT, seen=pl.concat(keys))

    def _no_rows(self) -> pl.LazyFrame:
        schema = self.validator.schema(self.dataset.recipe.columns)
        return pl.LazyFrame(schema={**schema, "_row": pl.Int64(), "_line": pl.Int64(), "_lines": pl.Int32()})

    def _set_aside(self, failure: SetFailure, kept: pl.LazyFrame, counts: _Counts) -> None:
        found = kept.filter(pl.col("_row").is_in(failure.rows.implode()))
        facts = found.select(pl.len(), pl.col("_line").min(), pl.col("_lines").sum()).collect().row(0)
        counts.set_aside(failure.result.rule, failure.column, rows=facts[0], first_line=facts[1])
        counts.good -= facts[0]
        counts.account = counts.account.quarantine(facts[2])

    def _plainly(self, counts: _Counts) -> Changes:
        """Rows that join, or take the place of all that are there."""
        rows = pl.LazyFrame({"_row": pl.int_range(counts.good, eager=True)})
        return changes_of(self.dataset, rows, self.table, self.dataset.mode)


def _except(rows: pl.LazyFrame, numbers: pl.Series) -> pl.LazyFrame:
    return rows.filter(~pl.col("_row").is_in(numbers.implode()))


def _count_aside(chunk: TextChunk, fatal: pl.DataFrame, counts: _Counts) -> None:
    """Each row under its first problem; as many as there is room for are kept to be shown."""
    for reject in chunk.rejects:
        counts.set_aside(reject.rule, reject.column, rows=1, first_line=reject.line)
    first = first_failures(fatal)
    lines = first.with_columns(chunk.frame["_line"][first["index"]])
    groups = lines.group_by("rule", "column", maintain_order=True).agg(pl.len(), pl.col("_line").min())
    for rule, column, rows, line in groups.iter_rows():
        counts.set_aside(rule, column, rows=rows, first_line=line)
    room = MOST_REJECTS - len(counts.rejects)
    if room > 0:
        shown = [*chunk.rejects[:room], *failed_rows(chunk, first.sort("index").head(room))]
        counts.rejects += sorted(shown, key=lambda reject: reject.row)[:room]


def judge_of(
    source: BinaryIO,
    dataset: DatasetSpec,
    *,
    formats: Registry[Format],
    validator: Validator,
    tables: TableStore,
    before: Before,
    edited: Callable[[pl.LazyFrame], SetFailure | None] | None = None,
) -> Judge:
    """Who judges a file as its import would read it, against the rows that are there now. Raises ReadError."""
    recipe = fitting(formats, dataset, source)
    spec = dataset.model_copy(update={"recipe": recipe})
    table, judging = rows_present(tables, validator, dataset), validator.on(before.occasion)
    return Judge(formats.get(recipe.format), judging, spec, table, before, edited)


def rows_present(tables: TableStore, validator: Validator, dataset: DatasetSpec) -> pl.LazyFrame | None:
    """The rows of the validated table now, under the dataset's types; none before the first batch."""
    ref = TableRef(Layer.VALIDATED, dataset.tenant, dataset.name)
    return read_plainly(tables.scan(ref), validator, dataset) if tables.exists(ref) else None


@dataclass
class _Kept:
    """Columns of the good rows that must be looked at together, in a temporary folder; or their ``places`` alone."""

    folder: Path
    columns: Sequence[str]
    places: bool = False
    parts: int = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Put a chunk's rows by."""
        if not self.columns and not self.places:
            return
        self.folder.mkdir(exist_ok=True)
        rows.select(*self.columns, "_row", "_line", "_lines").write_parquet(
            self.folder / f"{self.parts:06d}.parquet", compression="lz4"
        )
        self.parts += 1

    def rows(self) -> pl.LazyFrame | None:
        """All of them; None where no column is needed, or there is no row."""
        return pl.scan_parquet(self.folder / "*.parquet") if self.parts else None
