"""What would load rows of quarantine a second time, and is refused."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import RESUBMIT, Batch, BatchPart, BatchState, EntryAction, EntryState, Problem
from hestia_assets.core.specs import Mode
from hestia_assets.domains.ingest.entries.book import ID, LOADED, EntryBook
from hestia_assets.domains.ingest.loading.run import BatchRun
from hestia_assets.domains.ingest.loading.sets import final_files


def refuse_redo(book: EntryBook, batch: Batch) -> None:
    """Refuse to redo what would bring rows that came in by another way meanwhile, or were dropped. Raises HeldError."""
    ref = book.ref(Layer.QUARANTINE_LOG)
    if not book.tables.exists(ref):
        return
    if batch.origin != RESUBMIT:
        _refuse_twice(replace(book, turned={batch.id: BatchState.COMMITTED}), batch)
        return
    brought = pl.col("action").is_in([action.value for action in LOADED])
    mine = book.tables.scan(ref).filter(pl.col("by_batch") == batch.id, brought).select(ID).collect()
    if closed := book.closed(mine):
        raise HeldError(
            f"{len(closed):,} rows of {batch.id} were loaded or dropped since it was undone, such as {closed[0]}.",
            hint="Undo what loaded them, or reopen them, and redo this one then.",
        )


def _refuse_twice(book: EntryBook, batch: Batch) -> None:
    """Raise HeldError when rows that come back with a file would be loaded twice, as the book would stand then."""
    steps = book.steps().filter(pl.col("_batch") == batch.id)
    back = steps.filter(pl.col("action") == EntryAction.TAKEN_BACK.value)
    last = back.group_by("_row").agg(pl.col("number").max().alias("_back"))
    loads = steps.filter(pl.col("action").is_in([action.value for action in LOADED])).join(last, on="_row", how="left")
    loads = loads.filter(pl.col("number") > pl.col("_back").fill_null(-1)).select("_row", "by_batch").unique()
    twice = loads.filter(pl.len().over("_row") > 1).collect(engine="streaming")
    if twice.height:
        raise HeldError(
            f"{twice['_row'].n_unique():,} rows of {batch.file_name} that were fixed would be in the table twice, by "
            f"{', '.join(twice['by_batch'].unique().sort().head(5))}.",
            hint="Undo the later one of these first.",
        )


def came_back(book: EntryBook, run: BatchRun, parts: Sequence[BatchPart], plan: BatchPart) -> Problem | None:
    """Why a person must see a file first: rows of it that were set aside once, and came back, would be loaded again.

    That is so where its bytes were imported before and taken out, and what is set aside was said otherwise since.
    """
    batch, maker = run.maker.batch, run.maker
    if maker.mode is Mode.REPLACE or maker.is_published():
        return None
    back = book.back(batch)
    aside = final_files(parts, plan, Layer.QUARANTINE)
    if aside and back.height:
        mine = maker.tables.read_staged(maker.ref(Layer.QUARANTINE), aside).select("_row", "text")
        back = back.lazy().join(mine, on=["_row", "text"], how="anti", nulls_equal=True).collect(engine="streaming")
    if back.is_empty():
        return None
    rows = back.select("_row", "text").n_unique()
    return Problem(
        "batch.held",
        f"{rows:,} rows of {batch.file_name} were set aside when it was imported before and came back since, by "
        f"{', '.join(back['by_batch'].unique().sort().head(5))}; now they would be loaded a second time.",
        "Undo that first and release the batch then, or discard the batch.",
    )


def refuse_reimport(book: EntryBook, batch: Batch) -> None:
    """Refuse to read a file again while rows of it that were set aside are in the table. Raises HeldError."""
    rows = book.entries().filter(pl.col("_batch") == batch.id, pl.col("state") == EntryState.LOADED.value)
    by = rows.group_by("by_batch").agg(pl.len()).sort("by_batch").collect(engine="streaming")
    if by.height:
        raise HeldError(
            f"{by['len'].sum():,} rows of {batch.file_name} were set aside and came back since, by "
            f"{', '.join(by['by_batch'].head(5))}; read again, they could be loaded twice.",
            hint="Undo the file first, they leave with it; or replay the rows that are still open instead.",
        )


def refuse_undo(book: EntryBook, batch: Batch) -> None:
    """Refuse to bring back what a file replaced while rows of it that came back stay. Raises HeldError."""
    before = (one for one in book.all_batches.values() if (one.sequence or 0) < (batch.sequence or 0))
    if batch.mode is not Mode.REPLACE or not any(one.state is BatchState.COMMITTED for one in before):
        return
    rows = book.entries().filter(pl.col("_batch") == batch.id, pl.col("state") == EntryState.LOADED.value)
    by = rows.group_by("by_batch").agg(pl.len()).sort("by_batch").collect(engine="streaming")
    if by.height:
        raise HeldError(
            f"{by['len'].sum():,} rows of {batch.file_name} were set aside and came back since, by "
            f"{', '.join(by['by_batch'].head(5))}; they would stand beside the rows that {batch.file_name} replaced.",
            hint="Let them leave with the file, or undo that first.",
        )
