"""Undo, redo, edits, reading again: what the tables say afterwards."""

import json
from io import BytesIO

import polars as pl
import pytest
from ingest_modes import VALIDATED, bring, change, hand_in, keyed, said, validated
from ingest_orders import check, dataset

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import EditError, HeldError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import BatchState, Changes, KeptRow, RowEdit
from hestia_assets.core.specs import ColumnType

THREE = "1,1,2026-01-01\n2,2,2026-01-02\n3,3,\n"
FIVE = THREE + "4,4,\n5,5,\n"


def test_an_undone_batch_is_out_of_the_table_and_can_come_back(home: Hestia):
    bring(home, "1,1,\n", dataset())
    batch = bring(home, THREE, dataset())
    before = validated(home)
    undone = home.ingest.undo(batch.id, author="ada")

    assert (undone.removed, undone.restored, undone.kept) == (3, 0, 0)
    assert (said(home), home.batches.get(batch.id).state) == ([("1", 1)], BatchState.UNDONE)

    redone = home.ingest.redo(batch.id, author="ada")
    assert (redone.removed, redone.restored, redone.batch.state) == (0, 3, BatchState.COMMITTED)
    assert validated(home).equals(before)
    assert {"batch.undone", "batch.redone"} <= {event.action for event in home.audit.recent(subject=batch.id)}


def test_undo_of_a_after_b_and_two_edits_keeps_what_they_made(home: Hestia):
    spec = keyed()
    first = bring(home, FIVE, spec)
    second = bring(home, "2,20,\n9,9,\n", spec)
    one, two = change(home, spec, "3", qty="30"), change(home, spec, "2", qty="200")
    planned = home.ingest.undo_preview(first.id)
    result = home.ingest.undo(first.id, author="ada")

    assert said(home) == [("2", 200), ("3", 30), ("9", 9)]
    assert (result.removed, result.restored, result.kept) == (3, 0, 2)
    assert result.kept_rows == (KeptRow("id 2", 3, two.id), KeptRow("id 3", 4, one.id)) == planned.kept_rows

    home.ingest.undo(two.id, author="ada")
    assert said(home) == [("2", 20), ("3", 30), ("9", 9)]
    home.ingest.undo(second.id, author="ada")
    assert said(home) == [("3", 30)]
    home.ingest.redo(first.id, author="ada")
    assert said(home) == [("1", 1), ("2", 2), ("3", 30), ("4", 4), ("5", 5)]
    home.ingest.redo(two.id, author="ada")
    home.ingest.redo(second.id, author="ada")
    assert said(home) == [("1", 1), ("2", 200), ("3", 30), ("4", 4), ("5", 5), ("9", 9)]


def test_undo_of_a_replacement_brings_the_rows_before_it_back_and_those_after_it_stay(home: Hestia):
    bring(home, THREE, dataset())
    replacement = bring(home, "7,7,\n", dataset(), mode="replace")
    bring(home, "8,8,\n", dataset())
    result = home.ingest.undo(replacement.id, author="ada")

    assert said(home) == [("1", 1), ("2", 2), ("3", 3), ("8", 8)]
    assert (result.removed, result.restored) == (1, 3)
    home.ingest.redo(replacement.id, author="ada")
    assert said(home) == [("7", 7), ("8", 8)]


def test_undo_of_a_batch_behind_a_replacement_changes_nothing_until_that_goes_too(home: Hestia):
    first = bring(home, THREE, dataset())
    replacement = bring(home, "7,7,\n", dataset(), mode="replace")

    assert home.ingest.undo(first.id, author="ada").removed == 0
    assert said(home) == [("7", 7)]
    home.ingest.undo(replacement.id, author="ada")
    assert said(home) == []


def test_undo_brings_deleted_rows_back(home: Hestia):
    spec = keyed(delete_missing=True, delete_limit=1)
    bring(home, THREE, spec)
    batch = bring(home, "1,10,\n", spec)
    assert said(home) == [("1", 10)]
    result = home.ingest.undo(batch.id, author="ada")

    assert (result.removed, result.restored) == (1, 3)
    assert said(home) == [("1", 1), ("2", 2), ("3", 3)]


