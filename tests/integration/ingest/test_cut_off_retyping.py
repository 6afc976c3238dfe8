"""Cut off before any of its writes, a change of types ends as if nothing had happened, or as if it had not begun."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from ingest_modes import VALIDATED, bring, change, hand_in, keyed
from ingest_orders import COLUMNS, opened

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import Column, ColumnType

WRITES = ("commit", "swap", "retype", "stage", "create", "update", "add_part", "clear_parts")
NUMBERS = keyed()
WORDS = keyed(
    recipe={"columns": (COLUMNS[0], Column(source="qty", name="qty", type=ColumnType.TEXT), COLUMNS[2])}
    | {"chunk_bytes": 1024}
)
HISTORY = TableRef(Layer.HISTORY, "default", "orders")


class Cut(BaseException):
    """Ends the work as a kill would."""


class CuttingStore:
    """The real store; passes on so many writes and not one more."""

    def __init__(self, store: object, left: list[int]) -> None:
        self._store, self._left = store, left

    def __getattr__(self, name: str) -> object:
        if name in WRITES:
            if not self._left[0]:
                raise Cut
            self._left[0] -= 1
        return getattr(self._store, name)


def begin(folder: Path, qty: str = "x") -> tuple[str, str]:
    """A dataset with a history, one batch undone, and a batch that waits under other types."""
    home = opened(folder)
    bring(home, "1,1,\n2, 2,\n3,3,\n", NUMBERS)
    second = bring(home, "2,20,\n3,3,\n", NUMBERS)
    change(home, NUMBERS, "3", qty="33")
    home.ingest.undo(bring(home, "1,100,\n", NUMBERS).id, author="ada")
    return second.id, hand_in(home, f"4,{qty},\n", WORDS).id


def told(home: Hestia) -> list[object]:
    """Rows of validated and of the history by the order of their batches, and the types."""
    order = {batch.id: batch.sequence for batch in home.batches.recent("default")}
    frames = [home.tables.scan(ref).select("id", "qty", "_batch").collect() for ref in (VALIDATED, HISTORY)]
    rows = [sorted((key, qty, order[batch]) for key, qty, batch in frame.rows()) for frame in frames]
    return [rows, [frame.schema["qty"] for frame in frames]]


def sorted_rows(home: Hestia) -> list[tuple]:
    return sorted(home.tables.scan(VALIDATED).select("id", "qty").collect().rows())


def same(home: Hestia, batch: str) -> Batch:
    return home.ingest.run(batch)


def undo_first(home: Hestia, batch: str) -> Batch:
    """Somebody undoes another batch and redoes it before the run goes on."""
    second = next(one for one in home.batches.recent("default") if one.sequence == 2)
    home.ingest.undo(second.id, author="ada")
    home.ingest.redo(second.id, author="ada")
    return home.ingest.run(batch)


@pytest.mark.parametrize("next_step", [same, undo_first])
def test_cut_off_before_any_write_the_rest_is_done_later(tmp_path, next_step: Callable[[Hestia, str], Batch]):
    _, batch = begin(tmp_path / "begun")
    copytree(tmp_path / "begun", tmp_path / "undisturbed")
    undisturbed = opened(tmp_path / "undisturbed")
    undisturbed.ingest.run(batch)
    assert sorted_rows(undisturbed) == [("1", "1"), ("2", "20"), ("3", "33"), ("4", "x")]

    passes = 0
    for passes in count():
        copytree(tmp_path / "begun", tmp_path / f"home{passes}")
        home, left = opened(tmp_path / f"home{passes}"), [passes]
        cutting = replace(home.ingest, tables=CuttingStore(home.tables, left), batches=CuttingStore(home.batches, left))
        try:
            cutting.run(batch)
            break
        except Cut:
            pass
        next_step(home, batch)
        assert sorted_rows(home) == sorted_rows(undisturbed)
        if next_step is same:
            assert told(home) == told(undisturbed)
    assert passes > 6, "too few writes to prove anything"


def test_cut_off_and_taken_back_everything_is_as_before(tmp_path):
    _, batch = begin(tmp_path / "begun", qty="4")
    before = sorted_rows(opened(tmp_path / "begun"))

    for passes in range(4, 12):
        copytree(tmp_path / "begun", tmp_path / f"home{passes}")
        home, left = opened(tmp_path / f"home{passes}"), [passes]
        cutting = replace(home.ingest, tables=CuttingStore(home.tables, left), batches=CuttingStore(home.batches, left))
        with suppress(Cut):
            cutting.run(batch)
        if home.batches.get(batch).sequence:
            home.ingest.undo(batch, author="ada")
        bring(home, "9,9,\n", NUMBERS)
        assert [row for row in sorted_rows(home) if row[0] not in "49"] == before
