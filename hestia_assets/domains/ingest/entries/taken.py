"""Rows that left the table with their file: loaded by a resubmission, and out of the count while the file is undone.

Undo of a file notes a line in the log for each row of it that came back since; the line counts while the file is
undone, so redo of the file brings the row back without a word. An undo that leaves such rows in the table notes one
line for the file (``KEPT``, of row 0), so that what an earlier undo took along does not count again.
"""

from collections.abc import Sequence

import polars as pl

from hestia_assets.core.results import EntryAction

ID = ["_batch", "_row"]
VERSION = pl.Schema({"_batch": pl.String(), "_row": pl.Int64()})
BY = {"_batch": "by_batch", "_row": "by_row"}
"""How the log names the version that a step made."""
OF_FILES = (EntryAction.TAKEN_BACK.value, EntryAction.KEPT.value)
LOADING = [EntryAction.CORRECTED.value, EntryAction.REPLAYED.value, EntryAction.ACCEPTED.value]


def by_a_file() -> pl.Expr:
    """Whether a line of the log was written by undo of a file."""
    return pl.col("action").is_in(OF_FILES)


def back(log: pl.LazyFrame, undone: Sequence[str]) -> pl.LazyFrame:
    """Lines of rows that left with one of these files, in the columns of the log."""
    mine = log.filter(by_a_file() & pl.col("by_batch").is_in(undone))
    kept = mine.filter(pl.col("action") == EntryAction.KEPT.value)
    last = kept.group_by("by_batch").agg(pl.col("number").max().alias("_kept"))
    lines = mine.filter(pl.col("action") == EntryAction.TAKEN_BACK.value).join(last, on="by_batch", how="left")
    return lines.filter(pl.col("number") > pl.col("_kept").fill_null(-1)).drop("_kept")


def versions(log: pl.LazyFrame, undone: Sequence[str]) -> pl.DataFrame:
    """Ids (``_batch``, ``_row``) of rows of resubmissions that do not count while these files are undone."""
    last = back(log, undone).group_by(ID).agg(pl.col("number").max().alias("_taken")).collect(engine="streaming")
    if last.is_empty():
        return VERSION.to_frame()
    loaded = log.filter(pl.col("action").is_in(LOADING)).join(last.lazy(), on=ID, how="inner")
    gone = loaded.filter(pl.col("number") < pl.col("_taken"))
    ids = gone.select(pl.col("by_batch").alias("_batch"), pl.col("by_row").alias("_row"))
    return ids.unique().collect(engine="streaming")
