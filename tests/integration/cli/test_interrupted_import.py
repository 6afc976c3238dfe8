"""An import that is stopped or killed half way, and the same command again."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import held_half_way

from hestia_assets.bootstrap import open_home
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import Column, DatasetSpec, Recipe

ROWS = 60_000
COLUMNS = (Column(source="id", name="id"), Column(source="note", name="note"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose dataset is read in many small stretches."""
    home = tmp_path / "home"
    recipe = Recipe(columns=COLUMNS, chunk_bytes=30_000)
    open_home(home).catalog.save(DatasetSpec(name="orders", recipe=recipe), author="test")
    return home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Many rows."""
    path = tmp_path / "orders.csv"
    path.write_text("id,note\n" + "".join(f"{number:07d},some note\n" for number in range(ROWS)))
    return path


def begin(home: Path, file: Path) -> "subprocess.Popen[str]":
    """Start `hestia import`."""
    command = [sys.executable, "-m", "hestia_assets.cli.app", "--home", str(home), "import", str(file)]
    environment = os.environ | {"HESTIA_LEASE_SECONDS": "3"}
    options = [*command, "--dataset", "orders", "--json"]
    return subprocess.Popen(options, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def the_batch(home: Path) -> Batch:
    """The only batch."""
    (batch,) = open_home(home).batches.recent("default", "orders")
    return batch


@pytest.mark.crash
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_the_same_command_goes_on_where_the_last_one_was_stopped(home: Path, file: Path, number: int, code: int):
    stopped = begin(home, file)
    with held_half_way(home, ROWS):
        stopped.send_signal(number)
    said = stopped.communicate(timeout=300)
    assert stopped.returncode == code, said
    before = the_batch(home)
    again = begin(home, file)
    output, _ = again.communicate(timeout=300)

    assert before.state is not BatchState.COMMITTED
    assert again.returncode == 0, output
    facts = json.loads(output)
    assert (facts["batch"], facts["state"]) == (before.id, "committed")
    assert facts["rows"] == {"loaded": ROWS, "quarantined": 0}
    assert facts["lines"]["total"] == ROWS + 1
