"""Tables made from tables."""

from dataclasses import asdict
from typing import Annotated

import typer

from hestia_assets.cli.output import AsJson, counted, explained, print_json
from hestia_assets.cli.session import session


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Tables made from tables.", no_args_is_help=True)
    group.command("run")(run)
    group.callback()(_group)
    app.add_typer(group, name="transform")


def _group() -> None:
    """Tables made from tables."""


def run(context: typer.Context, name: Annotated[str, typer.Argument()], as_json: AsJson = False) -> None:
    """Make the table of a transform anew."""
    from hestia_assets.cli.dagster_runs import run_transform

    with explained(as_json=as_json):
        result = run_transform(session(context).hestia(), name)
        if as_json:
            print_json(asdict(result))
        else:
            typer.echo(
                f"{result.table}: {counted(result.rows, 'row')}, version {result.version}, {result.seconds:.1f} s"
            )
