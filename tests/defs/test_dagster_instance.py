import subprocess
import sys

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
