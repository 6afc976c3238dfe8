"""Publishing a planned batch: every step takes effect once, however often it is begun."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import Hold
from hestia_assets.core.results import BatchPart, Changes, StagedFile
from hestia_assets.core.specs import Mode
from hestia_assets.domains.ingest.loading.modes import DELETED, LEFT, WRITTEN, leaving_rows
from hestia_assets.domains.ingest.loading.parts import PartMaker
from hestia_assets.domains.ingest.loading.sets import final_files
from hestia_assets.domains.ingest.loading.versions import history_schema


@dataclass(frozen=True)
class Publication:
    """Commits what a plan says: imported, quarantine, history, validated."""

    maker: PartMaker
    hold: Hold

    def publish(self, parts: Sequence[BatchPart], plan: BatchPart) -> None:
        """Commit each table, unless it has the batch. Raises LeaseHeldError, TableError."""
        for layer in (Layer.IMPORTED, Layer.QUARANTINE):
            self._add(layer, final_files(parts, plan, layer))
        effect = plan.changes or Changes()
        left = [plan.staged[key] for key in (LEFT, DELETED) if key in plan.staged]
        if left:
            self._remember(left)
        if self.maker.mode is Mode.UPSERT and not (effect.new or effect.changed or effect.deleted):
            self._make_sure_of_table()
            return
        files = [plan.staged[WRITTEN]] if WRITTEN in plan.staged else final_files(parts, plan, Layer.VALIDATED)
        only_deletes = self.maker.mode is Mode.UPSERT and not (effect.new or effect.changed)
        self._write([] if only_deletes else files, plan)

    def _add(self, layer: Layer, files: Sequence[StagedFile]) -> None:
        self.hold.verify()
        self.maker.tables.commit(self.maker.ref(layer), files, batch=self.maker.batch.id, schema=self._schema(layer))

    def _remember(self, files: Sequence[StagedFile]) -> None:
        """Rows that leave the table are in the history before they go."""
        schema = history_schema(self._schema(Layer.VALIDATED))
        self.hold.verify()
        self.maker.tables.commit(self.maker.ref(Layer.HISTORY), files, batch=self.maker.batch.id, schema=schema)

    def _make_sure_of_table(self) -> None:
        if not self.maker.tables.exists(self.maker.ref(Layer.VALIDATED)):
            self._add(Layer.VALIDATED, ())

    def _write(self, files: Sequence[StagedFile], plan: BatchPart) -> None:
        if LEFT not in plan.staged:  # nothing leaves, so nobody needs to wait for anybody
            self._add(Layer.VALIDATED, files)
            return
        ref, tables, batch = self.maker.ref(Layer.VALIDATED), self.maker.tables, self.maker.batch.id
        everything = self.maker.mode is Mode.REPLACE
        leaving = None if everything else leaving_rows(self.maker, [plan.staged[LEFT]])
        self.hold.verify()
        tables.swap(ref, leaving, files, batch=batch, schema=self._schema(Layer.VALIDATED))

    def _schema(self, layer: Layer) -> pl.Schema:
        return table_schema(self.maker, layer)


def table_schema(maker: PartMaker, layer: Layer) -> pl.Schema:
    """The dataset's columns, and those that only the table has: an updated row keeps their values."""
    ref, own = maker.ref(layer), maker.schema(layer)
    kept = maker.tables.schema(ref) if maker.tables.exists(ref) else own
    return pl.Schema({**own, **{name: dtype for name, dtype in kept.items() if name not in own}})