def test_undo_twice_and_redo_of_what_was_never_undone_are_refused(home: Hestia):
    batch = bring(home, THREE, dataset())
    with pytest.raises(HeldError, match="not undone"):
        home.ingest.redo(batch.id, author="ada")
    home.ingest.undo(batch.id, author="ada")
    with pytest.raises(HeldError, match="undone already"):
        home.ingest.undo(batch.id, author="ada")
    with pytest.raises(HeldError, match="was undone"):
        home.ingest.run(batch.id)


def test_bytes_of_an_undone_batch_may_come_again_and_then_it_stays_undone(home: Hestia):
    first = bring(home, THREE, dataset())
    home.ingest.undo(first.id, author="ada")
    second = bring(home, THREE, dataset())

    assert second.id != first.id
    with pytest.raises(HeldError, match="imported again"):
        home.ingest.redo(first.id, author="ada")
    assert (said(home), home.batches.get(first.id).state) == ([("1", 1), ("2", 2), ("3", 3)], BatchState.UNDONE)
    home.ingest.undo(second.id, author="ada")
    home.ingest.redo(first.id, author="ada")
    assert validated(home)["_batch"].unique().to_list() == [first.id]


def test_undo_of_a_batch_that_waits_gives_it_up(home: Hestia):
    waiting = hand_in(home, THREE, dataset())
    result = home.ingest.undo(waiting.id, author="ada")

    assert (result.batch.state, result.removed) == (BatchState.UNDONE, 0)
    with pytest.raises(HeldError, match="discarded"):
        home.ingest.redo(waiting.id, author="ada")


def test_undo_after_the_table_was_compacted(home: Hestia):
    spec = keyed()
    first = bring(home, THREE, spec)
    bring(home, "1,10,\n", spec)
    bring(home, "2,20,\n", spec)
    for ref in home.tables.tables("default", internal=True):
        home.tables.compact(ref)
    home.ingest.undo(first.id, author="ada")

    assert said(home) == [("1", 10), ("2", 20)]


def test_a_key_that_changed_since_is_no_hindrance(home: Hestia):
    first = bring(home, "1,1,2026-01-01\n2,2,2026-01-02\n", keyed())
    second = bring(home, "1,10,2026-01-01\n", keyed())
    third = bring(home, "7,7,2026-01-02\n", keyed(key=("day",)))
    assert said(home) == [("1", 10), ("7", 7)]

    home.ingest.undo(second.id, author="ada")
    assert said(home) == [("1", 1), ("7", 7)]
    home.ingest.undo(third.id, author="ada")
    assert said(home) == [("1", 1), ("2", 2)]
    home.ingest.undo(first.id, author="ada")
    assert said(home) == []


def test_quarantine_of_an_undone_batch_waits_for_nobody(home: Hestia):
    batch = bring(home, "1,x,\n", dataset())

    assert home.ingest.undone("default", "orders") == frozenset()
    home.ingest.undo(batch.id, author="ada")
    assert home.ingest.undone("default", "orders") == {batch.id}


def test_the_history_is_no_table_that_people_see(home: Hestia):
    bring(home, THREE, keyed())
    bring(home, "1,10,\n", keyed())

    assert "history" not in {ref.layer.value for ref in home.tables.tables("default")}
    assert "history" in {ref.layer.value for ref in home.tables.tables("default", internal=True)}


def test_an_original_is_read_again_under_the_present_spec(home: Hestia):
    first = bring(home, THREE, dataset())
    stricter = dataset(check("in_range", "qty", max=2))
    home.catalog.save(stricter, author="ada")
    again = home.ingest.reimport(first.id, author="grace")

    assert (again.id != first.id, again.author, again.rows_quarantined) == (True, "grace", 1)
    assert validated(home)["_batch"].to_list() == [again.id] * 2
    third = home.ingest.reimport(again.id, author="grace")
    assert (said(home), third.rows_loaded) == ([("1", 1), ("2", 2)], 2)


def test_a_batch_that_cannot_be_read_any_more_can_be_brought_back(home: Hestia):
    first = bring(home, THREE, dataset())
    home.catalog.save(dataset(columns=dataset().recipe.columns[:2]), author="ada")
    with pytest.raises(Exception, match="new: day"):
        home.ingest.reimport(first.id, author="ada")
    (failed,) = [batch for batch in home.batches.recent("default") if batch.state is BatchState.FAILED]
    home.ingest.discard(failed.id, author="ada")
    home.ingest.redo(first.id, author="ada")

    assert said(home) == [("1", 1), ("2", 2), ("3", 3)]


