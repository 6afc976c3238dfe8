"""Cut off before any of its writes, each mode, undo, redo and edit ends as if nothing had happened."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from ingest_modes import bring, hand_in, keyed, validated
from ingest_orders import opened

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import HeldError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import EntryFilter, EntryId, EntryState, Fix, RowEdit, UndoResult

SPEC = keyed(delete_missing=True, delete_limit=1)
OLD = "1,1,2026-01-01\n2,2,2026-01-02\n3,3,\n"
NEW = "2,20,\n3,3,\n4,4,\n4,4,\n5,x,\n"
WRITES = ("commit", "swap", "create", "update", "add_part", "clear_parts", "record")


class Cut(BaseException):
    """Ends the work as a kill would: nothing that handles errors sees it."""


class Countdown:
    """Passes on so many writes and not one more."""

    def __init__(self, passes: int) -> None:
        self.left = passes

    def around(self, store: object) -> "CuttingStore":
        return CuttingStore(store, self)


class CuttingStore:
    """The real store, cut off before a write."""

    def __init__(self, store: object, countdown: Countdown) -> None:
        self._store, self._countdown = store, countdown

    def __getattr__(self, name: str) -> object:
        if name in WRITES:
            if not self._countdown.left:
                raise Cut
            self._countdown.left -= 1
        return getattr(self._store, name)


def run(mode: str) -> tuple[Callable[[Hestia], str], Callable[[Hestia, str], object]]:
    return lambda home: hand_in(home, NEW, SPEC, mode=mode).id, lambda home, batch: home.ingest.run(batch)


def undone_later(home: Hestia) -> str:
    """A file of which a row was edited, and one was set aside and fixed together with one of another file."""
    batch, other = bring(home, NEW, SPEC).id, bring(home, "6,x,\n", SPEC, mode="append").id
    edit(home, batch)
    fixes = [Fix(EntryId(batch, 5), {"qty": "5"}), Fix(EntryId(other, 1), {"qty": "6"})]
    assert len(home.quarantine.resubmit(SPEC, fixes, author="bea").loaded) == 2
    return batch


def redone_later(home: Hestia) -> str:
    batch = undone_later(home)
    home.ingest.undo(batch, author="ada")
    return batch


def edit(home: Hestia, batch: str) -> object:
    waiting = home.ingest.pending("default", "orders")
    if waiting:
        return [home.ingest.run(other.id) for other in waiting]
    row = home.tables.scan(TableRef.parse("validated.orders")).filter(pl.col("id") == "3").collect().row(0, named=True)
    if row["qty"] == 33:
        return home.ingest.run(row["_batch"])
    return home.ingest.edit(SPEC, [RowEdit(row["_batch"], row["_row"], {"qty": "33"})], author="ada")


TASKS = {
    "append": run("append"),
    "replace": run("replace"),
    "upsert": run("upsert"),
    "undo": (undone_later, lambda home, batch: home.ingest.undo(batch, author="ada")),
    "redo": (redone_later, lambda home, batch: home.ingest.redo(batch, author="ada")),
    "edit": (lambda home: bring(home, NEW, SPEC).id, edit),
}


def finish(home: Hestia, batch: str, work: Callable[[Hestia, str], object]) -> object:
    try:
        return work(home, batch)
    except HeldError as error:
        assert "undone" in error.message
        return None


def counts(result: object) -> object:
    """What an undo or redo says it did, without its batch, which was changed at another time."""
    return replace(result, batch=None, fixed_by=len(result.fixed_by)) if isinstance(result, UndoResult) else None


def turns(home: Hestia, batch: str) -> list[object]:
    """What the audit trail says of undo and redo of the batch, whoever ended it."""
    events = [one for one in home.audit.recent(subject=batch) if one.action in ("batch.undone", "batch.redone")]
    return [(e.actor, e.action, {k: v for k, v in e.details.items() if k != "resumed"}) for e in events]


def again(folder: Path, name: str) -> Hestia:
    """The home as it was when the work began."""
    shutil.copytree(folder / "begun", folder / name)
    return opened(folder / name)


def rows(home: Hestia) -> list[tuple]:
    return sorted(validated(home).drop("_batch").rows(), key=str)


def told(home: Hestia) -> list[object]:
    """Everything that must be the same, without ids."""
    names = {batch.id: f"{batch.origin}{batch.sequence}" for batch in home.batches.recent("default")}
    named = pl.col("_batch").replace_strict(names, return_dtype=pl.String)
    layers = [TableRef(layer, "default", "orders") for layer in (Layer.IMPORTED, Layer.QUARANTINE)]
    frames = [validated(home), *(home.tables.scan(ref).drop("at", strict=False).collect() for ref in layers)]
    rows = [sorted(frame.with_columns(named).rows(), key=str) for frame in frames]
    batches = sorted(home.batches.recent("default"), key=lambda batch: batch.sequence or 0)
    facts = [(b.state, b.sequence, b.mode, b.changes, b.account, b.rows_loaded) for b in batches]
    entries = home.quarantine.entries(SPEC, EntryFilter(states=tuple(EntryState))).entries
    facts += [(one.id.row, one.state, one.values) for one in entries]
    return [*rows, facts, [len(home.batches.parts(b.id)) for b in batches]]


@pytest.mark.parametrize("task", TASKS)
def test_cut_off_before_any_write_the_rest_is_done_later(tmp_path, task):
    prepare, work = TASKS[task]
    begun = opened(tmp_path / "begun")
    bring(begun, OLD, SPEC)
    batch = prepare(begun)
    undisturbed = again(tmp_path, "undisturbed")
    result = work(undisturbed, batch)
    expected = told(undisturbed)

    for passes in count():
        home = again(tmp_path, f"home{passes}")
        countdown = Countdown(passes)
        cutting = replace(home.ingest, tables=countdown.around(home.tables), batches=countdown.around(home.batches))
        cutting = replace(cutting, audit=countdown.around(home.audit)) if task in ("undo", "redo") else cutting
        try:
            work(replace(home, ingest=cutting), batch)
            break
        except Cut:
            pass
        if passes % 2:  # whoever comes next does the rest: the same task, or another batch of the dataset
            bystander = bring(home, "8,8,\n", SPEC, mode="append")
            home.ingest.undo(bystander.id, author="ada")
            finish(home, batch, work)
            assert rows(home) == rows(undisturbed)
        else:
            again_ended = counts(finish(home, batch, work))
            assert again_ended in (None, counts(result))
            assert told(home) == expected
        assert turns(home, batch) == turns(undisturbed, batch)
    assert passes > 4, "too few writes to prove anything"
