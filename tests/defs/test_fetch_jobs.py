"""Saved sources become jobs, schedules and a sensor over buckets; what they bring is imported."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator
from remote_places import KEY, SECRET, Bucket
from shop import CLEAN, DIRTY, orders

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.results import BatchState
from hestia_assets.core.specs import SourceSpec
from hestia_assets.definitions import build_definitions
from hestia_assets.defs.bucket_sensor import watched_buckets
from hestia_assets.defs.fetching import build_s3_resource
from hestia_assets.defs.materialize import materialize_dataset
from hestia_assets.defs.resources import open_instance
from hestia_assets.defs.sensors import look
from hestia_assets.settings import Settings


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, s3_server: Callable[[], Bucket]) -> Bucket:
    monkeypatch.setenv("HESTIA_S3_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("HESTIA_S3_SECRET_ACCESS_KEY", SECRET)
    return s3_server()


@pytest.fixture
def home(settings: Settings, bucket: Bucket) -> Hestia:
    opened = open_home(settings=bucket.settings(settings))
    opened.catalog.save(orders(), author="ada")
    return opened


@pytest.fixture
def instance(home: Hestia) -> Iterator[dg.DagsterInstance]:
    with open_instance(home.settings) as opened:
        yield opened


def save_source(home: Hestia, bucket: Bucket, **facts: str) -> SourceSpec:
    spec = SourceSpec(name="shop", dataset="orders", url=f"{bucket.url}/daily/", pattern="*.csv", **facts)
    home.catalog.save(spec, author="ada")
    return spec


def fetched(home: Hestia, instance: dg.DagsterInstance, *, fails: bool = False) -> dg.ExecuteInProcessResult:
    job = build_definitions(home).resolve_job_def("fetch_default__shop")
    result = job.execute_in_process(instance=instance, raise_on_error=False)
    assert result.success is not fails
    return result


def tick(home: Hestia, instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    definitions = build_definitions(home)
    sensor = definitions.resolve_sensor_def("buckets")
    resources = {"hestia": home, "s3": build_s3_resource(home.settings)}
    with dg.build_sensor_context(instance=instance, definitions=definitions, resources=resources) as context:
        return list(sensor.evaluate_tick(context).run_requests or ())


def test_a_fetch_observes_the_landing_layer_and_the_next_look_imports(
    home: Hestia, bucket: Bucket, instance: dg.DagsterInstance
):
    save_source(home, bucket)
    bucket.put("daily/1.csv", CLEAN)
    bucket.put("daily/notes.txt", b"no data")

    result = fetched(home, instance)

    (observed,) = result.get_asset_observation_events()
    assert observed.asset_observation_data.asset_observation.asset_key.path == ["landing", "default", "orders"]
    (batch,) = home.ingest.pending("default", "orders")
    assert (batch.file_name, batch.origin) == ("1.csv", f"{bucket.url}/daily/1.csv")
    (request,) = look(home, instance, [orders()], cursor=None, at=datetime.now(UTC)).run_requests or ()
    assert request.job_name == "import_default__orders"
    (loaded,) = materialize_dataset(home, "default", "orders")
    assert loaded.state is BatchState.COMMITTED


def test_the_sensor_asks_for_a_fetch_once_there_is_something_new(
    home: Hestia, bucket: Bucket, instance: dg.DagsterInstance
):
    save_source(home, bucket)
    nothing = tick(home, instance)
    bucket.put("daily/1.csv", CLEAN)
    (asked,) = tick(home, instance)
    (again,) = tick(home, instance)
    fetched(home, instance)
    after = tick(home, instance)
    bucket.put("daily/2.csv", DIRTY)
    (more,) = tick(home, instance)

    assert nothing == after == []
    assert asked.job_name == "fetch_default__shop"
    keys = [str(request.run_key).rpartition(":")[0] for request in (asked, again, more)]  # without the hour
    assert keys[0] == keys[1] != keys[2]


def test_a_run_under_way_is_not_doubled(home: Hestia, bucket: Bucket, instance: dg.DagsterInstance):
    save_source(home, bucket)
    bucket.put("daily/1.csv", CLEAN)
    tags = {"hestia/source": "default/shop"}
    instance.add_run(dg.DagsterRun(job_name="fetch_default__shop", tags=tags, status=dg.DagsterRunStatus.STARTED))

    assert tick(home, instance) == []


def test_a_source_with_a_schedule_has_one_in_dagster_and_no_place_in_the_sensor(home: Hestia, bucket: Bucket):
    save_source(home, bucket, schedule="30 2 * * *", time_zone="Europe/Berlin")

    definitions = build_definitions(home)

    schedule = definitions.resolve_schedule_def("fetch_default__shop_schedule")
    assert schedule.execution_timezone == "Europe/Berlin"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert [sensor.name for sensor in definitions.sensors or ()].count("buckets") == 0


def test_a_daily_fetch_happens_once_in_the_night_when_clocks_go_back(home: Hestia, bucket: Bucket):
    save_source(home, bucket, schedule="30 2 * * *", time_zone="Europe/Berlin")
    schedule = build_definitions(home).resolve_schedule_def("fetch_default__shop_schedule")
    start = datetime(2026, 10, 24, 12, tzinfo=UTC).timestamp()
    moments = schedule_execution_time_iterator(start, str(schedule.cron_schedule), schedule.execution_timezone)

    days = [next(moments).date().isoformat() for _ in range(3)]

    assert days == ["2026-10-25", "2026-10-26", "2026-10-27"]


def test_a_fetch_that_fails_says_why_without_a_traceback(home: Hestia, bucket: Bucket, instance: dg.DagsterInstance):
    save_source(home, bucket)
    bucket.client.delete_bucket(Bucket=bucket.name)

    result = fetched(home, instance, fails=True)

    (failure,) = result.get_step_failure_events()
    description = failure.step_failure_data.user_failure_data
    assert description is not None
    assert "There is no bucket" in str(description.description)


def test_dagster_shows_no_key(home: Hestia, bucket: Bucket):
    save_source(home, bucket)

    shown = str(build_definitions(home).resources)

    assert "s3" in shown
    assert SECRET not in shown


def test_a_paused_source_has_no_schedule_and_is_not_watched(home: Hestia, bucket: Bucket):
    paused = SourceSpec(name="shop", dataset="orders", url=f"{bucket.url}/daily/", paused=True)
    timed = paused.model_copy(update={"name": "nightly", "schedule": "30 2 * * *"})
    home.catalog.save(paused, author="ada")
    home.catalog.save(timed, author="ada")

    definitions = build_definitions(home)

    assert watched_buckets([paused, timed]) == []
    assert [one.name for one in definitions.schedules or () if one.name.startswith("fetch_")] == []
    assert definitions.resolve_job_def("fetch_default__shop")
