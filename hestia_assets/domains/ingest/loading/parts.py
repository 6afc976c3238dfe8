"""A chunk of text becomes a part of a batch: judged, split into good and bad rows, staged beside the tables."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import Clock, TableStore, Validator
from hestia_assets.core.results import Batch, BatchPart, Judgement, StagedFile, TextChunk
from hestia_assets.core.rules import Scope
from hestia_assets.core.specs import DatasetSpec, Mode, Recipe, Severity
from hestia_assets.domains.ingest.loading import quarantine

PUBLISHED = (Layer.IMPORTED, Layer.QUARANTINE, Layer.VALIDATED)
"""Commit order; the batch row comes last."""


def published_anywhere(tables: TableStore, batch: Batch) -> bool:
    """Whether a table has the batch already: then it can only be finished, as it was planned."""
    layers = (*PUBLISHED, Layer.HISTORY)
    return any(tables.has_batch(TableRef(layer, batch.tenant, batch.dataset), batch.id) for layer in layers)


@dataclass(frozen=True)
class PartMaker:
    """Makes parts of one batch under one version of its dataset's spec."""

    tables: TableStore
    validator: Validator
    clock: Clock
    batch: Batch
    spec: DatasetSpec

    @property
    def mode(self) -> Mode:
        """What the batch does to the rows that are there."""
        return self.batch.mode or self.spec.mode

    def reading(self, recipe: Recipe) -> "PartMaker":
        """The same with another of the dataset's recipes; the columns are the same."""
        return replace(self, spec=self.spec.model_copy(update={"recipe": recipe}))

    def make(self, number: int, chunk: TextChunk) -> BatchPart:
        """Judge and stage one chunk."""
        judgement = self.validator.judge(chunk.frame, self.spec.recipe.columns, self.spec.checks)
        fatal = judgement.failures.filter(pl.col("severity") == Severity.REJECT.value)
        bad = pl.Series(range(0), dtype=pl.UInt32) if fatal.is_empty() else fatal["index"].unique()
        lines = int(chunk.frame["_lines"][bad].sum())
        staged = {
            Layer.IMPORTED.value: self._imported(number, chunk),
            Layer.QUARANTINE.value: self._quarantine(number, chunk, fatal),
            Layer.VALIDATED.value: self._validated(number, judgement, bad),
        }
        return BatchPart(
            batch=self.batch.id,
            number=number,
            start=chunk.start,
            end=chunk.end,
            account=chunk.account.quarantine(lines),
            staged={layer: file for layer, file in staged.items() if file is not None},
            checks=judgement.results,
        )

    def stage(self, layer: Layer, number: int, frame: pl.DataFrame) -> StagedFile | None:
        """Write rows beside the layer's table; nothing for no rows."""
        if frame.is_empty():
            return None
        return self.tables.stage(self.ref(layer), frame, batch=self.batch.id, part=number)

    def is_published(self) -> bool:
        """Whether a table has the batch already."""
        return published_anywhere(self.tables, self.batch)

    def compares_rows(self) -> bool:
        """Whether a check looks at the whole batch, beside the table or earlier ones, not at each row by itself."""
        return any(self.validator.scope(check) in (Scope.SET, Scope.BATCH) for check in self.spec.checks)

    def ref(self, layer: Layer) -> TableRef:
        """The dataset's table in a layer."""
        return TableRef(layer, self.spec.tenant, self.spec.name)

    def schema(self, layer: Layer) -> pl.Schema:
        """Columns of the dataset's table in a layer."""
        if layer is Layer.QUARANTINE:
            return quarantine.SCHEMA
        columns = self.spec.recipe.columns
        typed = self.validator.schema(columns)
        text = pl.Schema({column.name: pl.String() for column in columns})
        own = typed if layer is Layer.VALIDATED else text
        return pl.Schema({**own, "_batch": pl.String(), "_row": pl.Int64(), "_line": pl.Int64()})

    def _imported(self, number: int, chunk: TextChunk) -> StagedFile | None:
        return self.stage(Layer.IMPORTED, number, self._shaped(chunk.frame, Layer.IMPORTED))

    def _quarantine(self, number: int, chunk: TextChunk, fatal: pl.DataFrame) -> StagedFile | None:
        now = self.clock()
        rejected = quarantine.from_rejects(chunk.rejects, batch=self.batch.id, at=now)
        failed = quarantine.from_failures(chunk, fatal, batch=self.batch.id, at=now)
        return self.stage(Layer.QUARANTINE, number, pl.concat([rejected, failed]).sort("_row"))

    def _validated(self, number: int, judgement: Judgement, bad: pl.Series) -> StagedFile | None:
        rows = judgement.typed
        if bad.len():
            keep = pl.Series("keep", [True]).new_from_index(0, rows.height).scatter(bad, values=False)
            rows = rows.filter(keep)
        return self.stage(Layer.VALIDATED, number, self._shaped(rows, Layer.VALIDATED))

    def _shaped(self, frame: pl.DataFrame, layer: Layer) -> pl.DataFrame:
        with_batch = frame.with_columns(pl.lit(self.batch.id).alias("_batch"))
        return with_batch.select(self.schema(layer).names())


Progress = Callable[[Batch], None]
"""Called with the batch whenever its progress was stored."""
