"""The command itself: help, versions, wrong usage, what it costs to start."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hestia_assets import __version__
from hestia_assets.cli.app import build_app

RUN = CliRunner()


def test_help_names_every_command():
    result = RUN.invoke(build_app(), ["--help"])

    assert result.exit_code == 0
    for command in ("demo", "up", "inspect", "import", "batches", "account", "quarantine", "sql", "doctor"):
        assert command in result.output


def test_the_version_is_the_packages():
    assert __version__ in RUN.invoke(build_app(), ["--version"]).output


@pytest.mark.parametrize(
    "arguments", [["nope"], ["account"], ["import", "x.csv"], ["sql", "select 1", "--format", "x"]]
)
def test_wrong_usage_exits_with_2(arguments: list[str]):
    assert RUN.invoke(build_app(), arguments).exit_code == 2


def test_help_loads_no_heavy_library():
    heavy = "{'dagster', 'polars', 'duckdb', 'streamlit', 'pandera', 'sqlalchemy', 'deltalake', 'grpc'}"
    code = (
        "import sys; from hestia_assets.cli.app import build_app\n"
        "try: build_app()(['--help'])\n"
        f"except SystemExit: print('loaded:', sorted({heavy} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip().endswith("loaded: []")


def command_names() -> list[str]:
    """Every command as it is typed, groups spelled out."""
    root = typer.main.get_command(build_app())
    names = []
    for name, command in root.commands.items():
        inner = getattr(command, "commands", {})
        names += [f"{name} {each}" for each in inner] or [name]
    return names


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_in_the_handbook(name: str):
    handbook = (Path(__file__).parents[3] / "docs" / "how-to" / "command-line.md").read_text()

    assert f"hestia {name}" in handbook


@pytest.mark.parametrize("name", command_names())
def test_every_command_can_answer_in_json(name: str):
    assert "--json" in RUN.invoke(build_app(), [*name.split(), "--help"], env={"COLUMNS": "200"}).output
