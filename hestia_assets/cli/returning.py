"""Rows that come back from quarantine: taken along in a file, resubmitted, accepted, judged again."""

from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from hestia_assets.cli.batches import batch_fact, print_batches
from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import saved_dataset, session
from hestia_assets.cli.watching import watched

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from hestia_assets.core.results import EntryId, NewerRow, Resubmission, Returned

Dataset = Annotated[str, typer.Argument()]
Preview = Annotated[bool, typer.Option("--preview", help="Only say what would happen.")]
OverNewer = Annotated[
    bool, typer.Option("--over-newer", help="Load rows also where a later batch brought a newer value of their key.")
]
SUFFIXES: dict[str, Literal["xlsx", "csv"]] = {".xlsx": "xlsx", ".csv": "csv"}
MOST_SHOWN = 50


def register(group: typer.Typer) -> None:
    """Add the commands to those of quarantine."""
    for command in (export, resubmit, accept, replay):
        group.command(command.__name__)(command)


def export(  # noqa: PLR0913, PLR0917 - one parameter per option
    context: typer.Context,
    dataset: Dataset,
    to: Annotated[Path, typer.Option(help="A new file: .xlsx or .csv.")],
    batch: Annotated[str, typer.Option(help="Only rows of this batch.")] = "",
    rule: Annotated[str, typer.Option(help="Only rows that failed this rule first.")] = "",
    column: Annotated[str, typer.Option(help="Only rows that failed at this column first.")] = "",
    search: Annotated[str, typer.Option(help="Only rows with this in their text or message.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many rows.")] = 100_000,
    as_json: AsJson = False,
) -> None:
    """Write open rows to a workbook or CSV file, to be corrected there and handed in with resubmit."""
    from hestia_assets.core.results import EntryFilter

    form = SUFFIXES.get(to.suffix.lower())
    if form is None:
        raise typer.BadParameter("Its name must end in .xlsx or .csv.", param_hint="--to")
    if to.exists():
        raise typer.BadParameter(f"There is a file {to} already.", param_hint="--to")
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec, wanted = saved_dataset(hestia, dataset), EntryFilter(rule, column, batch, search)
        with _new_file(to) as target:
            done = watched(hestia).export(spec, target, format=form, wanted=wanted, limit=limit)
        if as_json:
            print_json({"path": str(to.resolve())} | asdict(done))
            return
        typer.echo(f"{to}: {counted(done.rows, 'row')} of {done.total:,}.")
        if done.left_out:
            rows = [(one.place, one.reason) for one in done.left_out[:MOST_SHOWN]]
            title = f"{counted(len(done.left_out), 'row')} cannot stand in a workbook; take them along as .csv"
            print_table(("row", "why"), rows, title=title)


def resubmit(
    context: typer.Context,
    dataset: Dataset,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A corrected workbook or CSV file.")],
    preview: Preview = False,
    note: Annotated[str, typer.Option(help="Kept with each row.")] = "",
    over_newer: OverNewer = False,
    as_json: AsJson = False,
) -> None:
    """Load what was corrected in an exported file; what is still wrong stays open, nothing is loaded twice."""
    from hestia_assets.core.errors import EditError

    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec = saved_dataset(hestia, dataset)
        with file.open("rb") as source:
            returned = watched(hestia).read_back(spec, source, file_name=file.name)
        if returned.refused and not (returned.fixes or returned.unchanged or returned.known):
            first, more = returned.refused[0], len(returned.refused) - 1
            rest = f"; {more:,} more" if more else ""
            raise EditError(
                f"No row of {file.name} can be taken: {first.place}: {first.reason}{rest}.",
                hint="Export the rows again, and keep every cell a text.",
            )
        done = (
            watched(hestia).preview(spec, returned.fixes, over_newer=over_newer)
            if preview
            else watched(hestia).resubmit(spec, returned.fixes, author=hestia.author, note=note, over_newer=over_newer)
        )
        _tell(done, preview=preview, returned=returned, as_json=as_json)


