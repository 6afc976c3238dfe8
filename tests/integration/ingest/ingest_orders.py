"""The dataset that the tests of this folder import into."""

from multiprocessing.synchronize import Event
from pathlib import Path

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe
from hestia_assets.settings import Settings

COLUMNS = (
    Column(source="id", name="id"),
    Column(source="qty", name="qty", type="integer"),
    Column(source="day", name="day", type="date"),
)


def dataset(*checks: CheckSpec, columns: tuple[Column, ...] = COLUMNS, **recipe: object) -> DatasetSpec:
    how = Recipe.model_validate({"columns": columns, "chunk_bytes": 1024, **recipe})
    return DatasetSpec(name="orders", recipe=how, checks=checks)


def check(rule: str, column: str, severity: str = "reject", **params: object) -> CheckSpec:
    return CheckSpec.model_validate({"rule": rule, "columns": (column,), "severity": severity, "params": params})


def opened(folder: Path) -> Hestia:
    """A home whose leases end soon, so that a killed run does not block the next one for long."""
    return open_home(settings=Settings(home=folder, lease_seconds=0.5))


def run_batch(folder: Path, batch: str, ready: Event) -> None:
    """What a process of its own does."""
    home = opened(folder)
    ready.set()
    home.ingest.run(batch)
