from collections.abc import Callable

import dagster as dg
from shop import CLEAN

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Batch, RowEdit
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.defs.corrected import MOST, look_at_corrections
from hestia_assets.defs.materialize import materialize_dataset


def facts(result: dg.SensorResult) -> list[dict]:
    return [{name: value.value for name, value in event.metadata.items()} for event in result.asset_events]


def test_undo_redo_and_edits_are_seen_in_the_history_of_the_table(
    home: Hestia, dataset: DatasetSpec, hand_in: Callable[..., Batch]
):
    batch = hand_in(CLEAN)
    materialize_dataset(home, "default", "orders", batch=batch.id)
    first = look_at_corrections(home, [dataset], cursor=None)
    home.ingest.undo(batch.id, author="ada")
    home.ingest.redo(batch.id, author="bob")
    edit = home.ingest.edit(dataset, [RowEdit(batch.id, 1, {"quantity": "5"})], author="ada")
    second = look_at_corrections(home, [dataset], cursor=first.cursor)
    third = look_at_corrections(home, [dataset], cursor=second.cursor)

    assert (facts(first), facts(third)) == ([], [])
    undone, redone, edited = facts(second)
    assert (undone["hestia/undone"], undone["hestia/author"], undone["hestia/rows_removed"]) == (batch.id, "ada", 2)
    assert (redone["hestia/redone"], redone["hestia/rows_restored"]) == (batch.id, 2)
    assert (edited["hestia/edited"], edited["dagster/row_count"]) == (edit.id, 2)
    assert {event.asset_key for event in second.asset_events} == {dg.AssetKey(["validated", "default", "orders"])}


def test_a_large_import_hides_no_correction(home: Hestia, dataset: DatasetSpec, hand_in: Callable[..., Batch]):
    batch = hand_in(CLEAN)
    materialize_dataset(home, "default", "orders", batch=batch.id)
    first = look_at_corrections(home, [dataset], cursor=None)
    home.ingest.undo(batch.id, author="ada")
    for number in range(2 * MOST):
        home.audit.record("ada", "batch.received", f"file-{number}")

    second = look_at_corrections(home, [dataset], cursor=first.cursor)
    third = look_at_corrections(home, [dataset], cursor=second.cursor)

    assert [undone["hestia/undone"] for undone in facts(second)] == [batch.id]
    assert facts(third) == []
