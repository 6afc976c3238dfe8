"""Checks that look at all rows of a batch: what fails moves from validated to quarantine before anything is published.

The outcome is one extra part, the plan, kept in one transaction: a resumed run commits what was planned and does not
judge again against a table that may have grown meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

import polars as pl

from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import Format
from hestia_assets.core.results import BatchPart, LineAccount, Position, Reject, SetFailure, StagedFile
from hestia_assets.core.specs import Severity
from hestia_assets.domains.ingest import quarantine
from hestia_assets.domains.ingest.parts import PartMaker

PLAN = 1_000_000
"""Number of the part that holds the plan; rewritten files of part n are staged as part PLAN + n."""


@dataclass(frozen=True)
class Planner:
    """Judges a batch as a whole."""

    maker: PartMaker
    reader: Format

    def plan(self, parts: Sequence[BatchPart], source: BinaryIO) -> BatchPart:
        """Run the set checks, stage what changes, and say what moved."""
        failures = self._failures(parts)
        fatal = [failure for failure in failures if failure.result.severity is Severity.REJECT]
        rejects = list(self._rejects(parts, fatal, source)) if fatal else []
        staged = dict(self._rewritten(parts, {reject.row for reject in rejects}))
        now = self.maker.clock()
        rows = quarantine.from_rejects(rejects, batch=self.maker.batch.id, at=now)
        file = self.maker.stage(Layer.QUARANTINE, PLAN, rows)
        if file is not None:
            staged[Layer.QUARANTINE.value] = file
        nothing = LineAccount()
        return BatchPart(
            batch=self.maker.batch.id,
            number=PLAN,
            start=Position(),
            end=Position(),
            account=nothing.quarantine(sum(reject.lines for reject in rejects)),
            staged=staged,
            checks=tuple(failure.result for failure in failures),
        )

    def _failures(self, parts: Sequence[BatchPart]) -> list[SetFailure]:
        ref, tables = self.maker.ref(Layer.VALIDATED), self.maker.tables
        files = _files(parts, Layer.VALIDATED)
        if not files:
            empty = pl.LazyFrame(schema=self.maker.schema(Layer.VALIDATED))
            return self.maker.validator.judge_set(empty, None, self.maker.spec.checks)
        existing = None
        if tables.exists(ref):
            existing = tables.scan(ref).filter(pl.col("_batch") != self.maker.batch.id)
        return self.maker.validator.judge_set(tables.read_staged(ref, files), existing, self.maker.spec.checks)

    def _rejects(self, parts: Sequence[BatchPart], fatal: Sequence[SetFailure], source: BinaryIO) -> Iterator[Reject]:
        """Failing rows with their original text, read again from the file."""
        first: dict[int, SetFailure] = {}
        for failure in fatal:
            for row in failure.rows.to_list():
                first.setdefault(row, failure)
        for part in parts:
            wanted = {row for row in first if part.start.row <= row < part.end.row}
            if wanted:
                yield from self._reread(part, wanted, first, source)

    def _reread(
        self, part: BatchPart, wanted: set[int], first: Mapping[int, SetFailure], source: BinaryIO
    ) -> Iterator[Reject]:
        for chunk in self.reader.read(source, self.maker.spec.recipe, start=part.start):
            found = chunk.frame.with_row_index("index").filter(pl.col("_row").is_in(sorted(wanted)))
            texts = chunk.original(found["index"].to_list())
            for (row, line, lines), text in zip(
                found.select("_row", "_line", "_lines").iter_rows(), texts, strict=True
            ):
                failure = first[row]
                column = failure.result.columns[0]
                value = found.filter(pl.col("_row") == row)[column][0]
                yield Reject(row, line, lines, failure.result.rule, failure.message, text, column, value)
            if chunk.end.row >= part.end.row:
                return

    def _rewritten(self, parts: Sequence[BatchPart], rows: set[int]) -> Iterator[tuple[str, StagedFile]]:
        """Validated files without the failing rows, under new names: the old ones stay until the commit."""
        for part in parts:
            file = part.staged.get(Layer.VALIDATED.value)
            gone = [row for row in rows if part.start.row <= row < part.end.row]
            if file is None or not gone:
                continue
            ref = self.maker.ref(Layer.VALIDATED)
            kept = self.maker.tables.read_staged(ref, [file]).filter(~pl.col("_row").is_in(gone)).collect()
            new = self.maker.stage(Layer.VALIDATED, PLAN + part.number, kept)
            yield f"{Layer.VALIDATED.value}/{part.number}", new or replace(file, rows=0)


def final_files(parts: Sequence[BatchPart], plan: BatchPart, layer: Layer) -> list[StagedFile]:
    """What the commit of a layer publishes."""
    files = [plan.staged.get(f"{layer.value}/{part.number}", part.staged.get(layer.value)) for part in [*parts, plan]]
    return [file for file in files if file is not None and file.rows]


def _files(parts: Sequence[BatchPart], layer: Layer) -> list[StagedFile]:
    return [part.staged[layer.value] for part in parts if layer.value in part.staged]
