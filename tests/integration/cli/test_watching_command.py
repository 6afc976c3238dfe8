"""Commands that take long say on stderr how far they are and whom they wait for; stdout stays for the result."""

import json
import re
from pathlib import Path

import pytest
from running_commands import Command

from hestia_assets.adapters.metadata import open_metadata
from hestia_assets.bootstrap import _utc_now
from hestia_assets.cli import watching
from hestia_assets.core.results import Doing, WorkStep
from hestia_assets.settings import Settings

SPEC = """
kind: dataset
name: orders
recipe:
  columns: [{source: id, name: id}, {source: qty, name: qty, type: integer}]
"""


def test_who_resubmits_after_one_that_was_killed_reads_what_is_waited_for(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "orders.yaml").write_text(SPEC)
    (tmp_path / "orders.csv").write_text("id,qty\n1,5\n2,x\n")
    command("apply", "-f", tmp_path / "orders.yaml")
    command("import", tmp_path / "orders.csv", "--dataset", "orders")
    command("quarantine", "export", "orders", "--to", tmp_path / "bad.csv")
    bad = (tmp_path / "bad.csv").read_text("utf-8-sig")
    (tmp_path / "bad.csv").write_text(bad.replace("2,x,", "2,9,"), "utf-8-sig")
    monkeypatch.setattr(watching, "QUIET_SECONDS", 0)
    settings = Settings(home=tmp_path / "home")
    leases = open_metadata(settings.database_url, home=settings.home, clock=_utc_now).leases
    leases.acquire("dataset:default/orders", owner="till-3:17", ttl_seconds=3)

    done = command("quarantine", "resubmit", "orders", tmp_path / "bad.csv", "--json")

    assert len(json.loads(done.stdout)["loaded"]) == 1
    said = [line.split(" …")[0].split(" works")[0] for line in done.stderr.splitlines()]
    looked = "Looking up 1 row"
    assert said == ["Reading", looked, "Waiting: till-3:17", looked, "Checking 1 row", "Loading 1 row"]
    assert re.search(r"this goes on in [123] s at the latest", done.stderr)


def test_nothing_is_said_in_the_first_second_and_each_step_once(capsys: pytest.CaptureFixture[str]):
    quick, slow = watching.Watching(), watching.Watching(started=0.0, every=1_000.0)
    for tell in (quick, slow):
        for done in range(5):
            tell(WorkStep(Doing.CHECKING, done, 5))
        tell(WorkStep(Doing.LOADING, 0, 5))

    assert capsys.readouterr().err == "Checking 5 rows …\nLoading 5 rows …\n"
