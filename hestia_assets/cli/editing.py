"""Correct a row of a table by hand."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hestia_assets.cli.batches import batch_fact, print_batches
from hestia_assets.cli.output import AsJson, explained, print_json
from hestia_assets.cli.session import session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("edit")(edit)


def edit(
    context: typer.Context,
    batch: Annotated[str, typer.Argument(help="The row's _batch, as the validated table shows it.")],
    row: Annotated[int, typer.Argument(help="The row's _row.")],
    values: Annotated[list[str], typer.Argument(metavar="COLUMN=VALUE...", help="Nothing behind the =: no value.")],
    as_json: AsJson = False,
) -> None:
    """Give a row of the validated table new values; a batch of its own, with undo and redo."""
    with explained(as_json=as_json):
        from hestia_assets.cli.session import saved_dataset
        from hestia_assets.core.results import RowEdit

        hestia = session(context).hestia()
        dataset = saved_dataset(hestia, hestia.batches.get(batch).dataset)
        done = hestia.ingest.edit(dataset, [RowEdit(batch, row, _pairs(values))], author=hestia.author)
        if as_json:
            print_json(batch_fact(done))
        else:
            print_batches([done])


def _pairs(values: Sequence[str]) -> dict[str, str | None]:
    pairs: dict[str, str | None] = {}
    for each in values:
        name, sign, value = each.partition("=")
        if not sign or not name:
            raise typer.BadParameter(f"'{each}' is no COLUMN=VALUE.", param_hint="COLUMN=VALUE")
        if name in pairs:
            raise typer.BadParameter(f"'{name}' is given twice.", param_hint="COLUMN=VALUE")
        pairs[name] = value or None
    return pairs
