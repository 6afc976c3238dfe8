from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results import (
    EDIT,
    Batch,
    BatchCounts,
    BatchPart,
    BatchProfile,
    BatchState,
    CheckResult,
    Choice,
    ColumnProfile,
    DriftFinding,
    DriftKind,
    FailedRow,
    LineAccount,
    Position,
    Problem,
    StagedFile,
)
from hestia_assets.core.specs import Severity

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
CHECK = CheckResult("not_null__id", "not_null", ("id",), Severity.HOLD, 10, 1, (FailedRow(3, 4, None),))


def _batch(number: int = 1, **changes) -> Batch:
    fresh = Batch(
        id=f"b{number}", tenant="default", dataset="orders", file_name="orders.csv", sha256=f"{number:064x}",
        size_bytes=3_000_000_000, state=BatchState.RECEIVED, spec_version=1, author="ada", created_at=NOON,
        updated_at=NOON,
    )  # fmt: skip
    return replace(fresh, **changes)


def _part(number: int, *, batch: str = "b1", rows: int = 5) -> BatchPart:
    end = Position(offset=number * 100, line=number * 10, row=number * rows)
    staged = {"imported": StagedFile(f"part-{number}.parquet", 1234, rows)}
    return BatchPart(batch, number, Position(), end, LineAccount(total=rows, loaded=rows), staged, (CHECK,))


def test_gives_back_what_was_created(metadata):
    batch = _batch(account=LineAccount(total=2, header=1, loaded=1), checks=(CHECK,), run_id="r")

    assert metadata.batches.create(batch) == batch
    assert metadata.batches.get("b1") == batch


def test_gives_back_how_a_file_differed_and_its_figures(metadata):
    choice = Choice("Leave it out", "It is not known.", {"ignore": ["Menge"]})
    finding = DriftFinding(DriftKind.ADDED, "Menge", "'Menge' is new.", (choice,), source="Menge")
    profile = BatchProfile(3, {"day": ColumnProfile(1, date(2026, 1, 1), date(2026, 1, 3), 2)}, total=9)
    metadata.batches.create(_batch())

    metadata.batches.update("b1", drift=(finding,), profile=profile)

    assert (metadata.batches.get("b1").drift, metadata.batches.get("b1").profile) == ((finding,), profile)


def test_the_last_files_are_told_in_the_order_of_commit_without_edits(metadata):
    for number, sequence, changes in (
        (1, 4, {}),
        (2, 2, {}),
        (3, 5, {"origin": EDIT}),
        (4, 6, {"state": BatchState.UNDONE}),
        (5, 3, {}),
        (6, 7, {"dataset": "sales"}),
    ):
        metadata.batches.create(_batch(number, **{"state": BatchState.COMMITTED, "sequence": sequence} | changes))

    assert [batch.id for batch in metadata.batches.last_files("default", "orders", limit=2)] == ["b1", "b5"]


def test_the_same_bytes_in_the_same_dataset_are_one_batch(metadata):
    first = metadata.batches.create(_batch(1))

    assert metadata.batches.create(_batch(2, sha256=first.sha256)) == first
    assert metadata.batches.recent("default") == [first]


def test_the_same_bytes_may_live_in_two_datasets_and_two_tenants(metadata):
    first = metadata.batches.create(_batch(1))
    second = metadata.batches.create(_batch(2, sha256=first.sha256, dataset="returns"))
    third = metadata.batches.create(_batch(3, sha256=first.sha256, tenant="north"))

    assert [second.id, third.id] == ["b2", "b3"]


@pytest.mark.parametrize("state", [state for state in BatchState if state is not BatchState.UNDONE])
def test_bytes_that_live_in_any_state_are_known(metadata, state):
    first = metadata.batches.create(_batch(1))
    metadata.batches.update("b1", state=state)

    assert metadata.batches.create(_batch(2, sha256=first.sha256)).id == "b1"


def test_bytes_of_an_undone_batch_may_come_again_and_again(metadata):
    for number in (1, 2, 3):
        created = metadata.batches.create(_batch(number, sha256="f" * 64))
        metadata.batches.update(created.id, state=BatchState.UNDONE)

    assert [batch.id for batch in metadata.batches.recent("default")] == ["b3", "b2", "b1"]


def _receive(url: str, home: Path, number: int) -> str:
    metadata = open_metadata(url, home=home, clock=lambda: datetime.now(UTC))
    return metadata.batches.create(_batch(number, sha256="f" * 64)).id


def test_of_equal_files_at_the_same_moment_one_becomes_the_batch(metadata, race, database_url, tmp_path):
    ids = race(_receive, [(database_url, tmp_path, number) for number in range(4)])

    assert len(set(ids)) == 1
    assert len(metadata.batches.recent("default")) == 1


def test_an_update_changes_what_it_names_and_the_time(metadata, clock):
    metadata.batches.create(_batch())
    clock.advance(5)
    changes = {
        "state": BatchState.FAILED, "account": LineAccount(total=9, quarantined=9), "checks": (CHECK, CHECK),
        "problem": Problem("read.empty", "orders.csv is empty.", "Send it again."), "seconds": 1.25,
        "rows_done": 6_000_000_000, "finished_at": clock.now, "run_id": "run-1",
    }  # fmt: skip

    updated = metadata.batches.update("b1", **changes)

    assert updated == replace(_batch(), updated_at=clock.now, **changes)
    assert metadata.batches.get("b1") == updated


