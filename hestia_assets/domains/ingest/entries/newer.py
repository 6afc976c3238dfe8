"""Rows that come back by key where the table has newer ones: what a later batch said is not overwritten unseen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from hestia_assets.core.layers import Layer
from hestia_assets.core.results import CheckResult, EntryId, FailedRow, NewerRow
from hestia_assets.core.specs import DatasetSpec, Severity
from hestia_assets.domains.ingest.entries.book import EntryBook
from hestia_assets.domains.ingest.entries.lines import Attempt
from hestia_assets.domains.ingest.loading.keyed import SAMPLE, KeyFailure
from hestia_assets.domains.ingest.loading.modes import OLD, compare

RULE = "newer"
SINCE = pl.Schema({"_since": pl.String(), "_seq": pl.Int64()})


@dataclass(frozen=True)
class NewerRows:
    """Compares rows of a resubmission with what batches later than their own said of their keys.

    ``typed``: rows of a table whose columns will change their types, as they will be then.
    """

    book: EntryBook
    spec: DatasetSpec
    typed: Callable[[pl.LazyFrame], pl.LazyFrame] = lambda rows: rows

    def of(self, rows: pl.LazyFrame, attempts: Iterable[Attempt]) -> dict[int, NewerRow]:
        """By row: the newer one that it would take the place of, but for those that a person let go.

        ``rows``: typed, with ``_row`` and a key; ``attempts``: all rows of the resubmission, the first is row 1.
        """
        ids = dict(enumerate(attempts, start=1))
        found = self._later(rows, ids)
        mine = {row["_row"]: row for row in found.iter_rows(named=True)}
        return {
            number: self._told(ids[number].id, row)
            for number, row in sorted(mine.items())
            if ids[number].over != row["_since"]
        }

    def failure(self, newer: Mapping[int, NewerRow]) -> KeyFailure | None:
        """The same as rows that are set aside; none where there are none."""
        if not newer:
            return None
        words = [(number, self.message(row)) for number, row in newer.items()]
        messages = pl.DataFrame(words, schema={"_row": pl.Int64, "message": pl.String}, orient="row")
        sample = tuple(FailedRow(number, number + 1, None) for number in list(newer)[:SAMPLE])
        result = CheckResult(RULE, RULE, self.spec.primary_key, Severity.REJECT, len(newer), len(newer), sample)
        return KeyFailure(result, "", messages["_row"], messages)

    def message(self, row: NewerRow) -> str:
        """Why it stays open."""
        name = self.book.all_batches[row.since].file_name
        what = "A later batch took this key out" if row.is_gone else "The table has a newer value of this key"
        return f"{what}: {name} ({row.since})."

    def _later(self, rows: pl.LazyFrame, ids: dict[int, Attempt]) -> pl.DataFrame:
        """Rows that would change, or bring back, what a later batch said: with ``_since`` and the old values."""
        tables, ref, key = self.book.tables, self.book.ref(Layer.VALIDATED), list(self.spec.primary_key)
        if not tables.exists(ref) or not set(key) <= set(tables.schema(ref)):
            return pl.DataFrame(schema={"_row": pl.Int64})
        order = {one.id: one.sequence or 0 for one in self.book.all_batches.values()}
        batches = pl.LazyFrame(list(order.items()), schema={"_batch": pl.String, "_seq": pl.Int64}, orient="row")
        own = [(number, order.get(attempt.id.batch, 0)) for number, attempt in ids.items()]
        owners = pl.LazyFrame(own, schema={"_row": pl.Int64, "_own": pl.Int64}, orient="row")
        existing = self.typed(tables.scan(ref))
        changed = compare(rows, existing, self.spec).rows.join(owners, on="_row")
        here = _last(existing.join(rows.select(key), on=key, how="semi"), batches, key)
        parts = [_or_said(changed.filter(pl.col("_state") == "changed").join(here, on=key), self._said(rows, ids))]
        if (gone := self._gone(rows, key)) is not None:
            parts.append(changed.filter(pl.col("_state") == "new").join(_last(gone, batches, key), on=key))
        return pl.concat(parts).filter(pl.col("_seq") > pl.col("_own")).collect(engine="streaming")

    def _said(self, rows: pl.LazyFrame, ids: Mapping[int, Attempt]) -> pl.LazyFrame:
        """By row the last file that had a good row of its key: what it left as it was, no typed table says of it."""
        book, key, files = self.book, list(self.spec.primary_key), self.book.files
        oldest = min((files.get(attempt.id.batch, 0) for attempt in ids.values()), default=0)
        later, ref = {batch: seq for batch, seq in files.items() if seq > oldest}, book.ref(Layer.IMPORTED)
        if not later or not book.tables.exists(ref) or not set(key) <= set(book.tables.schema(ref)):
            return pl.LazyFrame(schema={"_row": pl.Int64, **SINCE})
        lines = book.tables.scan(ref).select("_batch", pl.col("_row").alias("_at"), *key)
        lines = lines.filter(pl.col("_batch").is_in(list(later)))
        texts = [(number, *(attempt.values.get(name) for name in key)) for number, attempt in ids.items()]
        written = pl.LazyFrame(texts, schema={"_row": pl.Int64, **dict.fromkeys(key, pl.String)}, orient="row")
        plainly = rows.select("_row", *(pl.col(name).cast(pl.String) for name in key))
        named = lines.join(pl.concat([written, plainly]).unique(), on=key)
        if book.tables.exists(aside := book.ref(Layer.QUARANTINE)):
            bad = book.tables.scan(aside).select("_batch", pl.col("_row").alias("_at"))
            named = named.join(bad, on=["_batch", "_at"], how="anti")
        order = pl.LazyFrame(list(later.items()), schema={"_batch": pl.String, "_seq": pl.Int64}, orient="row")
        return _last(named, order, ["_row"])

    def _gone(self, rows: pl.LazyFrame, key: list[str]) -> pl.LazyFrame | None:
        """Tombstones of these keys by batches that count."""
        history = self.book.ref(Layer.HISTORY)
        if not self.book.tables.exists(history) or not set(key) <= set(self.book.tables.schema(history)):
            return None
        counts = pl.col("_deleted").fill_null(value=False) & pl.col("_batch").is_in(list(self.book.counting))
        gone = self.typed(self.book.tables.scan(history).filter(counts))
        return gone.join(rows.select(key), on=key, how="semi")

    def _told(self, id: EntryId, row: dict[str, Any]) -> NewerRow:
        key = self.spec.primary_key
        others = [column.name for column in self.spec.recipe.columns if column.name not in key]
        values = {name: (row.get(OLD + name), row[name]) for name in others if row.get(OLD + name) != row[name]}
        is_gone = row["_state"] == "new"
        texts = {name: (_text(old), _text(new)) for name, (old, new) in values.items()}
        words = ", ".join(f"{name} {row[name]}" for name in key)
        return NewerRow(id, words, row["_since"], {} if is_gone else texts, is_gone)


def _or_said(rows: pl.LazyFrame, said: pl.LazyFrame) -> pl.LazyFrame:
    """``_since`` and ``_seq`` of the batch that said a key last, where that is later than what the table tells."""
    both = rows.join(said.rename({name: f"_said{name}" for name in SINCE}), on="_row", how="left")
    is_later = (pl.col("_said_seq") > pl.col("_seq")).fill_null(value=False)
    chosen = [pl.when(is_later).then(f"_said{name}").otherwise(name).alias(name) for name in SINCE]
    return both.with_columns(chosen).drop(f"_said{name}" for name in SINCE)


def _last(versions: pl.LazyFrame, batches: pl.LazyFrame, key: list[str]) -> pl.LazyFrame:
    """By key: the batch that said something last, and its place in the order."""
    placed = versions.select(*key, "_batch").join(batches, on="_batch")
    last = pl.col("_batch").sort_by("_seq").last().alias("_since")
    return placed.group_by(key).agg(last, pl.col("_seq").max())


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
