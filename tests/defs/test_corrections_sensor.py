import asyncio
from collections.abc import Callable

import dagster as dg
from dagster._core.loader import LoadingContextForTest
from shop import CLEAN

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Batch, RowEdit
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.defs.checks import check_specs
from hestia_assets.defs.corrected import MOST, look_at_corrections
from hestia_assets.defs.materialize import materialize_dataset


def facts(result: dg.SensorResult) -> list[dict]:
    events = [event for event in result.asset_events if isinstance(event, dg.AssetMaterialization)]
    return [{name: value.value for name, value in event.metadata.items()} for event in events]


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


def test_checks_stay_evaluated_when_the_table_is_corrected(
    home: Hestia, dataset: DatasetSpec, hand_in: Callable[..., Batch], instance: dg.DagsterInstance
):
    for content, name in (
        (CLEAN, "first.csv"),
        (CLEAN.replace(b"0001", b"0011").replace(b"0002", b"0012"), "next.csv"),
    ):
        batch = hand_in(content, name)
        materialize_dataset(home, "default", "orders", batch=batch.id)
    first = look_at_corrections(home, [dataset], cursor=None)
    home.ingest.undo(batch.id, author="ada")

    corrected = look_at_corrections(home, [dataset], cursor=first.cursor)
    for event in corrected.asset_events:
        instance.report_runless_asset_event(event)

    checks = [dg.AssetCheckKey(spec.asset_key, spec.name) for spec in check_specs(dataset)]
    checks = [key for key in checks if key.asset_key.path[0] == "validated"]
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(checks)
    assert checks and set(latest) == set(checks)
    for record in latest.values():
        assert asyncio.run(record.targets_latest_materialization(LoadingContextForTest(instance)))
        said = record.evaluation.metadata["hestia/report"].value
        assert batch.id not in said, "what was undone is judged no more"
    assert isinstance(corrected.asset_events[0], dg.AssetMaterialization), "verdicts speak of what stands before them"
