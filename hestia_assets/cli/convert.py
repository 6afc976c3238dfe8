"""Any readable file → CSV files, without a home."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table

if TYPE_CHECKING:
    from hestia_assets.conversion import Conversion


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("convert")(convert)


def convert(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, Excel, JSON, XML, Parquet, zip …")],
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder that receives one CSV file per table.")],
    as_json: AsJson = False,
) -> None:
    """Write every table of a file as UTF-8 CSV, each value as text, header first."""
    from hestia_assets.conversion import convert_file

    with explained(as_json=as_json):
        done = convert_file(file, out)
        if as_json:
            print_json(_facts(done))
        else:
            _tell(done)


def _facts(done: "Conversion") -> dict[str, Any]:
    tables = [
        {
            "table": table.name,
            "file": str(table.path),
            "rows": table.rows,
            "columns": table.columns,
            "set_aside": table.set_aside,
            "set_aside_file": str(table.aside_path) if table.aside_path else None,
            "notes": [
                {"what": n.what, "count": n.count, "text": n.text, "places": list(n.places)} for n in table.notes
            ],
        }
        for table in done.tables
    ]
    return {"tables": tables, "skipped": [{"file": name, "why": why} for name, why in done.skipped]}


def _tell(done: "Conversion") -> None:
    rows = [(table.name, table.path.name, table.rows, table.columns, table.set_aside) for table in done.tables]
    print_table(("table", "file", "rows", "columns", "set aside"), rows)
    for table in done.tables:
        if table.aside_path is not None:
            rows_aside = counted(table.set_aside, "row")
            typer.echo(f"{table.name}: {rows_aside} set aside; see {table.aside_path.name} for the reasons.", err=True)
        for note in table.notes:
            typer.echo(f"{table.name}: {note.text}", err=True)
    for name, why in done.skipped:
        typer.echo(f"{name}: left out. {why}", err=True)
