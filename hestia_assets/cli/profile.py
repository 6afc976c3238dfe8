"""What the columns of a table look like."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import principal, saved_dataset, session
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.shapes import lines

if TYPE_CHECKING:
    from hestia_assets.core.results import ColumnFacts


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("profile")(profile)


def profile(
    context: typer.Context,
    dataset: Annotated[str, typer.Argument()],
    batch: Annotated[str | None, typer.Option(help="Only the rows of this batch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the columns of a table look like: filled, different, from and to, the shapes of texts."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec = saved_dataset(hestia, dataset)
        ref = TableRef(Layer.VALIDATED, spec.tenant, spec.name)
        if not hestia.tables.exists(ref):
            if as_json:
                print_json({"rows": 0, "columns": []})
            else:
                typer.echo("The profile begins with the first import.")
            return
        if batch is not None and hestia.batches.get(batch).dataset != spec.name:
            raise NotFoundError("batch", batch)
        found = hestia.profiles.profile(ref, principal=principal(hestia), batch=batch)
        if as_json:
            columns = [asdict(one) | {"looks_like": lines(one)} for one in found.columns]
            print_json({"rows": found.rows, "columns": columns})
            return
        header = ("column", "type", "filled", "different", "from", "to", "looks like")
        print_table(header, [_row(one) for one in found.columns], title=f"{dataset}: {counted(found.rows, 'row')}")


def _row(facts: "ColumnFacts") -> tuple[object, ...]:
    filled = facts.rows - facts.nulls - facts.blanks
    ends = (None, None) if facts.shapes else (facts.minimum, facts.maximum)
    return (facts.name, facts.type, filled, facts.distinct, *ends, "; ".join(lines(facts)))
