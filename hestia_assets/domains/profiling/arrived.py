"""Rows of files as they arrived: their text, and what it becomes under the columns that the dataset has now."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import BatchStore, RowGate, TableStore, Validator
from hestia_assets.core.results import Batch
from hestia_assets.core.rules import Occasion
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Severity

CHUNK_ROWS = 50_000
LOOKED_AT = 5_000
"""Rows by which it is told which of a dataset's recipes reads a file."""

PLACE = ("_row", "_line")


@dataclass(frozen=True)
class Arrivals:
    """What arrived in a dataset, for one principal."""

    gate: RowGate
    tables: TableStore
    batches: BatchStore
    validator: Validator
    dataset: DatasetSpec
    principal: Principal

    def files(self, most: int) -> list[Batch]:
        """The files that were committed last, newest first; none of them is undone."""
        if not self.tables.exists(self._ref(Layer.IMPORTED)):
            return []
        return self.batches.last_files(self.dataset.tenant, self.dataset.name, limit=most)

    def text(self, batch: Batch) -> pl.LazyFrame:
        """The dataset's columns as text, ``_row`` and ``_line``, in the order of the file; what it lacked is empty."""
        everything = self.gate.read(self.principal, self._ref(Layer.IMPORTED), purpose=Purpose.CHECK)
        have = everything.collect_schema()
        names = [column.name for column in self.dataset.recipe.columns]
        text = [
            pl.col(name).cast(pl.String) if name in have else pl.lit(None, dtype=pl.String).alias(name)
            for name in names
        ]
        return everything.filter(pl.col("_batch") == batch.id).select(*text, *PLACE)

    def chunks(self, batch: Batch) -> Iterator[pl.DataFrame]:
        """The same, some rows at a time."""
        yield from self.text(batch).collect_batches(chunk_size=CHUNK_ROWS, maintain_order=True)

    def columns(self, batch: Batch, names: Collection[str] | None = None) -> tuple[Column, ...]:
        """How its file writes the columns: as that recipe has it under which the fewest values misfit."""
        ways = [recipe.columns for recipe in (self.dataset.recipe, *self.dataset.other_recipes)]
        if len(ways) > 1:
            head = self.text(batch).head(LOOKED_AT).collect(engine="streaming")
            ways.sort(key=lambda columns: self.validator.judge(head, columns, ()).failures.height)
        return tuple(column for column in ways[0] if names is None or column.name in names)

    def loadable(self, batch: Batch, checks: Collection[CheckSpec], names: Collection[str] | None) -> pl.LazyFrame:
        """Typed rows that no type and none of these checks, as far as they look at one row, would set aside."""
        columns, validator = self.columns(batch), self.on(batch)
        kept = [name.name for name in columns if names is None or name.name in names]
        schema = validator.schema(columns)

        def judged(text: pl.DataFrame) -> pl.DataFrame:
            judgement = validator.judge(text, columns, list(checks))
            fatal = judgement.failures.filter(pl.col("severity") == Severity.REJECT.value)["index"].unique()
            good = ~pl.int_range(text.height, dtype=pl.UInt32, eager=True).is_in(fatal.implode())
            return judgement.typed.filter(good).select(*kept, *PLACE)

        shown = {**{name: schema[name] for name in kept}, **dict.fromkeys(PLACE, pl.Int64())}
        return self.text(batch).map_batches(judged, schema=shown, streamable=True)

    def existing(self, batch: Batch) -> pl.LazyFrame | None:
        """Rows of the table whose last version was there before the batch; None where there was nothing."""
        ref = self._ref(Layer.VALIDATED)
        earlier = self.earlier(batch)
        if not earlier or not self.tables.exists(ref):
            return None
        rows = self.gate.read(self.principal, ref, purpose=Purpose.CHECK)
        return rows.filter(pl.col("_batch").is_in([one.id for one in earlier]))

    def earlier(self, batch: Batch) -> list[Batch]:
        """Batches that were committed before it, oldest first."""
        known = self.batches.sequenced(self.dataset.tenant, self.dataset.name)
        return [one for one in known if (one.sequence or 0) < (batch.sequence or 0)]

    def on(self, batch: Batch) -> Validator:
        """The validator of the day on which the batch arrived."""
        return self.validator.on(Occasion(batch.tenant, batch.created_at))

    def _ref(self, layer: Layer) -> TableRef:
        return TableRef(layer, self.dataset.tenant, self.dataset.name)
