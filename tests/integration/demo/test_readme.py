"""What the README tells people to type after `make demo` works, word for word."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hestia_assets.bootstrap import open_home
from hestia_assets.cli.demo import run_demo

ROOT = Path(__file__).parents[3]
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / "README.md").read_text(), flags=re.MULTILINE | re.DOTALL)
LINES = [line for language, block in BLOCKS if language == "" for line in block.splitlines()]
COMMANDS = [line for line in LINES if line.startswith("hestia ")]
PROGRAMS = [block for language, block in BLOCKS if language == "python"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a checkout after `make demo`."""
    folder = tmp_path_factory.mktemp("checkout")
    assert run_demo(open_home(folder / ".hestia"), seed=7).proved
    return folder


def run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a program where the README's reader is, with the environment that it has activated."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_every_line_is_a_command_that_is_tested_or_known():
    others = [line for line in LINES if line not in COMMANDS]

    assert COMMANDS
    assert PROGRAMS
    assert [line for line in others if not line.startswith("make ")] == ["source .venv/bin/activate"]


@pytest.mark.parametrize("line", COMMANDS)
def test_the_command_works(folder: Path, line: str):
    done = run(folder, "bash", "-c", line)

    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_program_works(folder: Path, program: str):
    done = run(folder, sys.executable, "-c", program)

    assert done.returncode == 0, done.stderr
    assert "columns" in done.stdout or "orders" in done.stdout
