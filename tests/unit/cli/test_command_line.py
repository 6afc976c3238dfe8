"""The command itself: help, versions, wrong usage, what it costs to start."""

import subprocess
import sys

import pytest
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