def accept(
    context: typer.Context,
    dataset: Dataset,
    rows: Annotated[list[str], typer.Argument(metavar="ID...", help="Rows, as the list names them: BATCH#ROW.")],
    reason: Annotated[str, typer.Option(help="Why they may stay as they are.")],
    preview: Preview = False,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the exemption. [default: for ever]")
    ] = None,
    over_newer: OverNewer = False,
    as_json: AsJson = False,
) -> None:
    """Load rows as they are: the checks that they fail get an exemption in the dataset's declaration."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec, ids = saved_dataset(hestia, dataset), entry_ids(rows)
        day = until.date() if until else None
        desk, author = watched(hestia), hestia.author
        done = (
            desk.accept_preview(spec, ids, over_newer=over_newer)
            if preview
            else desk.accept(spec, ids, reason=reason, until=day, author=author, over_newer=over_newer)
        )
        _tell(done, preview=preview, as_json=as_json)


def replay(
    context: typer.Context,
    dataset: Dataset,
    batch: Annotated[str, typer.Option(help="Only rows of this batch.")] = "",
    rule: Annotated[str, typer.Option(help="Only rows that failed this rule first.")] = "",
    column: Annotated[str, typer.Option(help="Only rows that failed at this column first.")] = "",
    preview: Preview = False,
    over_newer: OverNewer = False,
    as_json: AsJson = False,
) -> None:
    """Judge open rows again, unchanged, after a rule, a type or the way of reading was changed."""
    from hestia_assets.core.results import EntryFilter

    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec, wanted = saved_dataset(hestia, dataset), EntryFilter(rule, column, batch)
        done = (
            watched(hestia).replay_preview(spec, wanted, over_newer=over_newer)
            if preview
            else watched(hestia).replay(spec, wanted, author=hestia.author, over_newer=over_newer)
        )
        _tell(done, preview=preview, as_json=as_json)


def _tell(done: "Resubmission", *, preview: bool, as_json: bool, returned: "Returned | None" = None) -> None:
    wrong = [(str(one.id), column, message) for one in done.still_wrong for column, message in one.problems.items()]
    known = dict.fromkeys((*done.known, *(returned.known if returned else ())))
    refused = [(one.place, one.reason) for one in returned.refused] if returned else []
    if as_json:
        print_json(_fact(done, preview=preview, returned=returned) | {"known": [str(one) for one in known]})
        return
    held = done.batch is not None and not (done.loaded or done.still_wrong or done.newer)
    untouched = f", {returned.unchanged:,} not changed" if returned else ""
    typer.echo(
        f"{counted(len(done.loaded), 'row')} {'would be ' if preview else ''}loaded, {len(done.still_wrong):,} still "
        f"wrong, {len(known):,} loaded or dropped before{untouched}, {len(refused):,} refused."
    )
    if held:
        typer.echo("A check holds the batch: release it or discard it.")
    if done.newer:
        _tell_newer(done, preview=preview)
    if wrong:
        print_table(("row", "column", "what is wrong"), wrong[:MOST_SHOWN], title="Still wrong")
    if refused:
        print_table(("where", "why"), refused[:MOST_SHOWN], title="Refused")
    if done.batch is not None:
        print_batches([done.batch, *done.others])


def _tell_newer(done: "Resubmission", *, preview: bool) -> None:
    """Values that a later batch brought, and what becomes of them."""
    number = counted(len(done.newer), "row")
    if done.over_newer:
        words = f"{number} of these {'would take' if preview else 'took'} the place of newer values."
    else:
        stay = "would stay" if preview else ("stays" if len(done.newer) == 1 else "stay")
        words = f"{number} {stay} open: the table has newer values of their keys. --over-newer loads them all the same."
    typer.echo(words)
    rows = [
        (str(one.id), one.key, column, old, one.since, new)
        for one in done.newer
        for column, (old, new) in (one.values or {"": ("removed", "the row again")}).items()
    ]
    print_table(("row", "key", "column", "in the table", "since batch", "would get"), rows[:MOST_SHOWN], title="Newer")


def _fact(done: "Resubmission", *, preview: bool, returned: "Returned | None") -> dict[str, Any]:
    batches = [batch_fact(one) for one in (done.batch, *done.others) if one is not None]
    fact: dict[str, Any] = {
        "preview": preview,
        "loaded": [str(one) for one in done.loaded],
        "still_wrong": [{"id": str(one.id), "problems": dict(one.problems)} for one in done.still_wrong],
        "newer": [_newer_fact(one) for one in done.newer],
        "over_newer": done.over_newer,
        "batches": batches,
    }
    if returned is not None:
        fact |= {"unchanged": returned.unchanged, "refused": [asdict(one) for one in returned.refused]}
    return fact


def _newer_fact(one: "NewerRow") -> dict[str, Any]:
    values = {name: {"in_table": old, "would_get": new} for name, (old, new) in one.values.items()}
    return {"id": str(one.id), "key": one.key, "since": one.since, "is_gone": one.is_gone, "values": values}


@contextmanager
def _new_file(path: Path) -> "Generator[BinaryIO]":
    """A file that has its name only when it is complete. Raises ExportError."""
    from hestia_assets.core.errors import ExportError

    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as target:
            yield target
        part.replace(path)
    except OSError as error:
        hint = "Choose a folder that exists, may be written and has room."
        raise ExportError(f"{path} cannot be written: {error.strerror}.", hint=hint) from error
    finally:
        part.unlink(missing_ok=True)


def entry_ids(names: "Sequence[str]") -> "list[EntryId]":
    """Ids as they were typed. Raises BadParameter."""
    from hestia_assets.core.results import EntryId

    try:
        return [EntryId.parse(name) for name in dict.fromkeys(names)]
    except ValueError as error:
        raise typer.BadParameter(f"'{error}' is no BATCH#ROW.", param_hint="ID") from error
