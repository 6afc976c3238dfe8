"""What would load rows of quarantine a second time, and is refused."""

import polars as pl

from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import RESUBMIT, Batch, EntryState
from hestia_assets.domains.ingest.entries.book import ID, LOADED, EntryBook


def refuse_redo(book: EntryBook, batch: Batch) -> None:
    """Refuse to redo a resubmission whose rows were loaded or dropped meanwhile. Raises HeldError."""
    ref = book.ref(Layer.QUARANTINE_LOG)
    if batch.origin != RESUBMIT or not book.tables.exists(ref):
        return
    brought = pl.col("action").is_in([action.value for action in LOADED])
    mine = book.tables.scan(ref).filter(pl.col("by_batch") == batch.id, brought).select(ID).collect()
    closed = sorted(one for one, state in book.states(mine).items() if state is not EntryState.OPEN)
    if closed:
        raise HeldError(
            f"{len(closed):,} rows of {batch.id} were loaded or dropped since it was undone, such as {closed[0]}.",
            hint="Undo what loaded them, or reopen them, and redo this one then.",
        )


def refuse_reimport(book: EntryBook, batch: Batch) -> None:
    """Refuse to read a file again while rows of it that were set aside are in the table. Raises HeldError."""
    rows = book.entries().filter(pl.col("_batch") == batch.id, pl.col("state") == EntryState.LOADED.value)
    by = rows.group_by("by_batch").agg(pl.len()).sort("by_batch").collect(engine="streaming")
    if by.height:
        raise HeldError(
            f"{by['len'].sum():,} rows of {batch.file_name} were set aside and came back since, by "
            f"{', '.join(by['by_batch'].head(5))}; read again, they could be loaded twice.",
            hint="Undo that first, or replay the rows that are still open instead.",
        )
