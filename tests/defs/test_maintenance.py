"""The nightly upkeep of tables, on real tables."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from shop import CLEAN, DUPLICATES, orders

from hestia_assets.adapters import delta_log
from hestia_assets.bootstrap import Hestia
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import Mode
from hestia_assets.definitions import build_definitions
from hestia_assets.defs.maintenance import KEEP_DAYS, Upkeep, maintain_tables

HandIn = Callable[..., Batch]
VALIDATED = TableRef.parse("validated.orders")
HISTORY = TableRef(Layer.HISTORY, "default", "orders")
FILES = 4
DAY_SECONDS = 24 * 3600


@pytest.fixture
def many_files(home: Hestia, hand_in: HandIn) -> Hestia:
    """A dataset whose tables were filled file by file."""
    for number in range(FILES):
        batch = hand_in(CLEAN.replace(b"000", f"{number}00".encode()), f"{number}.csv")
        home.ingest.run(batch.id)
    return home


def upkeep(home: Hestia) -> dict[str, Upkeep]:
    """What is done to each table."""
    return {str(one.ref): one for one in maintain_tables(home)}


def files(home: Hestia) -> set[Path]:
    """The Parquet files of the validated table."""
    return set((home.settings.lake / VALIDATED.path).glob("*.parquet"))


def rows(home: Hestia) -> pl.DataFrame:
    """All rows of the validated table."""
    return home.tables.scan(VALIDATED).sort("_batch", "_row").collect()


def age(home: Hestia, *, days: float) -> None:
    """Make everything in the validated table that much older."""
    then = time.time() - days * DAY_SECONDS
    for path in (home.settings.lake / VALIDATED.path).rglob("*"):
        os.utime(path, (then, then))


def test_small_files_are_joined_and_every_row_stays(many_files: Hestia):
    before = rows(many_files)

    done = upkeep(many_files)[str(VALIDATED)]

    assert (done.files_saved, done.files_deleted, done.note) == (FILES - 1, 0, "")
    assert rows(many_files).equals(before)
    assert many_files.tables.versions(VALIDATED)[0].operation == "compact"


def test_a_table_that_did_not_change_is_not_written_again(many_files: Hestia):
    upkeep(many_files)
    version = many_files.tables.version(VALIDATED)

    again = upkeep(many_files)

    assert sum(one.files_saved + one.files_deleted for one in again.values()) == 0
    assert many_files.tables.version(VALIDATED) == version


def test_files_that_were_replaced_are_kept_for_two_weeks(many_files: Hestia):
    upkeep(many_files)
    before = files(many_files)

    upkeep(many_files)

    assert files(many_files) == before
    assert len(before) == FILES + 1
    assert many_files.tables.scan(VALIDATED, version=FILES).collect().height == 2 * FILES


def test_what_is_left_over_for_longer_is_deleted(many_files: Hestia):
    left_over = many_files.settings.lake / VALIDATED.path / "left-over.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(left_over)
    age(many_files, days=KEEP_DAYS + 1)

    done = upkeep(many_files)[str(VALIDATED)]

    assert done.files_deleted >= 1
    assert not left_over.exists()
    assert rows(many_files).height == 2 * FILES
    version = many_files.tables.version(VALIDATED)
    upkeep(many_files)
    assert many_files.tables.version(VALIDATED) == version, "deleting files is no change that asks for joining"


def test_a_held_batch_can_be_released_however_long_it_waited(many_files: Hestia, hand_in: HandIn):
    held = many_files.ingest.run(hand_in(DUPLICATES, "twice.csv").id)
    age(many_files, days=KEEP_DAYS + 30)

    done = upkeep(many_files)[str(VALIDATED)]
    many_files.ingest.release(held.id, author="ada")
    released = many_files.ingest.run(held.id)

    assert held.id in done.note
    assert (done.files_saved, done.files_deleted) == (FILES - 1, 0)
    assert released.rows_loaded == 2
    assert rows(many_files).height == 2 * FILES + 2


def test_a_held_batch_is_seen_behind_any_number_of_newer_ones(many_files: Hestia, hand_in: HandIn):
    held = many_files.ingest.run(hand_in(DUPLICATES, "twice.csv").id)
    with many_files.batches.together():
        for number in range(1_000):
            many_files.batches.create(replace(held, id=f"newer-{number}", sha256=str(number)))

    assert held.id in upkeep(many_files)[str(VALIDATED)].note


def test_a_table_that_somebody_rewrites_is_left_for_the_next_night(many_files: Hestia, monkeypatch: pytest.MonkeyPatch):
    nested: list[Upkeep] = []
    swap = delta_log.swap

    def meanwhile(*args: object, **options: object) -> int:
        if not nested:
            nested.extend(one for one in maintain_tables(many_files) if "rewritten" in one.note)
        return swap(*args, **options)

    monkeypatch.setattr(delta_log, "swap", meanwhile)

    done = upkeep(many_files)

    assert [one.error for one in nested] == [None]
    assert all(one.error is None for one in done.values())
    assert rows(many_files).height == 2 * FILES


def test_it_runs_every_night_and_says_what_it_did(many_files: Hestia, instance: dg.DagsterInstance):
    definitions = build_definitions(many_files)
    schedule = definitions.resolve_schedule_def("every_night")

    done = definitions.resolve_job_def("maintain_tables").execute_in_process(instance=instance)

    (output,) = done.filter_events(lambda event: event.event_type_value == "STEP_OUTPUT")
    facts = {name: entry.value for name, entry in output.step_output_data.metadata.items()}
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert (facts["tables"], facts["files_deleted"]) == (3, 0)
    assert facts["files_saved"] >= FILES - 1
    assert "validated" in facts["upkeep"]


def test_a_table_that_cannot_be_used_fails_the_run_and_stops_no_other(many_files: Hestia, instance: dg.DagsterInstance):
    next(iter(files(many_files))).unlink()

    done = build_definitions(many_files).resolve_job_def("maintain_tables")
    result = done.execute_in_process(instance=instance, raise_on_error=False)

    assert not result.success
    assert {one.operation for one in many_files.tables.versions(TableRef.parse("imported.orders"))} >= {"compact"}


def test_versions_of_files_that_are_too_old_to_be_undone_leave_the_history(home: Hestia, hand_in: HandIn):
    home.catalog.save(orders().model_copy(update={"mode": Mode.UPSERT, "primary_key": ("order_id",)}), author="ada")
    for quantity in (2, 3):
        home.ingest.run(hand_in(CLEAN.replace(b",2,", b",%d," % (quantity + 5))).id)
    kept = upkeep(home)
    late = replace(home.ingest, clock=lambda: datetime.now(UTC) + timedelta(days=31))
    limited = replace(home, ingest=late, settings=home.settings.model_copy(update={"history_days": 30}))

    done = upkeep(limited)

    assert [one.versions for one in kept.values()] == [0] * len(kept)
    assert done[str(HISTORY)].versions == 1
    assert rows(home).height == 2
