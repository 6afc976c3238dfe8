import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from shop import CLEAN, DIRTY, orders

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.definitions import build_definitions
from hestia_assets.defs.materialize import materialize_dataset
from hestia_assets.defs.runs import this_worker
from hestia_assets.defs.sensors import MAX_ATTEMPTS, look

Look = Callable[..., dg.SensorResult]
NO_SUCH_PROCESS = 2**22 + 1


@pytest.fixture
def drop(home: Hestia, dataset: DatasetSpec) -> Callable[..., Path]:
    """Puts a file into the drop folder, as if written a moment or some seconds ago."""

    def put(content: bytes, name: str = "orders.csv", *, age_seconds: float = 0) -> Path:
        path = home.ingest.drop_folder("default", "orders") / name
        path.write_bytes(content)
        written = datetime.now(UTC).timestamp() - age_seconds
        os.utime(path, (written, written))
        return path

    return put


@pytest.fixture
def looks(home: Hestia, instance: dg.DagsterInstance, dataset: DatasetSpec) -> Look:
    """Looks into the folders, by default without a cursor and now."""

    def look_now(cursor: str | None = None, *, later: float = 0) -> dg.SensorResult:
        return look(home, instance, [dataset], cursor=cursor, at=datetime.now(UTC) + timedelta(seconds=later))

    return look_now


def test_a_file_that_still_changes_is_left_alone(drop: Callable[..., Path], looks: Look):
    path = drop(CLEAN)
    first = looks()
    path.write_bytes(CLEAN + b"0003,1,DE\n")

    second = looks(first.cursor)

    assert not first.run_requests
    assert not second.run_requests
    assert path.exists()


def test_a_file_that_rests_is_imported_at_the_second_look(drop: Callable[..., Path], looks: Look, home: Hestia):
    path = drop(CLEAN)
    first = looks()

    second = looks(first.cursor)

    (request,) = second.run_requests or ()
    assert request.job_name == "import_default__orders"
    assert request.tags["hestia/dataset"] == "default/orders"
    assert not path.exists()
    assert len(home.ingest.pending("default", "orders")) == 1


def test_an_old_file_is_imported_at_once(drop: Callable[..., Path], looks: Look):
    drop(CLEAN, age_seconds=60)

    assert len(looks().run_requests or ()) == 1


def test_files_of_one_dataset_share_a_run(drop: Callable[..., Path], looks: Look, home: Hestia):
    drop(CLEAN, "one.csv", age_seconds=60)
    drop(DIRTY, "two.csv", age_seconds=60)

    assert len(looks().run_requests or ()) == 1
    assert len(home.ingest.pending("default", "orders")) == 2


def test_a_lost_cursor_doubles_nothing(drop: Callable[..., Path], looks: Look, home: Hestia):
    drop(CLEAN, age_seconds=60)
    looks()
    materialize_dataset(home, "default", "orders")

    again = looks(None, later=3600)

    assert not again.run_requests
    assert len(home.batches.recent("default", "orders")) == 1


def test_the_same_bytes_dropped_again_are_not_imported_again(drop: Callable[..., Path], looks: Look, home: Hestia):
    drop(CLEAN, age_seconds=60)
    looks()
    materialize_dataset(home, "default", "orders")
    again = drop(CLEAN, "copy.csv", age_seconds=60)

    assert not looks().run_requests
    assert not again.exists()
    assert len(home.batches.recent("default", "orders")) == 1


def test_an_upload_of_a_page_is_left_to_the_page(hand_in: Callable[..., Batch], looks: Look):
    hand_in(CLEAN)

    assert not looks().run_requests


def test_what_a_dead_run_left_behind_is_run_again_but_not_for_ever(
    hand_in: Callable[..., Batch], looks: Look, instance: dg.DagsterInstance
):
    hand_in(CLEAN)
    keys = []

    for _ in range(MAX_ATTEMPTS):
        (request,) = looks(later=60).run_requests or ()
        keys.append(request.run_key)
        instance.add_run(
            dg.DagsterRun(job_name=str(request.job_name), tags=request.tags, status=dg.DagsterRunStatus.FAILURE)
        )

    assert len(set(keys)) == MAX_ATTEMPTS
    assert not looks(later=60).run_requests


def test_a_run_under_way_is_not_doubled(hand_in: Callable[..., Batch], looks: Look, instance: dg.DagsterInstance):
    hand_in(CLEAN)
    _add_run(instance, dg.DagsterRunStatus.STARTED, worker=this_worker())

    assert not looks(later=60).run_requests


