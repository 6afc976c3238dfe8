"""Rows that could not become valid rows."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.output import AsJson, explained, print_json, print_table
from hestia_assets.cli.session import principal, session
from hestia_assets.core.access import Purpose
from hestia_assets.core.layers import Layer, TableRef

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

COLUMNS = {
    "_batch": "batch",
    "_line": "line",
    "rule": "rule",
    "column": "column",
    "message": "message",
    "value": "value",
    "text": "text",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Rows that could not become valid rows.", no_args_is_help=True)
    group.command("list")(list_rows)
    group.callback()(_group)
    app.add_typer(group, name="quarantine")


def _group() -> None:
    """Rows that could not become valid rows."""


def list_rows(
    context: typer.Context,
    dataset: Annotated[str, typer.Argument()],
    batch: Annotated[str | None, typer.Option(help="Only of this batch.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List quarantined rows with file line, reason and original text; those of undone batches only when asked for."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        hestia.catalog.get("dataset", hestia.settings.tenant, dataset)
        total, rows = _rows(hestia, dataset, batch=batch, limit=limit)
        if as_json:
            print_json({"dataset": dataset, "total": total, "rows": rows})
        elif rows:
            title = f"{len(rows):,} of {total:,} quarantined rows"
            print_table(list(COLUMNS.values())[1:], [list(row.values())[1:] for row in rows], title=title)
        else:
            typer.echo("No row is in quarantine.")


def _rows(hestia: "Hestia", dataset: str, *, batch: str | None, limit: int) -> tuple[int, list[dict[str, Any]]]:
    import polars as pl

    ref = TableRef(Layer.QUARANTINE, hestia.settings.tenant, dataset)
    if not hestia.tables.exists(ref):
        return 0, []
    frame = hestia.gate.read(principal(hestia), ref, purpose=Purpose.PREVIEW)
    if batch is not None:
        frame = frame.filter(pl.col("_batch") == batch)
    else:  # rows of undone batches wait for nobody
        undone = hestia.ingest.undone(hestia.settings.tenant, dataset)
        frame = frame.filter(~pl.col("_batch").is_in(sorted(undone)))
    total = frame.select(pl.len()).collect().item()
    shown = frame.select(*COLUMNS).rename(COLUMNS).sort("batch", "line").head(limit).collect()
    return total, shown.to_dicts()
