"""Rows of a file that comes again, of which the table still has an edited version: they are not loaded beside it.

An edit is a version of its row and stays when the file of the row is undone. The row is known again by the bytes of its
file and its number and line in it. In a table that updates by key, or takes all rows anew, nothing comes twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer
from hestia_assets.core.results import EDIT, EDITED, Batch, BatchState, CheckResult, FailedRow
from hestia_assets.core.specs import DatasetSpec, Mode, Severity
from hestia_assets.domains.ingest.entries.book import MOST_UNDONE, EntryBook
from hestia_assets.domains.ingest.entries.lines import Attempt
from hestia_assets.domains.ingest.loading.keyed import SAMPLE, KeyFailure
from hestia_assets.domains.ingest.loading.versions import ROW_ID

COLUMNS_NAMED = 2
"""Of a table without a key: so many values tell which row it is."""

TEXTS = ("_sha", "_by", "_what")
FOUND = pl.Schema({"_row": pl.Int64(), "_was": pl.Int64(), **dict.fromkeys(TEXTS, pl.String())})


@dataclass(frozen=True)
class EditedRows:
    """Finds them in one dataset, whose rows are added as ``spec`` says."""

    book: EntryBook
    spec: DatasetSpec

    @property
    def are_there(self) -> bool:
        """Whether any file that was undone left an edited row behind, where it could come twice."""
        return self.spec.mode is Mode.APPEND and not self._found.is_empty()

    def of_file(self, rows: pl.LazyFrame, sha256: str) -> KeyFailure | None:
        """The rows (``_row``, ``_line``) of a file with these bytes that are in the table, edited; none: None."""
        if not self.are_there:
            return None
        mine = self._found.filter(pl.col("_sha") == sha256).lazy()
        return self._failure(rows.select("_row", "_line").join(mine, on="_row"))

    def of_attempts(self, rows: pl.LazyFrame, attempts: Iterable[Attempt]) -> KeyFailure | None:
        """The same of rows that come back from quarantine; ``attempts``: all of these, the first is row 1."""
        if not self.are_there:
            return None
        shas = {name: one.sha256 for name, one in self.book.all_batches.items()}
        ids = [(row, shas.get(one.id.batch, ""), one.id.row) for row, one in enumerate(attempts, start=1)]
        named = pl.LazyFrame(ids, schema={"_row": pl.Int64, "_sha": pl.String, "_own": pl.Int64}, orient="row")
        mine = named.join(self._found.lazy(), left_on=["_sha", "_own"], right_on=["_sha", "_row"])
        return self._failure(rows.select("_row").join(mine.with_columns(_line="_was"), on="_row"))

    def _failure(self, found: pl.LazyFrame) -> KeyFailure | None:
        known = found.filter(pl.col("_line") == pl.col("_was")).unique("_row").sort("_row").collect(engine="streaming")
        if known.is_empty():
            return None
        words = pl.format(
            "The table has this row as it was edited: {} ({}). Drop this one to keep that, or undo that and load this.",
            "_what",
            "_by",
        )
        messages = known.select("_row", message=words)
        sample = tuple(FailedRow(*row) for row in known.select("_row", "_line", "_what").head(SAMPLE).iter_rows())
        result = CheckResult(EDITED, EDITED, (), Severity.REJECT, known.height, known.height, sample)
        return KeyFailure(result, "", messages["_row"], messages)

    @cached_property
    def _found(self) -> pl.DataFrame:
        """Of each such row: the bytes of its file, its number and line there, the edit, and what it says now."""
        undone, tables, book = self._undone(), self.book.tables, self.book
        history, here = book.ref(Layer.HISTORY), book.ref(Layer.VALIDATED)
        if not undone or not tables.exists(history) or not tables.exists(here):
            return FOUND.to_frame()
        left = tables.scan(history)
        links = left.filter(pl.col("_of_batch").is_in(list(undone))).select(*ROW_ID, "_of_batch", "_of_row")
        names = [name for name in self._names if name in tables.schema(here)] or ["_row"]
        empty = pl.lit("(empty)")
        told = [pl.format("{} {}", pl.lit(name), pl.col(name).cast(pl.String).fill_null(empty)) for name in names]
        edited = tables.scan(here).join(links.unique(ROW_ID), on=ROW_ID, how="inner").select(
            pl.col("_batch").alias("_by"), "_of_batch", "_of_row", pl.concat_str(told, separator=", ").alias("_what")
        )  # fmt: skip
        first = left.select("_batch", "_row", pl.col("_line").alias("_was")).unique(ROW_ID)
        both = edited.join(first, left_on=["_of_batch", "_of_row"], right_on=ROW_ID).rename({"_of_row": "_row"})
        sha = pl.col("_of_batch").replace_strict(undone, return_dtype=pl.String)
        return both.with_columns(_sha=sha).select(FOUND.names()).collect(engine="streaming")

    @property
    def _names(self) -> list[str]:
        first = [column.name for column in self.spec.recipe.columns[:COLUMNS_NAMED]]
        return list(self.spec.primary_key) or first

    def _undone(self) -> Mapping[str, str]:
        """Files that were taken out, with their bytes."""
        book, gone = self.book, (BatchState.UNDONE,)
        if not any(_is_edit(one) for one in book.counting.values()):
            return {}
        found = book.batches.recent(book.tenant, book.dataset, states=gone, limit=MOST_UNDONE)
        return {one.id: one.sha256 for one in found if one.sequence is not None and one.origin != EDIT}


def refuse_twice(book: EntryBook, edit: Batch) -> None:
    """Refuse to redo an edit of rows that came again by their file and are in the table. Raises HeldError."""
    history, here = book.ref(Layer.HISTORY), book.ref(Layer.VALIDATED)
    now = {one.sha256: one.id for one in book.counting.values()}
    gone = [one for name, one in book.all_batches.items() if one.sha256 in now and name not in now.values()]
    again = {one.id: now[one.sha256] for one in gone}
    if edit.origin != EDIT or not again or not book.tables.exists(history):
        return
    plainly = ~pl.col("_by_key").fill_null(value=False) & pl.col("_of_batch").is_in(list(again))
    rows = book.tables.scan(history).filter(pl.col("_batch") == edit.id, plainly).select("_of_batch", "_of_row")
    came = pl.col("_of_batch").replace_strict(again, default=None, return_dtype=pl.String)
    loaded = book.tables.scan(here).select(*ROW_ID, "_line")
    twice = loaded.join(rows.select(came, "_of_row"), left_on=ROW_ID, right_on=["_of_batch", "_of_row"], how="semi")
    found = twice.collect(engine="streaming")
    if found.height:
        raise HeldError(
            f"{found.height:,} edited rows came again with their file ({found['_batch'][0]}), such as in line "
            f"{found['_line'][0]}; with the edit they would be in the table twice.",
            hint="Edit the rows as they are in the table now, or undo that file first.",
        )


def _is_edit(batch: Batch) -> bool:
    return batch.origin == EDIT
