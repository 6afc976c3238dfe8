"""What became of rows in quarantine: one append-only table of rows set aside, one of what was done to them.

``quarantine`` keeps every row as it was set aside; ``quarantine_log`` keeps one line for each thing done to one. What
was done by a batch counts while that batch is committed: undone, its entries are open again by themselves. What was
taken back with a file counts while that file is undone (``taken.py``).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import BatchStore, TableStore
from hestia_assets.core.results import RESUBMIT, Batch, BatchState, EntryAction, EntryId, EntryState
from hestia_assets.core.specs import Mode
from hestia_assets.domains.ingest.entries import taken
from hestia_assets.domains.ingest.loading import quarantine

ID = ["_batch", "_row"]
LOG = pl.Schema(
    {
        "_batch": pl.String(),
        "_row": pl.Int64(),
        "number": pl.Int64(),
        "at": pl.Datetime("us", "UTC"),
        "who": pl.String(),
        "action": pl.String(),
        "note": pl.String(),
        "by_batch": pl.String(),
        "by_row": pl.Int64(),
        "values": pl.String(),
    }
)
"""One line per step: the entry as it was first set aside, in which order (``number``), who did what and why, the batch
and its row that did it, and the values of the attempt as JSON."""

LOADED = (EntryAction.CORRECTED, EntryAction.REPLAYED, EntryAction.ACCEPTED)
STATES: Mapping[str, str] = {
    EntryAction.STILL_WRONG: EntryState.OPEN,
    EntryAction.OUTDATED: EntryState.OPEN,
    EntryAction.REOPENED: EntryState.OPEN,
    EntryAction.TAKEN_BACK: EntryState.OPEN,
    EntryAction.DROPPED: EntryState.DROPPED,
    **dict.fromkeys(LOADED, EntryState.LOADED),
}
"""The state that the last step makes."""

MOST_UNDONE = 1_000_000
"""All of them: a million batches of one dataset that were taken out are not there."""

PROBLEM = ["rule", "column", "message", "value", "problems", "details"]


def digest_of(text: str) -> str:
    """A short name of a row's original text, by which it is known again."""
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def id_frame(ids: "list[EntryId] | tuple[EntryId, ...]") -> pl.DataFrame:
    """Entry ids as a table of ``_batch`` and ``_row``."""
    rows = [(one.batch, one.row) for one in dict.fromkeys(ids)]
    return pl.DataFrame(rows, schema={"_batch": pl.String, "_row": pl.Int64}, orient="row")


