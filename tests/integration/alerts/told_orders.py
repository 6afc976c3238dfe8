"""A home that tells of orders, and what processes do that are killed."""

import os
import signal
from io import BytesIO
from multiprocessing.synchronize import Event
from pathlib import Path

from hestia_assets.bootstrap import Hestia, open_home
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import AlertSpec, CheckSpec, Column, DatasetSpec, Recipe, parse
from hestia_assets.settings import Settings

COLUMNS = (Column(source="id", name="id"), Column(source="qty", name="qty", type="integer"))


def opened(folder: Path, port: int) -> Hestia:
    """A home that sends to a mail server of this machine."""
    settings = Settings(home=folder, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", lease_seconds=0.5)
    return open_home(settings=settings)


def orders(home: Hestia, *checks: tuple[str, str], on: tuple[str, ...]) -> DatasetSpec:
    """A dataset with these checks, and an alert to Ada of these occurrences."""
    found = tuple(parse(CheckSpec, {"rule": rule, "columns": ["id"], "severity": how}) for rule, how in checks)
    spec = DatasetSpec(name="orders", recipe=Recipe.model_validate({"columns": COLUMNS}), checks=found)
    home.catalog.save(spec, author="ada")
    channel = {"kind": "email", "to": ["ada@example.org"]}
    home.catalog.save(parse(AlertSpec, {"name": "ops", "on": on, "share": 0.2, "channel": channel}), author="ada")
    return spec


def hand_in(home: Hestia, spec: DatasetSpec, data: bytes) -> Batch:
    """A batch that waits for its run."""
    return home.ingest.receive(spec, BytesIO(data), file_name="orders.csv", author="ada").batch


def import_and_die(folder: Path, port: int, batch: str) -> None:
    """Killed between the commit and the sending."""
    home = opened(folder, port)
    home.ingest.run(batch)
    os.kill(os.getpid(), signal.SIGKILL)


def send_for_ever(folder: Path, port: int, ready: Event) -> None:
    """Sends until it is killed."""
    home = opened(folder, port)
    ready.set()
    while True:
        home.alerts.deliver()
