"""Versions of rows that nobody can ask for any more leave the history.

The oldest batches of a dataset are closed, in the order of commits, once nothing happened to them for so long: from
then on they are neither undone nor redone, which is written down before anything goes. So of each row only the version
that counts among closed batches can ever be seen again: a later batch that is undone brings back that one. Every
other version of a closed batch goes. Cut off in between, the next night finds the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import BatchStore, Hold, SpecStore, TableStore
from hestia_assets.core.results import Batch, BatchState, Expired
from hestia_assets.domains.ingest.entries.book import EntryBook
from hestia_assets.domains.ingest.entries.taken import versions
from hestia_assets.domains.ingest.loading.versions import OF, ROW_ID, Order, Versions, history_of, judged
from hestia_assets.domains.ingest.rewriting.turning import order_of


@dataclass(frozen=True)
class Expiry:
    """What may go from one dataset; the caller holds it, and has ended what was cut off."""

    tables: TableStore
    specs: SpecStore
    batches: BatchStore
    book: EntryBook
    tenant: str
    dataset: str

    def expire(self, hold: Hold, *, before: datetime, now: datetime) -> Expired:
        """Close batches that nobody touched since ``before``, and take out what nobody can ask for any more."""
        order = order_of(self.batches, self.specs, self.tenant, self.dataset)
        old = _oldest(order.batches, before)
        hold.verify()  # who lost the dataset must not close what somebody else is just undoing
        with self.batches.together():
            fresh = [batch for batch in old if batch.closed_at is None]
            for batch in fresh:
                self.batches.update(batch.id, closed_at=now)
        history = history_of(self._ref)
        if not old or not self.tables.exists(history):
            return Expired(len(fresh))
        useless = self._useless(Order(old, {batch.id: order.keys[batch.id] for batch in old}))
        if useless.height:
            hold.verify()
            operation = f"expire:{self.tables.version(history)}"
            self.tables.swap(history, useless, [], batch=operation, schema=self.tables.schema(history))
        return Expired(len(fresh), useless.height)

    @property
    def _ref(self) -> TableRef:
        return TableRef(Layer.VALIDATED, self.tenant, self.dataset)

    def _useless(self, closed: Order) -> pl.DataFrame:
        """Ids of versions of closed batches in the history that no undo can bring back."""
        history = self.tables.scan(history_of(self._ref))
        names = [batch.id for batch in closed.batches]
        keys = closed.distinct()
        mine = history.filter(pl.col("_batch").is_in(names)).select(ROW_ID).unique()
        touched = Versions(self.tables, self._ref, keys).same_rows(mine)
        active, out = closed.active("", alive=False), versions(self.book.log(), self.book.undone)
        final = pl.col("_final") == pl.col("_seq")
        # rows that left with their file count again when it is redone, and till then those that they replaced do
        views = [judged(touched, active, keys), *([judged(touched, active, keys, but=out)] if out.height else [])]
        needed = pl.concat([view.filter(final).select(ROW_ID) for view in views])
        gone = mine.collect(engine="streaming").join(needed.select(ROW_ID), on=ROW_ID, how="anti")
        return gone.join(self._roots(gone), on=ROW_ID, how="anti")

    def _roots(self, gone: pl.DataFrame) -> pl.DataFrame:
        """Rows that edits which stay were made of: what they said is read again when a column changes its type."""
        links = self.tables.scan(history_of(self._ref)).filter(pl.col(OF[0]).is_not_null()).select(*ROW_ID, *OF)
        staying = links.collect(engine="streaming").join(gone, on=ROW_ID, how="anti")
        return staying.select(pl.col(of).alias(name) for of, name in zip(OF, ROW_ID, strict=True)).unique()


def _oldest(batches: Sequence[Batch], before: datetime) -> list[Batch]:
    """Batches from the first on, up to one that somebody may still undo."""
    old: list[Batch] = []
    for batch in batches:
        over = batch.state in (BatchState.COMMITTED, BatchState.UNDONE)
        if batch.closed_at is None and not (over and batch.updated_at < before):
            break
        old.append(batch)
    return old
