"""Take a file out of the tables again, bring it back, read it anew."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.batches import batch_fact, print_batches
from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from hestia_assets.core.results import UndoResult

BatchId = Annotated[str, typer.Argument(help="A batch id.")]
DONE = ("left", "came")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("undo")(undo)
    app.command("redo")(redo)
    app.command("reimport")(reimport)


def undo(
    context: typer.Context,
    batch: BatchId,
    look: Annotated[bool, typer.Option("--look", help="Only say what would happen.")] = False,
    keep_fixes: Annotated[
        bool, typer.Option("--keep-fixes", help="Leave rows in the table that were set aside and fixed since.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a batch out of the validated table, with rows of it that were set aside and fixed since.

    What later files or edits made of its rows stays and is listed.
    """
    with explained(as_json=as_json):
        ingest, author = session(context).hestia().ingest, session(context).hestia().author
        if look:
            result = ingest.undo_preview(batch, keep_fixes=keep_fixes)
        else:
            result = ingest.undo(batch, author=author, keep_fixes=keep_fixes)
        _tell(result, *(("would leave", "would come") if look else DONE), as_json=as_json)


def redo(context: typer.Context, batch: BatchId, as_json: AsJson = False) -> None:
    """Bring an undone batch back to its place among the others."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        _tell(hestia.ingest.redo(batch, author=hestia.author), *DONE, as_json=as_json)


def reimport(context: typer.Context, batch: BatchId, as_json: AsJson = False) -> None:
    """Undo a batch and read its file again, as a new batch, as the dataset is declared now."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        done = hestia.ingest.reimport(batch, author=hestia.author)
        if as_json:
            print_json(batch_fact(done))
        else:
            print_batches([done])


def _tell(result: "UndoResult", left: str, came: str, *, as_json: bool) -> None:
    kept = [(row.identity, row.line, row.replaced_by) for row in result.kept_rows]
    if as_json:
        print_json(batch_fact(result.batch) | _facts(result))
        return
    print_batches([result.batch])
    typer.echo(f"{result.removed:,} rows {left} the table, {result.restored:,} {came} back, {result.kept:,} stay.")
    if result.fixed:
        typer.echo(_fixed(result, left, came))
    if kept:
        print_table(("row", "line", "stays as this batch made it"), kept, title=f"{len(kept):,} of {result.kept:,}")


def _fixed(result: "UndoResult", left: str, came: str) -> str:
    """What becomes of rows that were set aside and fixed since."""
    by = ", ".join(result.fixed_by)
    if result.fixes_stay:
        one = result.fixed == 1
        verb = "stays" if one else "stay"
        words = f"{counted(result.fixed, 'row')} of it {'was' if one else 'were'} fixed since and {verb} in the table"
        return f"{words} (by {by}); without --keep-fixes {'it leaves' if one else 'they leave'} too."
    if result.batch.state.value == "committed" and left == DONE[0]:
        return f"{counted(result.fixed, 'row')} of these had been fixed and {came} back too (by {by})."
    return (
        f"{counted(result.fixed, 'row')} of these had been fixed since and {left} too (by {by}); "
        "redo brings them back, --keep-fixes leaves them."
    )


def _facts(result: "UndoResult") -> dict[str, Any]:
    rows = [{"row": row.identity, "line": row.line, "replaced_by": row.replaced_by} for row in result.kept_rows]
    counts = {"removed": result.removed, "restored": result.restored, "kept": result.kept, "kept_rows": rows}
    return counts | {"fixed": result.fixed, "fixed_by": list(result.fixed_by), "fixes_stay": result.fixes_stay}
