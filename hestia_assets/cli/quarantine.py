"""Rows that could not become valid rows: listed, dropped, taken back, and what was done to each."""

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli import returning
from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import saved_dataset, session
from hestia_assets.cli.watching import watched

if TYPE_CHECKING:
    from hestia_assets.core.results import Entry, EntryFilter

Dataset = Annotated[str, typer.Argument()]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Rows, as the list names them: BATCH#ROW.")]
Rule = Annotated[str, typer.Option(help="Only rows that failed this rule first, such as in_range.")]
Column = Annotated[str, typer.Option(help="Only rows that failed at this column first.")]
OfBatch = Annotated[str, typer.Option("--batch", help="Only rows of this batch.")]
Search = Annotated[str, typer.Option(help="Only rows with this in their text or message.")]

SHOWN = ("id", "line", "state", "rule", "column", "message", "value", "text")


class Shown(StrEnum):
    """Which rows are listed."""

    OPEN = "open"
    LOADED = "loaded"
    DROPPED = "dropped"
    ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Rows that could not become valid rows.", no_args_is_help=True)
    group.command("list")(list_rows)
    group.command("history")(history)
    group.command("drop")(drop)
    group.command("reopen")(reopen)
    group.callback()(_group)
    returning.register(group)
    app.add_typer(group, name="quarantine")


def _group() -> None:
    """Rows that could not become valid rows."""


def list_rows(  # noqa: PLR0913, PLR0917 - one parameter per option
    context: typer.Context,
    dataset: Dataset,
    batch: OfBatch = "",
    rule: Rule = "",
    column: Column = "",
    search: Search = "",
    state: Annotated[Shown, typer.Option(help="Only rows in this state.")] = Shown.OPEN,
    limit: Annotated[int, typer.Option(min=1, help="How many rows.")] = 50,
    skip: Annotated[int, typer.Option(min=0, help="After so many of them.")] = 0,
    as_json: AsJson = False,
) -> None:
    """List rows set aside with id, file line, reason and original text; rows of undone batches wait for nobody."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        wanted = wanted_rows(rule, column, batch, search, state)
        page = hestia.quarantine.entries(saved_dataset(hestia, dataset), wanted, limit=limit, skip=skip)
        rows = [entry_fact(entry) for entry in page.entries]
        if as_json:
            counts = {name: dict(getattr(page, f"by_{name}")) for name in ("rule", "column", "batch", "state")}
            print_json({"dataset": dataset, "total": page.total, "counts": counts, "rows": rows})
        elif rows:
            title = f"{len(rows):,} of {page.total:,} quarantined rows"
            print_table(SHOWN, [[row[name] for name in SHOWN] for row in rows], title=title)
        else:
            typer.echo("No row is in quarantine." if not page.by_state else "No row in quarantine is like that.")


def history(
    context: typer.Context,
    dataset: Dataset,
    row: Annotated[str, typer.Argument(metavar="ID", help="A row, as the list names it: BATCH#ROW.")],
    as_json: AsJson = False,
) -> None:
    """What was done to a row: who, when, what, why, and by which batch."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec, (entry,) = saved_dataset(hestia, dataset), returning.entry_ids([row])
        found, steps = hestia.quarantine.entry(spec, entry), hestia.quarantine.history(spec, entry)
        if as_json:
            print_json(entry_fact(found) | {"history": [asdict(step) for step in steps]})
            return
        table = [(f"{s.at:%Y-%m-%d %H:%M:%S}", s.who, s.action.value, s.note, s.by_batch) for s in steps]
        title = f"{found.file_name}, line {found.line}: {found.state.value}. {found.message}"
        print_table(("when (UTC)", "who", "what", "why", "by batch"), table, title=title)


def drop(
    context: typer.Context,
    dataset: Dataset,
    rows: Ids,
    reason: Annotated[str, typer.Option(help="Why they are not wanted.")],
    as_json: AsJson = False,
) -> None:
    """Decide that open rows are not wanted; they are kept, and can be reopened. All of them, or none."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec, ids = saved_dataset(hestia, dataset), returning.entry_ids(rows)
        done = watched(hestia).drop(spec, ids, reason=reason, author=hestia.author)
        _tell("dropped", done, as_json=as_json)


def reopen(
    context: typer.Context,
    dataset: Dataset,
    rows: Ids,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take back that rows were dropped, all or none. Loaded rows come back by undo of the batch that loaded them."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec, ids = saved_dataset(hestia, dataset), returning.entry_ids(rows)
        done = watched(hestia).reopen(spec, ids, author=hestia.author, note=note)
        _tell("reopened", done, as_json=as_json)


def _tell(what: str, done: int, *, as_json: bool) -> None:
    if as_json:
        print_json({what: done})
    else:
        typer.echo(f"{counted(done, 'row')} {what}.")


def wanted_rows(rule: str, column: str, batch: str, search: str, state: Shown = Shown.OPEN) -> "EntryFilter":
    """Which rows a command is about."""
    from hestia_assets.core.results import EntryFilter, EntryState

    states = tuple(EntryState) if state is Shown.ALL else (EntryState(state.value),)
    return EntryFilter(rule, column, batch, search, states)


def entry_fact(entry: "Entry") -> dict[str, Any]:
    """A row for machines."""
    names = ("line", "rule", "column", "message", "value", "text", "problems", "at")
    fact = {"id": str(entry.id), "batch": entry.id.batch, "row": entry.id.row, "file": entry.file_name}
    found = {name: getattr(entry, name) for name in names}
    return fact | found | {"state": entry.state.value, "values": dict(entry.values), "wrong": dict(entry.wrong)}
