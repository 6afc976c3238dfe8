"""Commands on a home of their own."""

import json
from pathlib import Path
from typing import Any

import pytest
from running_commands import Command, Facts
from typer.testing import CliRunner, Result

from hestia_assets.cli.app import build_app


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Runs a command line in a fresh home."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(build_app(), ["--home", str(tmp_path / "home"), *map(str, arguments)])

    return run


@pytest.fixture
def facts(command: Command) -> Facts:
    """Runs a command line with --json and gives what it printed, whatever its exit code."""

    def run(*arguments: object) -> Any:
        result = command(*arguments, "--json")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A small file: a header, three rows, one of them too short."""
    path = tmp_path / "orders.csv"
    path.write_text("id,amount\n001,5\n002,7\n003\n")
    return path