@dataclass(frozen=True)
class EntryBook:
    """The entries of one dataset; which batches count is looked up once.

    ``turned``: batches that are looked at as if they were in another state. ``behind``: batches that a later file
    replaced count too.
    """

    tables: TableStore
    batches: BatchStore
    tenant: str
    dataset: str
    turned: Mapping[str, BatchState] = field(default_factory=dict[str, BatchState])
    behind: bool = False

    def ref(self, layer: Layer) -> TableRef:
        """The dataset's table in a layer."""
        return TableRef(layer, self.tenant, self.dataset)

    @cached_property
    def all_batches(self) -> Mapping[str, Batch]:
        """Every batch that was committed once, by its id, in the order of commits."""
        found = self.batches.sequenced(self.tenant, self.dataset)
        return {one.id: replace(one, state=self.turned.get(one.id, one.state)) for one in found}

    @cached_property
    def counting(self) -> Mapping[str, Batch]:
        """Batches whose rows count: committed, and not replaced by a later file."""
        living = [one for one in self.all_batches.values() if one.state is BatchState.COMMITTED]
        barrier = max((one.sequence or 0 for one in living if one.mode is Mode.REPLACE), default=0)
        return {one.id: one for one in living if self.behind or (one.sequence or 0) >= barrier}

    @property
    def files(self) -> dict[str, int]:
        """Batches that entries belong to, with their place in the order."""
        return {one.id: one.sequence or 0 for one in self.counting.values() if one.origin != RESUBMIT}

    def entries(self, ids: pl.DataFrame | None = None) -> pl.LazyFrame:
        """Every entry as it is now, or those with these ids.

        The columns of quarantine, the problem as of the last attempt, and ``state``, ``action`` (the last step),
        ``by_batch``, ``by_row`` and ``values`` of the last attempt, ``_order`` of its batch.
        """
        if not self.tables.exists(self.ref(Layer.QUARANTINE)):
            return pl.LazyFrame(schema={**quarantine.SCHEMA, **_LATER, "_order": pl.Int64()})
        everything, files = self.tables.scan(self.ref(Layer.QUARANTINE)), self.files
        base = everything.filter(pl.col("_batch").is_in(list(files)))
        if ids is not None:
            base = base.join(ids.lazy(), on=ID, how="semi")
        again = [one.id for one in self.counting.values() if one.origin == RESUBMIT]
        tries = everything.filter(pl.col("_batch").is_in(again)).select(
            pl.col("_batch").alias("by_batch"), pl.col("_row").alias("by_row"), *_renamed(PROBLEM)
        )
        now = base.drop("state").join(self._last_steps(), on=ID, how="left")
        now = now.join(tries, on=["by_batch", "by_row"], how="left", maintain_order="left")
        later = pl.col("_new:rule").is_not_null()
        state = pl.col("action").replace_strict(STATES, default=EntryState.OPEN.value, return_dtype=pl.String)
        return now.with_columns(
            *(pl.when(later).then(f"_new:{name}").otherwise(name).alias(name) for name in PROBLEM),
            state=state,
            _order=pl.col("_batch").replace_strict(files, default=0, return_dtype=pl.Int64),
        ).drop([f"_new:{name}" for name in PROBLEM])

    def steps(self) -> pl.LazyFrame:
        """Every step that counts, in the columns of ``LOG``; those of a file that was taken out and came again too.

        What a batch did counts while its rows do: a file that took the place of all rows took theirs along.
        """
        everything = self.log()
        log = everything.filter(pl.col("by_batch").is_null() | pl.col("by_batch").is_in(list(self.counting)))
        log = pl.concat([log.filter(~taken.by_a_file()), taken.back(everything, self.undone)])
        same = self._same_bytes()
        return pl.concat([log, self._inherited(log, same)]) if same else log

    def log(self) -> pl.LazyFrame:
        """Every step there is, whether it counts or not."""
        ref = self.ref(Layer.QUARANTINE_LOG)
        return self.tables.scan(ref).select(LOG.names()) if self.tables.exists(ref) else pl.LazyFrame(schema=LOG)

    @property
    def undone(self) -> list[str]:
        """Batches that were committed once and are undone."""
        return [one.id for one in self.all_batches.values() if one.state is BatchState.UNDONE]

    def states(self, ids: pl.DataFrame) -> dict[EntryId, EntryState]:
        """The state of each of these entries that there is."""
        rows = self.entries(ids).select(*ID, "state").collect(engine="streaming").iter_rows()
        return {EntryId(batch, row): EntryState(state) for batch, row, state in rows}

    def closed(self, ids: pl.DataFrame) -> list[EntryId]:
        """Those of these entries whose row is in the table, or not wanted, now.

        That may be by the file itself: its bytes came again as another batch, in which the row was not set aside.
        """
        same = self._same_bytes()
        found, after = ids.filter(~pl.col("_batch").is_in(list(same))), ids.filter(pl.col("_batch").is_in(list(same)))
        closed = [one for one, state in self.states(found).items() if state is not EntryState.OPEN]
        if after.is_empty():
            return sorted(closed)
        pairs = self._pairs(same, after.lazy()).collect(engine="streaming")
        states = self.states(pairs.select(pl.col("_now").alias("_batch"), "_row"))
        now = {EntryId(batch, row): EntryId(took, row) for batch, row, took in pairs.select(*ID, "_now").iter_rows()}
        for one in (EntryId(batch, row) for batch, row in after.select(ID).iter_rows()):
            if one not in now or states[now[one]] is not EntryState.OPEN:
                closed.append(one)
        return sorted(closed)

    def back(self, batch: Batch) -> pl.DataFrame:
        """Rows of undone batches of the same bytes that resubmissions loaded and that are in the table.

        ``_batch``, ``_row``, ``text`` as it stands in the file, ``by_batch``: what loaded them.
        """
        gone = self.batches.recent(self.tenant, self.dataset, states=(BatchState.UNDONE,), limit=MOST_UNDONE)
        undone = [one.id for one in gone if one.sha256 == batch.sha256]
        if not undone or not self.tables.exists(self.ref(Layer.QUARANTINE_LOG)):
            return pl.DataFrame(
                schema={"_batch": pl.String, "_row": pl.Int64, "text": pl.String, "by_batch": pl.String}
            )
        last = self._last_steps().filter(
            pl.col("_batch").is_in(undone), pl.col("action").is_in([action.value for action in LOADED])
        )
        rows = self.tables.scan(self.ref(Layer.QUARANTINE)).filter(pl.col("_batch").is_in(undone))
        rows = rows.select(*ID, "text").join(last.select(*ID, "by_batch"), on=ID, how="inner")
        return rows.collect(engine="streaming")

    def loads(self) -> pl.LazyFrame:
        """Steps that loaded a row which counts now, as the log names the entry; not those inherited."""
        lines = self.log().filter(pl.col("by_batch").is_in(list(self.counting)), pl.col("action").is_in(taken.LOADING))
        return lines.join(self._gone(), on=_BY, how="anti")

    def _last_steps(self) -> pl.LazyFrame:
        """By entry: the last step, and the last attempt to load it; a row that is in the table is loaded.

        What was done to the same row of the same bytes after it left may be later than what loaded it.
        """
        steps, gone = self.steps(), self._gone().with_columns(_gone=pl.lit(value=True))
        steps = steps.join(gone, on=_BY, how="left")
        counts, tried = (
            pl.col("action").is_in(taken.LOADING) & pl.col("_gone").is_null(),
            pl.col("values").is_not_null(),
        )
        order = pl.col("number") + counts * _ABOVE_ALL
        attempt = [pl.col(name).filter(tried).sort_by(order.filter(tried)).last() for name in _ATTEMPT]
        return steps.group_by(ID).agg(pl.col("action").sort_by(order).last(), *attempt)

    def _gone(self) -> pl.LazyFrame:
        """Rows that left with their files, named as by the log."""
        return taken.versions(self.log(), self.undone).lazy().rename(taken.BY)

    def _same_bytes(self) -> dict[str, str]:
        """Undone batches whose very bytes came again: the batch that has them now."""
        now = {one.sha256: one.id for one in self.counting.values() if one.origin != RESUBMIT}
        undone = (self.all_batches[one] for one in self.undone)
        return {one.id: now[one.sha256] for one in undone if one.sha256 in now}

    def _inherited(self, log: pl.LazyFrame, same: dict[str, str]) -> pl.LazyFrame:
        """Steps of rows of an undone batch, as steps of the same rows of the batch that took its place."""
        if not self.tables.exists(self.ref(Layer.QUARANTINE)):
            return log.clear()
        pairs = self._pairs(same, log)
        return log.join(pairs, on=ID, how="inner").with_columns(pl.col("_now").alias("_batch")).select(LOG.names())

    def _pairs(self, same: dict[str, str], wanted: pl.LazyFrame) -> pl.LazyFrame:
        """Those of the wanted rows (``_batch``, ``_row``) of undone batches that were set aside again in ``_now``."""
        rows = self.tables.scan(self.ref(Layer.QUARANTINE)).select(*ID, "text")
        now = rows.filter(pl.col("_batch").is_in(list(same.values()))).rename({"_batch": "_now"})
        before = rows.filter(pl.col("_batch").is_in(list(same))).join(wanted, on=ID, how="semi")
        before = before.with_columns(_now=pl.col("_batch").replace_strict(same, default=None, return_dtype=pl.String))
        now = now.join(before, on=["_now", "_row"], how="semi")  # texts of millions of rows are not kept
        return before.join(now, on=["_now", "_row", "text"], how="inner", nulls_equal=True).select(*ID, "_now")


_ABOVE_ALL = 1 << 40
_BY = list(taken.BY.values())
_ATTEMPT = ("by_batch", "by_row", "values")
_LATER = {"action": pl.String(), "by_batch": pl.String(), "by_row": pl.Int64(), "values": pl.String()}


def _renamed(names: list[str]) -> list[pl.Expr]:
    return [pl.col(name).alias(f"_new:{name}") for name in names]
