"""The dagster.yaml that a first start writes, read by Dagster itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from dagster import DagsterInstance, DagsterRunStatus, asset, materialize
from dagster._core.run_coordinator import QueuedRunCoordinator

from hestia_assets.adapters.home import prepare_home
from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.settings import Settings


@asset
def orders() -> int:
    return 1


@contextmanager
def _instance(settings: Settings) -> Iterator[DagsterInstance]:
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        yield instance


def test_dagster_accepts_the_file_and_runs_one_at_a_time_per_dataset(settings):
    prepare_home(settings)

    with _instance(settings) as instance:
        queue = instance.get_concurrency_config().run_queue_config
        coordinator = instance.run_coordinator

        assert queue is not None
        assert queue.max_concurrent_runs == 4
        assert queue.tag_concurrency_limits == [
            {"key": "hestia/dataset", "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
        ]
        assert isinstance(coordinator, QueuedRunCoordinator)
        assert coordinator.dequeue_interval_seconds == 1
        assert not instance.telemetry_enabled
        assert instance.get_sensor_settings()["use_threads"] is True
        assert instance.get_tick_retention_settings is not None


def test_dagster_keeps_its_runs_in_the_home(settings):
    prepare_home(settings)

    with _instance(settings) as instance:
        materialize([orders], instance=instance)

    with _instance(settings) as instance:
        assert [run.status for run in instance.get_runs()] == [DagsterRunStatus.SUCCESS]
    assert list(settings.dagster_home.rglob("runs.db"))


@pytest.mark.postgres
@pytest.mark.parametrize("first", ["dagster", "hestia"])
def test_dagster_and_hestia_share_one_postgresql_database(settings, postgres_database, clock, first):
    shared = settings.model_copy(update={"metadata_url": postgres_database})
    prepare_home(shared)
    if first == "hestia":
        open_metadata(shared.database_url, home=shared.home, clock=clock).close()

    with _instance(shared) as instance:
        materialize([orders], instance=instance)
        metadata = open_metadata(shared.database_url, home=shared.home, clock=clock)
        metadata.specs.save(DatasetSpec(name="orders"), author="ada")
        metadata.jobs.start("import", "default", "orders")

        assert [run.status for run in instance.get_runs()] == [DagsterRunStatus.SUCCESS]
        assert len(metadata.jobs.recent("default")) == 1
        metadata.close()
    assert not list(shared.dagster_home.rglob("runs.db"))


@pytest.mark.postgres
def test_only_the_owner_may_read_the_file_with_the_databases_password(settings, postgres_database):
    prepare_home(settings.model_copy(update={"metadata_url": postgres_database}))

    assert (settings.dagster_home / "dagster.yaml").stat().st_mode & 0o077 == 0
