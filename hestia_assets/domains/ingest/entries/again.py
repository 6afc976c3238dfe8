"""What would load rows of quarantine a second time, and is refused."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import RESUBMIT, Batch, BatchPart, BatchState, EntryState, Problem
from hestia_assets.core.specs import Mode
from hestia_assets.domains.ingest.entries.book import ID, LOADED, EntryBook
from hestia_assets.domains.ingest.entries.edited import refuse_twice
from hestia_assets.domains.ingest.loading.run import BatchRun
from hestia_assets.domains.ingest.loading.sets import final_files


def refuse_redo(book: EntryBook, batch: Batch) -> None:
    """Refuse to redo what would bring rows that came in by another way meanwhile, or were dropped. Raises HeldError."""
    refuse_twice(book, batch)
    ref = book.ref(Layer.QUARANTINE_LOG)
    if not book.tables.exists(ref):
        return
    if batch.origin == RESUBMIT:
        brought = pl.col("action").is_in([action.value for action in LOADED])
        mine = book.tables.scan(ref).filter(pl.col("by_batch") == batch.id, brought).select(ID).collect()
        if closed := book.closed(mine):
            raise HeldError(
                f"{len(closed):,} rows of {batch.id} were loaded or dropped since it was undone, such as {closed[0]}.",
                hint="Undo what loaded them, or reopen them, and redo this one then.",
            )
    _refuse_twice(replace(book, turned={batch.id: BatchState.COMMITTED}), batch)


def _refuse_twice(book: EntryBook, batch: Batch) -> None:
    """Raise HeldError when rows that come back would be loaded twice, as the book would stand then.

    A row of a file that was taken out is the same row where its very bytes came again.
    """
    shas = {one.id: one.sha256 for one in book.all_batches.values() if one.origin != RESUBMIT}
    loads, mine = book.loads().select(*ID, "by_batch", "by_row"), pl.col("by_batch") == batch.id
    files = [batch.id] if batch.id in shas else loads.filter(mine).collect()["_batch"].to_list()
    bytes_ = {shas[file] for file in files}
    same = [name for name, sha in shas.items() if sha in bytes_]
    texts = book.tables.scan(book.ref(Layer.QUARANTINE)).filter(pl.col("_batch").is_in(same)).select(*ID, "text")
    rows = texts.join(loads, on=ID, how="inner").with_columns(
        _sha=pl.col("_batch").replace_strict(shas, return_dtype=pl.String)
    )
    loaders = pl.struct("by_batch", "by_row")
    each = rows.group_by("_sha", "_row", "text").agg(pl.col("by_batch").unique(), loaders.n_unique().alias("_times"))
    twice = each.filter(pl.col("_times") > 1).collect(engine="streaming")
    if batch.origin == RESUBMIT:
        twice = twice.filter(pl.col("by_batch").list.contains(batch.id))
    if twice.height:
        raise HeldError(
            f"{twice.height:,} rows that came back with {batch.file_name} ({batch.id}), or were fixed of it, would be "
            f"in the table twice, by {', '.join(twice['by_batch'].explode().unique().sort().head(5))}.",
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