def test_a_run_whose_process_was_killed_is_failed_and_its_batch_taken_up(
    hand_in: Callable[..., Batch], looks: Look, instance: dg.DagsterInstance
):
    hand_in(CLEAN)
    host, _, created = this_worker().rsplit(":", 2)
    run = _add_run(instance, dg.DagsterRunStatus.STARTED, worker=f"{host}:{NO_SUCH_PROCESS}:{created}")

    result = looks(later=60)

    ended = instance.get_run_by_id(run.run_id)
    assert ended
    assert ended.status is dg.DagsterRunStatus.FAILURE
    assert len(result.run_requests or ()) == 1


def test_a_run_on_another_host_is_left_alone(hand_in: Callable[..., Batch], looks: Look, instance: dg.DagsterInstance):
    run = _add_run(instance, dg.DagsterRunStatus.STARTED, worker="elsewhere:1:1")

    looks(later=60)

    still = instance.get_run_by_id(run.run_id)
    assert still
    assert still.status is dg.DagsterRunStatus.STARTED


def test_what_a_person_cancelled_stays_cancelled_until_something_new_arrives(
    hand_in: Callable[..., Batch], drop: Callable[..., Path], looks: Look, instance: dg.DagsterInstance
):
    hand_in(CLEAN)
    _add_run(instance, dg.DagsterRunStatus.CANCELED, worker=this_worker())
    assert not looks(later=60).run_requests

    drop(DIRTY, "new.csv", age_seconds=60)

    assert len(looks().run_requests or ()) == 1


def test_a_failed_batch_is_not_tried_again(hand_in: Callable[..., Batch], looks: Look, home: Hestia):
    batch = hand_in(b"colour\nred\n")
    materialize_dataset(home, "default", "orders", raise_on_failure=False)

    assert home.batches.get(batch.id).state is BatchState.FAILED
    assert not looks(later=3600).run_requests


def test_a_failed_file_is_loaded_when_it_is_dropped_again_after_the_dataset_was_repaired(
    drop: Callable[..., Path], looks: Look, home: Hestia, dataset: DatasetSpec
):
    content = CLEAN.replace(b"Country", b"Land")
    drop(content, age_seconds=60)
    looks()
    (failed,) = materialize_dataset(home, "default", "orders", raise_on_failure=False)
    *others, country = dataset.recipe.columns
    columns = (*others, country.model_copy(update={"source": "Land"}))
    repaired = dataset.recipe.model_copy(update={"columns": columns})
    home.catalog.save(dataset.model_copy(update={"recipe": repaired}), author="ada")
    again = drop(content, age_seconds=60)

    requested = looks().run_requests or ()
    (loaded,) = materialize_dataset(home, "default", "orders")

    assert failed.state is BatchState.FAILED
    assert len(requested) == 1
    assert not again.exists()
    assert (loaded.id, loaded.state, loaded.rows_loaded) == (failed.id, BatchState.COMMITTED, 2)
    assert len(home.batches.recent("default", "orders")) == 1


def test_a_file_may_be_dropped_again_as_often_as_it_failed(
    drop: Callable[..., Path], looks: Look, home: Hestia, instance: dg.DagsterInstance
):
    for _ in range(MAX_ATTEMPTS + 1):
        drop(b"colour\nred\n", age_seconds=60)
        (request,) = looks().run_requests or ()
        materialize_dataset(home, "default", "orders", raise_on_failure=False)
        instance.add_run_tags(instance.get_runs(limit=1)[0].run_id, dict(request.tags))


def test_a_refused_file_is_told_once_and_stays(drop: Callable[..., Path], looks: Look, home: Hestia):
    path = drop(b"", "empty.csv", age_seconds=60)

    first = looks()
    looks(first.cursor)

    told = [event for event in home.audit.recent() if event.action == "file.refused"]
    assert len(told) == 1
    assert path.exists()


def test_a_strange_cursor_is_forgotten(looks: Look):
    assert looks("[1]").cursor == "{}"
    assert looks("{").cursor == "{}"


def test_the_sensor_evaluates_in_dagster(home: Hestia, drop: Callable[..., Path], instance: dg.DagsterInstance):
    drop(CLEAN, age_seconds=60)
    definitions = build_definitions(home)
    sensor = definitions.resolve_sensor_def("drop_folders")

    with dg.build_sensor_context(instance=instance, definitions=definitions, resources={"hestia": home}) as context:
        data = sensor.evaluate_tick(context)

    assert [request.job_name for request in data.run_requests or ()] == ["import_default__orders"]
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


def _add_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, *, worker: str) -> dg.DagsterRun:
    tags = {"hestia/dataset": orders().key, "hestia/worker": worker}
    return instance.add_run(dg.DagsterRun(job_name="import_default__orders", tags=tags, status=status))
