"""Rows of a file that were set aside and loaded since: they leave with their file, and come back with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import polars as pl

from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import Hold
from hestia_assets.core.results import Batch, BatchState, EntryAction, EntryId, EntryState
from hestia_assets.domains.ingest.entries.book import ID, LOG, EntryBook
from hestia_assets.domains.ingest.entries.run import Step, log_rows
from hestia_assets.domains.ingest.entries.taken import LOADING, VERSION, versions

FIXED = pl.Schema({**VERSION, "by_batch": pl.String(), "by_row": pl.Int64()})


@dataclass(frozen=True)
class Along:
    """What came back of one file, and which rows do not count while files are undone."""

    book: EntryBook
    batch: Batch
    _known: dict[bool, pl.DataFrame] = field(default_factory=dict[bool, pl.DataFrame])

    @cached_property
    def fixed(self) -> pl.DataFrame:
        """Rows of the file that count: the entry as the log names it, and which row of which batch loaded it."""
        mine = self.book if self.is_seen else replace(self.book, behind=True)
        if not self._has_log or self.batch.id not in mine.files:
            return FIXED.to_frame()
        loaded = mine.entries().filter(
            pl.col("_batch") == self.batch.id, pl.col("state") == EntryState.LOADED.value
        )  # fmt: skip
        brought = loaded.select("by_batch", "by_row").collect(engine="streaming")
        lines = mine.log().filter(pl.col("action").is_in(LOADING))
        lines = lines.join(brought.lazy(), on=["by_batch", "by_row"], how="semi")
        return lines.select(FIXED.names()).collect(engine="streaming")

    @property
    def ids(self) -> pl.DataFrame:
        """The rows that loaded them, named as versions are."""
        return self.fixed.select(pl.col("by_batch").alias("_batch"), pl.col("by_row").alias("_row"))

    @property
    def is_seen(self) -> bool:
        """Whether rows of the file are not all replaced by those of a later one."""
        return self.batch.id in self.book.files

    def out(self, *, undone: bool) -> pl.DataFrame:
        """Ids of rows of resubmissions that do not count if the file is undone, or is not, as the log stands."""
        if undone not in self._known:
            state = BatchState.UNDONE if undone else BatchState.COMMITTED
            book = replace(self.book, turned={self.batch.id: state})
            self._known[undone] = versions(book.log(), book.undone) if self._has_log else VERSION.to_frame()
        return self._known[undone]

    def out_with_fixed(self) -> pl.DataFrame:
        """The same as it would be if all that was fixed left with the file."""
        return pl.concat([self.out(undone=False), self.ids]).unique()

    def note(self, hold: Hold, *, take: bool, operation: str, who: str, at: datetime) -> None:
        """Say in the log what leaves with the file, once; the lines count as soon as the file is undone."""
        book, tables, steps = self.book, self.book.tables, self._steps(take=take)
        ref = book.ref(Layer.QUARANTINE_LOG)
        if not steps or tables.has_batch(ref, operation):
            return
        frame = log_rows(book, steps, who=who, at=at, note=f"{self.batch.file_name} was undone")
        frame = frame.with_columns(by_batch=pl.lit(self.batch.id))
        hold.verify()
        tables.commit(ref, [tables.stage(ref, frame, batch=operation, part=0)], batch=operation, schema=LOG)
        self._known.clear()

    def _steps(self, *, take: bool) -> Sequence[Step]:
        if take:
            ids = self.fixed.select(ID).unique(maintain_order=True).iter_rows()
            return [Step(EntryId(batch, row), EntryAction.TAKEN_BACK) for batch, row in ids]
        earlier = self.out(undone=True).height > self.out(undone=False).height
        return [Step(EntryId(self.batch.id, 0), EntryAction.KEPT)] if earlier else []

    @property
    def _has_log(self) -> bool:
        return self.book.tables.exists(self.book.ref(Layer.QUARANTINE_LOG))
