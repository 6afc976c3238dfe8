"""What assets and sensors are handed, and the instance that remembers their runs.

One resource: the façade. SQL runs behind it in the gate's own locked DuckDB connection, so dagster-duckdb's
resource, which would open a second and unlocked way to the tables, has no user here.
"""

import fcntl

import dagster as dg

from hestia_assets.bootstrap import Hestia
from hestia_assets.settings import Settings


def build_resources(hestia: Hestia) -> dict[str, object]:
    """Every resource by the name of the parameter that takes it."""
    return {"hestia": hestia}


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance that the Dagster UI shows, whatever DAGSTER_HOME says; close it by ``with``.

    Opened one at a time: of two processes that make Dagster's databases at once, both stamp them, and a database
    stamped twice can never be opened again. Whoever starts several services of a new home opens it here first.
    """
    folder = settings.dagster_home.resolve()
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return dg.DagsterInstance.from_config(str(folder))
