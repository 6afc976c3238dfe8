import subprocess
import sys

from dagster._core.run_coordinator import QueuedRunCoordinator
from dagster._daemon.run_coordinator import QueuedRunCoordinatorDaemon

from hestia_assets.adapters.home import prepare_home
from hestia_assets.defs.resources import open_instance
from hestia_assets.settings import Settings

OPEN = """
import sys
from hestia_assets.defs.resources import open_instance
from hestia_assets.settings import Settings
with open_instance(Settings(home=sys.argv[1])) as instance:
    instance.get_runs_count()
"""


def test_processes_that_start_together_do_not_spoil_dagsters_databases(settings: Settings):
    settings.dagster_home.mkdir(parents=True)
    command = (sys.executable, "-c", OPEN, str(settings.home))

    together = [subprocess.Popen(command) for _ in range(3)]

    assert [process.wait(timeout=60) for process in together] == [0, 0, 0]
    with open_instance(settings) as instance:
        assert instance.all_instigator_state() == []


def test_the_daemon_looks_for_waiting_runs_every_second_and_keeps_one_per_dataset(settings: Settings):
    prepare_home(settings)

    with open_instance(settings) as instance:
        coordinator = instance.run_coordinator
        queue = instance.get_concurrency_config().run_queue_config

    assert isinstance(coordinator, QueuedRunCoordinator)
    assert QueuedRunCoordinatorDaemon(coordinator.dequeue_interval_seconds).interval_seconds == 1
    assert queue
    assert queue.max_concurrent_runs == 4
    assert [(limit["key"], limit["limit"]) for limit in queue.tag_concurrency_limits or ()] == [("hestia/dataset", 1)]
