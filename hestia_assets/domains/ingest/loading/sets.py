"""Checks that look at all rows of a batch: what fails moves from validated to quarantine before anything is published.

The outcome is one extra part, the plan, kept in one transaction with the version of the table it was made for. A run
that goes on later commits what was planned if the table is still at that version, and plans again if it is not. Tables
of other datasets are read once, when the plan is made: what they become later does not change its verdict.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import polars as pl

from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import Format
from hestia_assets.core.results import (
    START,
    BatchPart,
    LineAccount,
    SetFailure,
    StagedFile,
    TextChunk,
)
from hestia_assets.core.specs import DatasetSpec, Mode, Severity
from hestia_assets.domains.ingest.loading import quarantine
from hestia_assets.domains.ingest.loading.keyed import KeyFailure, KeyTrouble, has_key, key_trouble, still_named
from hestia_assets.domains.ingest.loading.modes import Effect, EffectPlan, Seen
from hestia_assets.domains.ingest.loading.parts import PartMaker
from hestia_assets.domains.ingest.loading.whole import WholeBatch

PLAN = 1_000_000
"""Number of the part that holds the plan; files it adds or replaces for part n are staged as part PLAN + n."""


Guard = Callable[[pl.LazyFrame, BinaryIO], KeyFailure | None]
"""Typed rows (with a key where there is one) of a batch with these bytes: those that must not join what is there, or
take its place."""


def unguarded(_: pl.LazyFrame, _source: BinaryIO) -> None:
    """What a file says takes the place of what is there."""


def guarded_rows(
    rows: pl.LazyFrame, spec: DatasetSpec, guard: Callable[[pl.LazyFrame], KeyFailure | None]
) -> tuple[pl.LazyFrame, KeyTrouble, KeyFailure | None]:
    """The rows that are to be compared with the table, what is wrong with keys, and the rows that are guarded."""
    trouble = key_trouble(rows, spec)
    guarded = guard(rows.filter(~pl.col("_row").is_in(trouble.failure.rows.implode())))
    if guarded is not None:  # a row that repeats a guarded one is guarded too
        trouble = replace(trouble, repeats=trouble.repeats.filter(~trouble.repeats.is_in(guarded.rows.implode())))
    out = pl.concat([trouble.failure.rows, trouble.repeats, *([guarded.rows] if guarded else [])])
    return rows.filter(~pl.col("_row").is_in(out.implode())), trouble, guarded


@dataclass
class Moves:
    """What the plan changes: staged files by ``layer/part``, and the physical lines that move to quarantine."""

    staged: dict[str, StagedFile] = field(default_factory=dict[str, StagedFile])
    lines: int = 0


@dataclass(frozen=True)
class Planner:
    """Judges a batch as a whole."""

    maker: PartMaker
    reader: Format
    whole: WholeBatch
    guard: Guard = unguarded

    def is_current(self, plan: BatchPart) -> bool:
        """Whether the validated table is still what the plan was made for."""
        return plan.table_version == self._table_version()

    def plan(self, parts: Sequence[BatchPart], source: BinaryIO) -> BatchPart:
        """Run the checks over all rows, stage what changes, and say what moved and what the batch will do."""
        version = self._table_version()
        rows, trouble, guarded = self._rows(parts), None, None
        if self.maker.mode is Mode.UPSERT:
            rows, trouble, guarded = guarded_rows(rows, self.maker.spec, lambda named: self.guard(named, source))
        elif guarded := self.guard(rows, source):
            rows = rows.filter(~pl.col("_row").is_in(guarded.rows.implode()))
        maker, seen = self.maker, self._seen(parts) if trouble and self.maker.spec.delete_missing else None
        failures, beside = maker.validator.judge_beside(rows, self._existing(seen), maker.spec, maker.mode)
        failures += [trouble.failure] if trouble else []
        failures += [guarded] if guarded else []
        fatal = [failure for failure in failures if failure.result.severity is Severity.REJECT]
        moves = self._moves(parts, fatal, source)
        plan = BatchPart(
            batch=self.maker.batch.id,
            number=PLAN,
            start=START,
            end=START,
            account=LineAccount().quarantine(moves.lines),
            staged=moves.staged,
            checks=tuple(failure.result for failure in failures),
            table_version=version,
        )
        good = self._good(parts, plan)
        if trouble is not None:
            good = good.filter(~pl.col("_row").is_in(trouble.repeats.implode()))
        aside = sum(file.rows for file in final_files(parts, plan, Layer.QUARANTINE))
        whole = self.whole.judge(good, beside, parts=[*parts, plan], aside=aside, source=source)
        effect = self._effect(parts, plan, trouble, seen)
        return replace(
            plan,
            checks=(*plan.checks, *whole),
            staged=moves.staged | effect.staged,
            changes=effect.changes,
            problem=effect.problem,
        )

    def _good(self, parts: Sequence[BatchPart], plan: BatchPart) -> pl.LazyFrame:
        """The rows that would be loaded."""
        files = final_files(parts, plan, Layer.VALIDATED)
        if not files:
            return pl.LazyFrame(schema=self.maker.schema(Layer.VALIDATED))
        return self.maker.tables.read_staged(self.maker.ref(Layer.VALIDATED), files)

    def _moves(self, parts: Sequence[BatchPart], fatal: Sequence[SetFailure], source: BinaryIO) -> Moves:
        rows = pl.concat([failure.rows for failure in fatal]).unique() if fatal else pl.Series("_row", [], pl.Int64)
        moves = Moves()
        for part in parts:
            mine = rows.filter((rows >= part.start.row) & (rows < part.end.row))
            if mine.len():
                self._move(part, mine, fatal, source, moves)
        return moves

    def _effect(
        self, parts: Sequence[BatchPart], plan: BatchPart, trouble: KeyTrouble | None, seen: Seen | None
    ) -> Effect:
        ref, tables = self.maker.ref(Layer.VALIDATED), self.maker.tables
        files = final_files(parts, plan, Layer.VALIDATED)
        count = sum(file.rows for file in files)
        if self.maker.mode is Mode.APPEND:
            return EffectPlan(self.maker, None).append(count)
        planner = EffectPlan(self.maker, tables.scan(ref) if tables.exists(ref) else None)
        if trouble is None:
            return planner.replace(count, aside=bool(final_files(parts, plan, Layer.QUARANTINE)))
        distinct = self._good(parts, plan).filter(~pl.col("_row").is_in(trouble.repeats.implode()))
        return planner.upsert(distinct, trouble.repeats.len(), seen)

    def _seen(self, parts: Sequence[BatchPart]) -> Seen:
        """The keys that are in the file, those of bad rows too: such a row is wrong, not missing."""
        key, spec = list(self.maker.spec.primary_key), self.maker.spec
        columns = tuple(column for column in spec.recipe.columns if column.name in key)
        read = self._rows(parts).select(*key, "_row")
        imported = self._staged(parts, Layer.IMPORTED).select(*key, "_row")
        bad = imported.join(read.select("_row"), on="_row", how="anti").collect(engine="streaming")
        typed = self.maker.validator.judge(bad.select(key), columns, ()).typed.select(key)
        keys = pl.concat([read.select(key), typed.lazy()])
        empty = int(keys.filter(~has_key(key)).select(pl.len()).collect(engine="streaming").item())
        aside = sum(part.staged[Layer.QUARANTINE.value].rows for part in parts if Layer.QUARANTINE.value in part.staged)
        return Seen(keys.filter(has_key(key)), unreadable=aside - bad.height + empty)

    def _table_version(self) -> int | None:
        ref = self.maker.ref(Layer.VALIDATED)
        return self.maker.tables.version(ref) if self.maker.tables.exists(ref) else None

    def _rows(self, parts: Sequence[BatchPart]) -> pl.LazyFrame:
        """The typed rows that passed so far."""
        return self._staged(parts, Layer.VALIDATED)

    def _staged(self, parts: Sequence[BatchPart], layer: Layer) -> pl.LazyFrame:
        files = [part.staged[layer.value] for part in parts if layer.value in part.staged]
        empty = pl.LazyFrame(schema=self.maker.schema(layer))
        return self.maker.tables.read_staged(self.maker.ref(layer), files) if files else empty

    def _existing(self, seen: Seen | None) -> pl.LazyFrame | None:
        """Rows of other batches that the table keeps or that are replaced, where a check compares with them."""
        ref, tables = self.maker.ref(Layer.VALIDATED), self.maker.tables
        if not self.maker.compares_rows() or not tables.exists(ref):
            return None
        existing = tables.scan(ref).filter(pl.col("_batch") != self.maker.batch.id)
        return existing if seen is None else still_named(existing, seen.keys, self.maker.spec)

    def _move(
        self, part: BatchPart, rows: pl.Series, fatal: Sequence[SetFailure], source: BinaryIO, moves: Moves
    ) -> None:
        """Stage the part's quarantine rows, and its validated rows without them."""
        frames: list[pl.DataFrame] = []
        now = self.maker.clock()
        for chunk in self._again(part, source):
            failures = pl.concat([as_failures(chunk, failure) for failure in fatal])
            frames.append(quarantine.from_failures(chunk, failures, batch=self.maker.batch.id, at=now))
        bad = pl.concat(frames)
        number = PLAN + part.number
        file = part.staged[Layer.VALIDATED.value]
        good = self.maker.tables.read_staged(self.maker.ref(Layer.VALIDATED), [file])
        kept = good.filter(~pl.col("_row").is_in(rows.implode())).collect()
        quarantined = self.maker.stage(Layer.QUARANTINE, number, bad)
        assert quarantined is not None, "a part without failing rows is not moved"
        moves.staged[f"{Layer.QUARANTINE.value}/{part.number}"] = quarantined
        replaced = self.maker.stage(Layer.VALIDATED, number, kept) or replace(file, rows=0)
        moves.staged[f"{Layer.VALIDATED.value}/{part.number}"] = replaced
        moves.lines += int(bad["_lines"].sum())

    def _again(self, part: BatchPart, source: BinaryIO) -> Iterator[TextChunk]:
        """The part's stretch of the file, read once more for the original text."""
        for chunk in self.reader.read(source, self.maker.spec.recipe, start=part.start):
            inside = chunk.frame["_row"] < part.end.row
            yield chunk if inside.all() else replace(chunk, frame=chunk.frame.filter(inside))
            if chunk.end.row >= part.end.row:
                return