def test_an_edit_is_a_batch_with_an_original_of_its_own(home: Hestia):
    first = bring(home, THREE, dataset())
    batch = home.ingest.edit(dataset(), [RowEdit(first.id, 2, {"qty": "20", "day": None})], author="grace")

    assert (batch.state, batch.origin, batch.author, batch.changes) == (
        BatchState.COMMITTED, "edit", "grace", Changes(changed=1))  # fmt: skip
    assert said(home) == [("1", 1), ("2", 20), ("3", 3)]
    kept = json.loads(home.ingest.original(batch).read_bytes())
    assert kept["edits"] == [{"batch": first.id, "row": 2, "values": {"qty": "20", "day": None}}]
    home.ingest.undo(batch.id, author="ada")
    assert said(home) == [("1", 1), ("2", 2), ("3", 3)]


def test_edits_that_would_make_a_bad_row_change_nothing(home: Hestia):
    spec = keyed(check("in_range", "qty", max=100), check("unique", "qty"))
    first = bring(home, THREE, spec)
    version = home.tables.version(VALIDATED)

    for values, words in [
        ({"qty": "many"}, f"Row 2 of {first.id}, qty: 'many' is not valid"),
        ({"qty": "500"}, "qty: '500' is not valid"),
        ({"qty": "3"}, "earlier row"),
        ({"colour": "red"}, "no column 'colour'"),
        ({"id": "7"}, "id names the row"),
        ({"qty": "2"}, "these values already"),
    ]:
        with pytest.raises(EditError, match=words):
            home.ingest.edit(spec, [RowEdit(first.id, 2, values)], author="ada")
    with pytest.raises(EditError, match="edited twice"):
        home.ingest.edit(spec, [RowEdit(first.id, 2, {"qty": "5"})] * 2, author="ada")
    with pytest.raises(EditError, match="has been changed since"):
        home.ingest.edit(spec, [RowEdit(first.id, 99, {"qty": "5"})], author="ada")
    assert home.tables.version(VALIDATED) == version
    assert [batch.id for batch in home.batches.recent("default")] == [first.id]


def test_a_row_that_somebody_else_edited_meanwhile_is_not_edited_blindly(home: Hestia):
    first = bring(home, THREE, dataset())
    home.ingest.edit(dataset(), [RowEdit(first.id, 2, {"qty": "20"})], author="ada")

    with pytest.raises(EditError, match="has been changed since"):
        home.ingest.edit(dataset(), [RowEdit(first.id, 2, {"qty": "21"})], author="bob")


def test_edits_of_many_rows_keep_their_order_and_their_kind(home: Hestia):
    columns = (*dataset().recipe.columns[:2], dataset().recipe.columns[2].model_copy(update={"type": ColumnType.TEXT}))
    spec = dataset(columns=columns)
    first = bring(home, FIVE, spec)
    edits = [
        RowEdit(first.id, 5, {"qty": "50"}),
        RowEdit(first.id, 1, {"day": "x"}),
        RowEdit(first.id, 3, {"qty": "30"}),
    ]
    batch = home.ingest.edit(spec, edits, author="ada")

    rows = validated(home).filter(pl.col("_batch") == batch.id).sort("_row").select("id", "qty", "day", "_row").rows()
    assert rows == [("5", 50, None, 1), ("1", 1, "x", 2), ("3", 30, None, 3)]


def test_an_undone_batch_that_is_imported_anew_meets_its_old_rows_in_no_table(home: Hestia):
    spec = keyed()
    home.catalog.save(spec, author="ada")
    data = b"id,qty,day\n1,1,\n"
    for _ in range(3):
        batch = home.ingest.receive(spec, BytesIO(data), file_name="x.csv", author="ada").batch
        home.ingest.run(batch.id)
        assert said(home) == [("1", 1)]
        home.ingest.undo(batch.id, author="ada")
        assert said(home) == []
    imported = home.tables.scan(TableRef(Layer.IMPORTED, "default", "orders")).collect()
    assert imported.height == 3
