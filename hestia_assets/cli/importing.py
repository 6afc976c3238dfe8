"""Files in: a dataset for them, their batches, and one line about each."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hestia_assets.cli.batches import print_batches
from hestia_assets.cli.code_location import reload_code_location
from hestia_assets.cli.drifting import tell_drift
from hestia_assets.cli.gathering import HERE, Found, gather, refuse_missing
from hestia_assets.cli.handing_in import Imported, hand_in
from hestia_assets.cli.inspecting import tell_what_is_left
from hestia_assets.cli.output import AsJson, counted, explained, print_json, show_error
from hestia_assets.cli.session import saved_dataset, session
from hestia_assets.core.errors import HestiaError, ReadError, SpecError
from hestia_assets.core.specs import Mode

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Batch, Inspection
    from hestia_assets.core.specs import DatasetSpec

MOST_IN_A_TABLE = 20
"""Files that are shown as a table too; of more, a line for each is enough."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_files)


def import_files(
    context: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Files, folders, patterns, https:// or s3:// addresses.")
    ],
    dataset: Annotated[str, typer.Option(help="The dataset they belong to; a new one is made from the first file.")],
    mode: Annotated[Mode | None, typer.Option(help="What these files do to the rows that are there.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="A column that tells rows apart; may be repeated.")] = None,
    delete_missing: Annotated[
        bool | None,
        typer.Option("--delete-missing/--keep-missing", help="Rows that are not in a file go, from now on."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import files, folders, archives and addresses in one run; the same bytes twice change nothing.

    A file that is refused does not stop the others; the exit code is 1 then.
    """
    refuse_missing(files)
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        found = gather(hestia, files)
        refused, spec = dataset_for(hestia, dataset, found, mode=mode)
        if spec is not None:
            spec = _with_key(hestia, spec, key=key or (), mode=mode, delete_missing=delete_missing)
        done = [*refused, *(hand_in(hestia, found[len(refused) :], spec, mode=mode) if spec else ())]
        if as_json:
            facts = [one.as_dict() for one in done]
            print_json(facts[0] if len(facts) == 1 else facts)
        else:
            tell(done)
    if any(one.error for one in done):
        raise typer.Exit(1)


def inspect_file(hestia: "Hestia", path: Path) -> "Inspection":
    """The recipe that a file would get. Raises ReadError."""
    return _inspected(hestia, Found(str(path), HERE, path))


def import_file(hestia: "Hestia", path: Path, dataset: "DatasetSpec") -> Imported:
    """Import one file into a dataset that was saved.

    Raises:
        HestiaError: the file was refused.
    """
    (done,) = hand_in(hestia, [Found(str(path), HERE, path)], dataset)
    if done.batch is None and done.error is not None:
        raise done.error
    return done


def dataset_for(
    hestia: "Hestia", name: str, found: Sequence[Found], *, mode: Mode | None = None
) -> "tuple[list[Imported], DatasetSpec | None]":
    """The dataset called ``name``; one that does not exist is made from the recipe of the first file that has one.

    Returns the files before that one, which were refused, and the dataset, if there is one then.

    Raises:
        HestiaError: the name is no name.
    """
    from hestia_assets.core.specs import DatasetSpec, parse

    new = parse(DatasetSpec, {"name": name, "tenant": hestia.settings.tenant})
    if hestia.catalog.exists(new):
        return [], saved_dataset(hestia, name)
    refused: list[Imported] = []
    for each in found:
        try:
            inspection = _inspected(hestia, each)
        except HestiaError as error:
            refused.append(Imported(Path(each.name), error=error, name=each.name))
            continue
        kept = mode if mode is not None and mode is not Mode.UPSERT else Mode.APPEND  # upsert comes with its key
        spec = new.model_copy(update={"recipe": inspection.recipe, "mode": kept})
        hestia.catalog.save(spec, author=hestia.author)
        reload_code_location(hestia.settings)
        tell_what_is_left(each.name, inspection)
        return refused, spec
    return refused, None


def _inspected(hestia: "Hestia", found: Found) -> "Inspection":
    """How a file, or the first file of an archive that is a table, would be read. Raises HestiaError."""
    with found.opened(hestia) as (file_name, source):
        members = hestia.ingest.members(source, file_name=file_name)
        if not members:
            source.seek(0)
            return hestia.ingest.inspect(source, file_name=file_name)
        errors: list[HestiaError] = []
        for member in members:
            try:
                with hestia.ingest.member(source, member.name, file_name=file_name) as content:
                    return hestia.ingest.inspect(content, file_name=Path(member.name).name)
            except ReadError as error:
                errors.append(error)
        raise errors[0]


def _with_key(
    hestia: "Hestia", spec: "DatasetSpec", *, key: Sequence[str], mode: Mode | None, delete_missing: bool | None
) -> "DatasetSpec":
    """The dataset with the key and the choice that were given, saved where they are new. Raises SpecError.

    The first key that comes with upsert makes that the dataset's own mode.
    """
    from hestia_assets.core.specs import DatasetSpec, parse

    changes: dict[str, object] = {"primary_key": [_column(spec, name) for name in key]} if key else {}
    if key and mode is Mode.UPSERT and not spec.primary_key:
        changes["mode"] = mode
    if delete_missing is not None:
        changes |= {"delete_missing": delete_missing} | ({"mode": Mode.UPSERT} if delete_missing else {})
    if not changes:
        return spec
    changed = parse(DatasetSpec, spec.model_dump() | changes)
    if changed != spec:
        hestia.catalog.save(changed, author=hestia.author)
        reload_code_location(hestia.settings)
    return changed


def _column(spec: "DatasetSpec", name: str) -> str:
    """The column of that name or header. Raises SpecError."""
    columns = spec.recipe.columns
    for column in columns:
        if name in (column.name, column.source):
            return column.name
    listed = ", ".join(column.name for column in columns)
    raise SpecError(f"Dataset {spec.key} has no column '{name}'.", hint=f"Use one of: {listed}.")


def tell(done: list[Imported]) -> None:
    """A line for each file, and a sum of many."""
    from hestia_assets.core.sentences import left_as_edited

    batches = [one.batch for one in done if one.batch]
    if 0 < len(batches) <= MOST_IN_A_TABLE:
        print_batches(batches)
    for one in done:
        if not one.known:
            tell_drift(one.label, one.drift)
        if one.batch and one.batch.state.value == "committed":
            typer.echo(_sentence(one, one.batch))
            _tell_if_empty(one, one.batch)
            if not one.known and (twice := left_as_edited(one.batch.checks, "line")):
                typer.echo(f"{one.label}: {twice}")
        if one.error is not None:
            typer.echo(f"{one.label}:", err=True)
            show_error(one.error, as_json=False)
    if len(done) > 1:
        bad = sum(one.error is not None for one in done)
        rows = sum(batch.rows_loaded for batch in batches)
        typer.echo(f"{counted(len(done), 'file')}, {bad:,} of them refused or held; {counted(rows, 'row')} loaded.")


def _sentence(one: Imported, batch: "Batch") -> str:
    before = "was imported before, nothing changed; " if one.known else ""
    lines = batch.account
    rest = lines.total - lines.loaded - lines.quarantined
    return (
        f"{one.label}: {before}{counted(lines.total, 'line')}, of which {lines.loaded:,} loaded,"
        f" {lines.quarantined:,} in quarantine, {rest:,} without data."
    )


def _tell_if_empty(one: Imported, batch: "Batch") -> None:
    """A file of which nothing came through must not look like one that did."""
    if batch.rows_loaded:
        return
    why = f"See why with: hestia quarantine list {batch.dataset}" if batch.rows_quarantined else "It holds no row."
    typer.echo(f"{one.label}: NO ROW WAS LOADED. {why}", err=True)
