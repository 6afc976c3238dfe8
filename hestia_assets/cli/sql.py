"""One question to the tables."""

from typing import TYPE_CHECKING, Annotated

import typer

from hestia_assets.cli.output import AsJson, ResultFormat, counted, explained, print_csv, print_json, print_table
from hestia_assets.cli.session import principal, session
from hestia_assets.core.access import Purpose

if TYPE_CHECKING:
    import polars as pl


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sql")(run_sql)


def run_sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="One SELECT; tables are layer.name, such as validated.orders.")],
    format: Annotated[ResultFormat, typer.Option("--format", help="How to print the result.")] = ResultFormat.TABLE,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run one read-only query."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        result = hestia.gate.sql(principal(hestia), query, purpose=Purpose.SQL, limit=limit)
        _PRINT[ResultFormat.JSON if as_json else format](result)


def _print_as_table(result: "pl.DataFrame") -> None:
    print_table(result.columns, result.rows())
    typer.echo(counted(result.height, "row"))


def _print_as_csv(result: "pl.DataFrame") -> None:
    print_csv(result.columns, result.iter_rows())


def _print_as_json(result: "pl.DataFrame") -> None:
    print_json(result.to_dicts())


_PRINT = {
    ResultFormat.TABLE: _print_as_table,
    ResultFormat.CSV: _print_as_csv,
    ResultFormat.JSON: _print_as_json,
}
