"""Undoing and redoing a batch: which rows leave the validated table, which come back, and how that survives a kill.

First a part of the batch says what is wanted. Then the log of quarantine says which rows of a file, fixed since, leave
with it: lines that count only while the file is undone. Then the part is told how many rows leave and come, for that
cannot be counted afterwards. Then rows that leave are added to the history table, then the validated table is swapped
to what it should be. In one transaction, the batch changes its state, the part goes, and the audit trail says who
wanted it and how many rows it was. Whoever finds such a part does the rest: what has been done already is no
difference any more, so nothing happens twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property

import polars as pl

from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import AuditLog, BatchStore, Hold, SpecStore, TableStore
from hestia_assets.core.results import (
    START,
    Batch,
    BatchPart,
    BatchState,
    KeptRow,
    LineAccount,
    StagedFile,
    UndoResult,
    Wish,
)
from hestia_assets.core.specs import DatasetSpec, Mode
from hestia_assets.domains.ingest.loading.versions import (
    ROW_ID,
    Order,
    Versions,
    history_of,
    history_schema,
    is_row,
    judged,
)
from hestia_assets.domains.ingest.rewriting.along import Along
from hestia_assets.domains.ingest.rewriting.unfit import refuse_unfit

UNDO = 3_000_000
REDO = 3_000_001
UNDO_ALL = 3_000_002
"""Numbers of the parts that say what is wanted: undo without, or with, what was fixed since."""

MOST_KEPT = 100
"""Kept rows that are named; all of them are counted."""


@dataclass(frozen=True)
class Difference:
    """Ids of rows that leave and of rows that come back."""

    leaving: pl.DataFrame
    coming: pl.DataFrame

    @property
    def is_none(self) -> bool:
        """Whether the table is as it should be."""
        return self.leaving.is_empty() and self.coming.is_empty()


@dataclass(frozen=True)
class Found:
    """What a turn changes, and the rows that later ones replaced: they stay, counted, the first of the batch named.

    Among these are rows that come and go with the batch.
    """

    difference: Difference
    kept: int
    first: pl.DataFrame


@dataclass(frozen=True)
class Turn:
    """One batch that is to count (``alive``) or not to count any more; ``fixes``: with what was fixed of it since."""

    tables: TableStore
    specs: SpecStore
    batches: BatchStore
    audit: AuditLog
    along: Along
    alive: bool
    fixes: bool
    author: str
    at: datetime

    @property
    def batch(self) -> Batch:
        """Which one."""
        return self.along.batch

    def preview(self) -> UndoResult:
        """What it would do."""
        return self._result(self._found(self._foreseen()), self.batch)

    def begin(self) -> None:
        """Say what is wanted.

        Raises:
            HeldError: the bytes of a batch to redo were imported again, or rows do not fit the columns' types any more.
        """
        coming = lambda: self._found(self._foreseen()).difference.coming  # noqa: E731 - asked only where types changed
        refuse_unfit(self.tables, history_of(self._ref), coming)
        log = self.along.book.ref(Layer.QUARANTINE_LOG)
        version = self.tables.version(log) if self.tables.exists(log) else None
        part = BatchPart(self.batch.id, self._number, START, START, LineAccount(), table_version=version)
        self.batches.add_part(replace(part, wish=Wish(self.author)))
        if self.alive:
            self._live_again()

    def finish(self, hold: Hold, *, resumed: bool = False) -> UndoResult:
        """Do what was begun, or the rest of it (``resumed``: on another's way). Raises HeldError, LeaseHeldError."""
        if self.alive and self.batch.state is BatchState.UNDONE:  # cut off right after the wish
            self._live_again()
        if not self.alive and self.batch.state is not BatchState.UNDONE:
            self.along.note(hold, take=self.fixes, operation=self._operation, who=self.author, at=self.at)
        found = self._found(self.along.out(undone=not self.alive))
        result = self._counted(self._result(found, self.batch))
        if not found.difference.is_none:
            self._apply(found.difference, hold)
        hold.verify()
        state = BatchState.COMMITTED if self.alive else BatchState.UNDONE
        with self.batches.together():
            done = self.batches.update(self.batch.id, state=state, problem=None)
            self.batches.clear_parts(self.batch.id)
            self._record(result, resumed=resumed)
        return replace(result, batch=done)

    def _counted(self, now: UndoResult) -> UndoResult:
        """The numbers as they were before the table changed: kept with the wish, or of now, and kept from now on."""
        if (wish := self._wished.wish) and wish.counts:
            return replace(now, **asdict(wish.counts))
        self.batches.add_part(replace(self._wished, wish=Wish(self.author, now.counts)))
        return now

    def _record(self, result: UndoResult, *, resumed: bool) -> None:
        details: dict[str, int] = {"removed": result.removed, "restored": result.restored, "kept": result.kept}
        if result.fixed:
            undone = "fixes_kept" if result.fixes_stay else "fixes_taken_back"
            details["fixes_restored" if self.alive else undone] = result.fixed
        action = "batch.redone" if self.alive else "batch.undone"
        self.audit.record(self.author, action, self.batch.id, **details, **({"resumed": True} if resumed else {}))

    @property
    def _number(self) -> int:
        without = UNDO_ALL if self.fixes else UNDO
        return REDO if self.alive else without

    @property
    def _operation(self) -> str:
        """A name for what is noted, the same whoever goes on with it."""
        return f"{self.batch.id}:undo:{self._wished.table_version}"

    @property
    def _wished(self) -> BatchPart:
        return next(part for part in self.batches.parts(self.batch.id) if part.number == self._number)

    def _foreseen(self) -> pl.DataFrame:
        """Ids of versions that will not count; nothing is noted yet."""
        if not self.alive and self.fixes:
            return self.along.out_with_fixed()
        return self.along.out(undone=False)

    @property
    def _ref(self) -> TableRef:
        return TableRef(Layer.VALIDATED, self.batch.tenant, self.batch.dataset)

    def _live_again(self) -> None:
        """From here on the same bytes are known again."""
        try:
            self.batches.update(self.batch.id, state=BatchState.CHECKING)
        except HeldError:
            self.batches.clear_parts(self.batch.id)
            raise

    @cached_property
    def _order(self) -> Order:
        return order_of(self.batches, self.specs, self.batch.tenant, self.batch.dataset)

    def _found(self, out: pl.DataFrame) -> Found:
        """What is to change, and what stays: the versions are looked at share by share, as memory bears it.

        ``out``: ids of versions that will not count, although their batches do.
        """
        keys, order = self._order.distinct(), self._order
        versions = Versions(self.tables, self._ref, keys)
        then = order.active(self.batch.id, alive=self.alive)
        living = order.active(self.batch.id, alive=True)
        along = self._along(out)
        parts: list[Found] = []
        for share in versions.shares(self.batch, along=along.height):
            touched = versions.touched(self.batch, share, along=along)
            wanted = judged(touched, then, keys, but=out).filter(is_row() & pl.col("_own")).select(ROW_ID)
            here = touched.filter(pl.col("_here") & pl.col("_own")).select(ROW_ID)
            leaving = here.join(wanted, on=ROW_ID, how="anti")
            coming = wanted.join(here, on=ROW_ID, how="anti")
            replaced = judged(touched, living, keys, but=self.along.out(undone=False)).filter(
                _is_kept() & pl.col("_own")
            )
            own = replaced.filter(pl.col("_batch") == self.batch.id)
            fixed = replaced.join(along, on=ROW_ID, how="semi").height
            parts.append(Found(Difference(leaving, coming), own.height + fixed, own.sort("_row").head(MOST_KEPT)))
        return _together(parts)

    def _along(self, out: pl.DataFrame) -> pl.DataFrame:
        """Ids of versions of other batches that come or go with this one."""
        every = pl.concat([out, self.along.out(undone=True)]).unique()
        return every.join(self.along.out(undone=False), on=ROW_ID, how="anti")

    def _result(self, found: Found, batch: Batch) -> UndoResult:
        names = {one.sequence: one.id for one in self._order.batches}
        rows = (
            KeptRow(self._identity(row), row["_line"], names[row["_final"]])
            for row in found.first.iter_rows(named=True)
        )
        leaving, coming = found.difference.leaving.height, found.difference.coming.height
        by = self._fixed_by(found)
        fixes_stay = not self.alive and not self.fixes and bool(by)
        return UndoResult(batch, leaving, coming, found.kept, tuple(rows), len(by), tuple(sorted(set(by))), fixes_stay)

    def _fixed_by(self, found: Found) -> list[str]:
        """Of each row of the file that was fixed and is in the table, or comes there again: what loaded it."""
        if self.alive:
            along = self._along(self.along.out(undone=False))
            return found.difference.coming.join(along, on=ROW_ID, how="semi")["_batch"].to_list()
        if self.along.fixed.is_empty():
            return []
        here = self.tables.scan(self._ref).select(ROW_ID).join(self.along.ids.lazy(), on=ROW_ID, how="semi")
        return here.collect(engine="streaming")["_batch"].to_list()

    def _identity(self, row: dict[str, object]) -> str:
        key = self._order.keys[self.batch.id]
        return ", ".join(f"{name} {row[name]}" for name in key) or f"row {row['_row']}"

    def _apply(self, difference: Difference, hold: Hold) -> None:
        ref, word = self._ref, "redo" if self.alive else "undo"
        op = f"{self.batch.id}:{word}:{self.tables.version(ref)}"
        schema = self.tables.schema(ref)
        left = self._stage_leaving(difference.leaving, op)
        if left is not None:
            hold.verify()
            self.tables.commit(history_of(ref), [left], batch=op, schema=history_schema(schema))
        back = self._stage_coming(difference.coming, schema, op)
        hold.verify()
        self.tables.swap(ref, difference.leaving, [back] if back else [], batch=op, schema=schema)

    def _stage_leaving(self, leaving: pl.DataFrame, op: str) -> StagedFile | None:
        """Rows that leave and were never in the history before."""
        rows = self.tables.scan(self._ref).join(leaving.lazy(), on=ROW_ID, how="semi")
        history = history_of(self._ref)
        if self.tables.exists(history):
            rows = rows.join(self.tables.scan(history).select(ROW_ID), on=ROW_ID, how="anti")
        return self.tables.stage_stream(history, rows, batch=op, part=0)

    def _stage_coming(self, coming: pl.DataFrame, schema: pl.Schema, op: str) -> StagedFile | None:
        """Rows that come back; the history has all of them."""
        if coming.is_empty():
            return None
        history = self.tables.scan(history_of(self._ref))
        have = [name for name in schema.names() if name in history.collect_schema().names()]
        rows = history.join(coming.lazy(), on=ROW_ID, how="semi").select(have).unique(ROW_ID)
        return self.tables.stage_stream(self._ref, rows, batch=op, part=0)


def _is_kept() -> pl.Expr:
    """Whether a judged version is a row that a later one replaced."""
    return (pl.col("_final") > pl.col("_seq")) & ~pl.col("_gone") & ~pl.col("_deleted")


def _together(parts: Sequence[Found]) -> Found:
    leaving = pl.concat([part.difference.leaving for part in parts])
    coming = pl.concat([part.difference.coming for part in parts])
    first = pl.concat([part.first for part in parts]).sort("_row").head(MOST_KEPT)
    return Found(Difference(leaving, coming), sum(part.kept for part in parts), first)


def order_of(batches: BatchStore, specs: SpecStore, tenant: str, dataset: str) -> Order:
    """The batches of a dataset in the order of commits, each with the key that it was committed under."""
    found = batches.sequenced(tenant, dataset)
    named = {batch.spec_version for batch in found if batch.mode not in (Mode.APPEND, Mode.REPLACE)}
    keys: dict[int, tuple[str, ...]] = {}
    for version in named:
        saved = specs.get("dataset", tenant, dataset, version=version).spec
        assert isinstance(saved, DatasetSpec), "kept under this kind"
        keys[version] = saved.primary_key
    return Order(found, {batch.id: _key_of(batch, keys) for batch in found})


def _key_of(batch: Batch, keys: Mapping[int, tuple[str, ...]]) -> tuple[str, ...]:
    """The key columns of the spec that a batch was committed under, where its rows may be named by them."""
    return () if batch.mode in (Mode.APPEND, Mode.REPLACE) else keys[batch.spec_version]
