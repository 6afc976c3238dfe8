"""A person's decision about a held batch: publish it as it is, or give it up."""

from typing import TYPE_CHECKING, Annotated

import typer

from hestia_assets.cli.batches import batch_fact, print_batches
from hestia_assets.cli.output import AsJson, explained, print_json
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Batch

Note = Annotated[str, typer.Option("--note", help="Why; kept on the audit trail and shown with the batch.")]
BatchId = Annotated[str, typer.Argument(help="A batch id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("release")(release)
    app.command("discard")(discard)


def release(context: typer.Context, batch: BatchId, note: Note = "", as_json: AsJson = False) -> None:
    """Publish a held batch in spite of what holds it; its bad rows still go to quarantine.

    Where the dataset was changed since, the batch may be held again; the exit code is 1 then.
    """
    from hestia_assets.core.results import BatchState

    with explained(as_json=as_json):
        hestia = session(context).hestia()
        done = _published(hestia, batch, note)
        if done.state is BatchState.COMMITTED:
            _tell(done, "is published", as_json=as_json)
            return
        _tell_why_not(done, as_json=as_json)
    raise typer.Exit(1)


def discard(context: typer.Context, batch: BatchId, note: Note = "", as_json: AsJson = False) -> None:
    """Give up a batch that was not published; its original file is kept."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        done = hestia.ingest.discard(batch, author=hestia.author, note=note)
        _tell(done, "is discarded; nothing of it is in the tables", as_json=as_json)


def _published(hestia: "Hestia", batch: str, note: str) -> "Batch":
    """Release and run. One released by a command that was cut off only runs. Raises HestiaError."""
    from hestia_assets.cli.dagster_runs import import_batch
    from hestia_assets.core.results import UNFINISHED

    found = hestia.batches.get(batch)
    if not (found.released_by and found.state in UNFINISHED):
        found = hestia.ingest.release(batch, author=hestia.author, note=note)
    return import_batch(hestia, found)


def _tell(batch: "Batch", what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(batch_fact(batch))
    else:
        print_batches([batch])
        typer.echo(f"{batch.file_name} {what}.")


def _tell_why_not(batch: "Batch", *, as_json: bool) -> None:
    if as_json:
        print_json(batch_fact(batch))
        return
    print_batches([batch])
    again = " again" if batch.state.value == "held" else ""
    typer.echo(f"{batch.file_name} is {batch.state.value}{again}; nothing of it is published.", err=True)
    if batch.problem:
        typer.echo(f"{batch.problem.message}\n{batch.problem.hint}", err=True)