def as_failures(chunk: TextChunk, failure: SetFailure) -> pl.DataFrame:
    """Failures of a check over all rows, those of this chunk, in the shape of a Judgement's."""
    result = failure.result
    found = chunk.frame.with_row_index("index").filter(pl.col("_row").is_in(failure.rows.implode()))
    message = pl.lit(failure.message)
    if isinstance(failure, KeyFailure):
        found = found.join(failure.messages.rename({"message": "_message"}), on="_row", maintain_order="left")
        message = pl.col("_message")
    return found.select(
        "index",
        check=pl.lit(result.name),
        rule=pl.lit(result.rule),
        column=pl.lit(failure.column),
        message=message,
        value=pl.col(failure.column) if failure.column else pl.lit(None, dtype=pl.String),
        severity=pl.lit(result.severity.value),
    )


def final_files(parts: Sequence[BatchPart], plan: BatchPart, layer: Layer) -> list[StagedFile]:
    """What the commit of a layer publishes: quarantine grows by the plan's files, validated has some replaced."""
    files: list[StagedFile | None] = []
    for part in parts:
        own, planned = part.staged.get(layer.value), plan.staged.get(f"{layer.value}/{part.number}")
        files += [own, planned] if layer is Layer.QUARANTINE else [planned or own]
    return [file for file in files if file is not None and file.rows]
