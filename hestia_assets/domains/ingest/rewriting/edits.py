"""Edits by a person: a batch of their own whose rows are new versions of rows of the table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import polars as pl

from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import BatchStore, Hold
from hestia_assets.core.results import START, Batch, BatchPart, BatchState, Changes, LineAccount, RowEdit
from hestia_assets.domains.ingest.loading.parts import PartMaker
from hestia_assets.domains.ingest.loading.sets import PLAN
from hestia_assets.domains.ingest.loading.versions import ROW_ID, history_of, history_schema
from hestia_assets.domains.ingest.rewriting.desk import EditDesk, Edited


def encoded(edits: Sequence[RowEdit], *, author: str, at: datetime) -> bytes:
    """The original of a batch of edits."""
    rows = [
        {
            "batch": edit.batch,
            "row": edit.row,
            "values": dict(edit.values),
            **({"printed": True} if edit.printed else {}),
        }
        for edit in edits
    ]
    body = {"author": author, "at": at.isoformat(), "edits": rows}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def decoded(source: BinaryIO) -> list[RowEdit]:
    """The inverse of ``encoded``."""
    edits = json.load(source)["edits"]
    return [RowEdit(edit["batch"], edit["row"], edit["values"], edit.get("printed", False)) for edit in edits]


@dataclass(frozen=True)
class EditRun:
    """Publishes a batch of edits; killed at any moment, the next run goes on where it was."""

    maker: PartMaker
    batches: BatchStore
    hold: Hold

    def go(self, source: BinaryIO) -> Batch:
        """Bring the edits into the table. Raises EditError when it changed too much since they were made."""
        ref, mine = self.maker.ref(Layer.VALIDATED), self.maker.batch
        if not self.maker.tables.has_batch(ref, mine.id):
            desk = EditDesk(self.maker.tables, self.maker.validator, self.batches, self.maker.spec)
            self._publish(desk.judge(decoded(source), batch=mine.id))
        rows = self._rows()
        self.hold.verify()
        done = self.batches.update(
            mine.id,
            state=BatchState.COMMITTED,
            account=LineAccount(total=rows, loaded=rows),
            rows_done=rows,
            rows_loaded=rows,
            bytes_done=mine.size_bytes,
            finished_at=self.maker.clock(),
            problem=None,
            sequence=mine.sequence or self.batches.last_sequence(mine.tenant, mine.dataset) + 1,
            changes=Changes(changed=rows),
        )
        self.batches.clear_parts(mine.id)
        return done

    def _publish(self, edited: Edited) -> None:
        ref, tables, batch = self.maker.ref(Layer.VALIDATED), self.maker.tables, self.maker.batch.id
        history = history_of(ref)
        linked = pl.concat([edited.after, edited.links], how="horizontal")
        left = self.maker.stage(Layer.HISTORY, 0, pl.concat([edited.before, linked], how="diagonal"))
        made = self.maker.stage(Layer.VALIDATED, 0, edited.after)
        assert left is not None and made is not None, "there is at least one edit"
        self.batches.add_part(BatchPart(batch, PLAN, START, START, LineAccount()))
        schema = edited.after.schema
        self.hold.verify()
        tables.commit(history, [left], batch=batch, schema=history_schema(schema))
        self.hold.verify()
        tables.swap(ref, edited.before.select(ROW_ID), [made], batch=batch, schema=schema)

    def _rows(self) -> int:
        history = self.maker.tables.scan(self.maker.ref(Layer.HISTORY))
        mine = history.filter(pl.col("_batch") == self.maker.batch.id, pl.col("_of_batch").is_not_null())
        return int(mine.select(pl.len()).collect().item())