def test_a_problem_can_be_taken_back(metadata):
    metadata.batches.create(_batch(problem=Problem("a", "b", "c")))

    assert metadata.batches.update("b1", problem=None).problem is None
    assert metadata.batches.get("b1").problem is None


def test_a_field_that_no_batch_has_is_a_bug(metadata):
    metadata.batches.create(_batch())

    with pytest.raises(TypeError, match="row_count"):
        metadata.batches.update("b1", row_count=1)


def test_a_batch_that_does_not_exist_is_named(metadata):
    for call in (metadata.batches.get, metadata.batches.update):
        with pytest.raises(NotFoundError, match="b9"):
            call("b9")
    with pytest.raises(NotFoundError, match="b9"):
        metadata.batches.add_part(_part(1, batch="b9"))


def test_times_come_back_in_utc_whatever_zone_they_came_in(metadata):
    berlin = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))

    created = metadata.batches.create(_batch(created_at=berlin))

    assert created.created_at == metadata.batches.get("b1").created_at == berlin
    assert metadata.batches.get("b1").created_at.tzinfo == UTC


def test_a_time_without_zone_is_refused(metadata):
    with pytest.raises(Exception, match="no time zone"):
        metadata.batches.create(_batch(created_at=datetime(2026, 3, 29)))  # noqa: DTZ001 - the point

    assert metadata.batches.recent("default") == []


def test_a_file_name_that_is_no_unicode_is_kept_readable(metadata):
    created = metadata.batches.create(_batch(file_name="bestell\udcfcng\0.csv"))

    assert created.file_name == metadata.batches.get("b1").file_name == "bestell\ufffdng\ufffd.csv"


def test_recent_gives_the_newest_first_up_to_a_limit(metadata):
    for number in range(5):
        metadata.batches.create(_batch(number, dataset="orders" if number % 2 else "returns"))

    assert [batch.id for batch in metadata.batches.recent("default", limit=3)] == ["b4", "b3", "b2"]
    assert [batch.id for batch in metadata.batches.recent("default", "orders")] == ["b3", "b1"]
    assert metadata.batches.recent("north") == []


def test_pending_are_those_that_wait_or_were_cut_off_oldest_first(metadata):
    for number, state in enumerate(BatchState):
        metadata.batches.create(_batch(number, state=state, created_at=NOON - timedelta(hours=number)))

    states = [batch.state for batch in metadata.batches.pending("default", "orders")]

    assert states == [BatchState.CHECKING, BatchState.READING, BatchState.RECEIVED]
    assert metadata.batches.pending("default", "returns") == []


def test_parts_come_back_in_order(metadata):
    metadata.batches.create(_batch())
    for number in (2, 0, 10, 1):
        metadata.batches.add_part(_part(number))

    assert metadata.batches.parts("b1") == [_part(number) for number in (0, 1, 2, 10)]


def test_a_part_replaces_the_one_of_its_number(metadata):
    metadata.batches.create(_batch())
    metadata.batches.add_part(_part(0))
    metadata.batches.add_part(_part(0, rows=7))

    assert metadata.batches.parts("b1") == [_part(0, rows=7)]


def test_parts_of_one_batch_are_forgotten_and_no_others(metadata):
    for number in (1, 2):
        metadata.batches.create(_batch(number))
        metadata.batches.add_part(_part(0, batch=f"b{number}"))

    metadata.batches.clear_parts("b1")

    assert metadata.batches.parts("b1") == []
    assert metadata.batches.parts("b2") == [_part(0, batch="b2")]


def test_everything_is_there_after_a_restart(reopen):
    before = reopen()
    before.batches.create(_batch())
    before.batches.add_part(_part(0))
    before.close()

    after = reopen()

    assert after.batches.get("b1") == _batch()
    assert after.batches.parts("b1") == [_part(0)]


def test_batches_are_listed_page_by_page_and_by_state(metadata):
    for number in range(1, 6):
        state = BatchState.HELD if number == 2 else BatchState.COMMITTED
        metadata.batches.create(_batch(number, state=state, created_at=NOON + timedelta(minutes=number)))

    page = metadata.batches.recent("default", "orders", limit=2, skip=2)
    held = metadata.batches.recent("default", states=(BatchState.HELD, BatchState.FAILED))

    assert [batch.id for batch in page] == ["b3", "b2"]
    assert [batch.id for batch in held] == ["b2"]


def test_batches_of_a_dataset_are_counted_and_edits_are_no_files(metadata):
    metadata.batches.create(_batch(1, state=BatchState.COMMITTED, rows_quarantined=3))
    metadata.batches.create(_batch(2, state=BatchState.COMMITTED, origin=EDIT))
    metadata.batches.create(_batch(3, state=BatchState.UNDONE, rows_quarantined=4))
    metadata.batches.create(_batch(4, state=BatchState.COMMITTED, rows_quarantined=2, dataset="others"))

    assert metadata.batches.counts("default", "orders") == BatchCounts(batches=3, files=1, rows_quarantined=3)
    assert metadata.batches.counts("default", "nothing") == BatchCounts(batches=0, files=0, rows_quarantined=0)
