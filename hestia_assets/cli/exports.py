"""Files for others."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from hestia_assets.cli.output import AsJson, counted, explained, print_json
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from pathlib import Path

    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import ExportResult


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Files for others.", no_args_is_help=True)
    group.command("run")(run)
    group.callback()(_group)
    app.add_typer(group, name="export")


def _group() -> None:
    """Files for others."""


def run(context: typer.Context, name: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """Write the file of an export anew; it takes its name only once it has proved complete."""
    from hestia_assets.cli.dagster_runs import run_export

    with explained(as_json=as_json):
        hestia = session(context).hestia()
        result = run_export(hestia, name)
        path = exported_path(hestia, result)
        if as_json:
            print_json(asdict(result) | {"path": str(path)})
        else:
            typer.echo(
                f"{path}: {counted(result.rows, 'row')}, {counted(result.size_bytes, 'byte')}, SHA-256 {result.sha256}"
            )


def exported_path(hestia: "Hestia", result: "ExportResult") -> "Path":
    """Where the file is on this machine."""
    return (hestia.settings.exports / result.path).resolve()
