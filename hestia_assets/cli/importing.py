"""Files in: what a file would become, and making it so."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.batches import batch_fact, print_batches
from hestia_assets.cli.code_location import reload_code_location
from hestia_assets.cli.output import AsJson, Failure, counted, explained, print_json, show_error
from hestia_assets.cli.session import session
from hestia_assets.core.errors import HeldError, HestiaError

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import Batch, Inspection
    from hestia_assets.core.specs import DatasetSpec


@dataclass(frozen=True)
class Imported:
    """What became of one file. ``known``: it was here before and nothing changed."""

    path: Path
    batch: "Batch | None" = None
    known: bool = False
    error: HestiaError | None = None

    def as_dict(self) -> dict[str, Any]:
        """What --json prints."""
        if self.batch is not None:
            return batch_fact(self.batch)
        assert self.error is not None, "a file without a batch was refused"
        return {"file": str(self.path), **Failure(self.error).as_dict()}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_files)


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
    dataset: Annotated[str, typer.Option(help="The dataset they belong to; a new one is made from the first file.")],
    as_json: AsJson = False,
) -> None:
    """Import files; the same bytes twice change nothing.

    A file that is refused does not stop the others; the exit code is 1 then.
    """
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        done = [_import(hestia, path, dataset) for path in files]
        if as_json:
            facts = [one.as_dict() for one in done]
            print_json(facts[0] if len(facts) == 1 else facts)
        else:
            _tell(done)
    if any(one.error for one in done):
        raise typer.Exit(1)


def inspect_file(hestia: "Hestia", path: Path) -> "Inspection":
    """The recipe that a file would get. Raises ReadError."""
    with path.open("rb") as source:
        return hestia.ingest.inspect(source, file_name=path.name)


def import_file(hestia: "Hestia", path: Path, dataset: "DatasetSpec") -> Imported:
    """Import one file into a dataset that was saved.

    Raises:
        HestiaError: the file was refused.
    """
    from hestia_assets.core.results import BatchState

    with path.open("rb") as source:
        received = hestia.ingest.receive(dataset, source, file_name=path.name, author=hestia.author)
    batch = received.batch
    if batch.state is BatchState.COMMITTED:
        return Imported(path, batch, known=True)
    if batch.state is not BatchState.HELD:
        from hestia_assets.cli.dagster_runs import import_batch

        batch = import_batch(hestia, batch)
    return Imported(path, batch, error=_why_not(batch))


def dataset_for(hestia: "Hestia", name: str, path: Path) -> "DatasetSpec":
    """The dataset called ``name``; one that does not exist is made from the file's recipe.

    Raises:
        HestiaError: the name is no name, or the file cannot be read.
    """
    from hestia_assets.core.specs import DatasetSpec, parse

    tenant = hestia.settings.tenant
    new = parse(DatasetSpec, {"name": name, "tenant": tenant})
    if hestia.catalog.exists(new):
        return saved_dataset(hestia, name)
    spec = new.model_copy(update={"recipe": inspect_file(hestia, path).recipe})
    hestia.catalog.save(spec, author=hestia.author)
    reload_code_location(hestia.settings)
    return spec


def saved_dataset(hestia: "Hestia", name: str) -> "DatasetSpec":
    """The dataset as it was saved last. Raises NotFoundError."""
    from hestia_assets.core.specs import DatasetSpec

    spec = hestia.catalog.get("dataset", hestia.settings.tenant, name).spec
    assert isinstance(spec, DatasetSpec), "the catalogue gives the kind that it was asked for"
    return spec


def _import(hestia: "Hestia", path: Path, dataset: str) -> Imported:
    try:
        return import_file(hestia, path, dataset_for(hestia, dataset, path))
    except HestiaError as error:
        return Imported(path, error=error)


def _why_not(batch: "Batch") -> HestiaError | None:
    """Why the batch is not in the tables, if it is not."""
    from hestia_assets.core.results import BatchState

    if batch.state is BatchState.COMMITTED:
        return None
    if batch.problem is not None:
        return HeldError(batch.problem.message, hint=batch.problem.hint)
    return HeldError(f"{batch.file_name} waits for a person.", hint="Open the Import page and decide about it.")


def _tell(done: list[Imported]) -> None:
    batches = [one.batch for one in done if one.batch]
    if batches:
        print_batches(batches)
    for one in done:
        if one.batch and one.batch.state.value == "committed":
            typer.echo(_sentence(one, one.batch))
            _tell_if_empty(one, one.batch)
        if one.error is not None:
            typer.echo(f"{one.path}:", err=True)
            show_error(one.error, as_json=False)


def _sentence(one: Imported, batch: "Batch") -> str:
    before = "was imported before, nothing changed; " if one.known else ""
    lines = batch.account
    rest = lines.total - lines.loaded - lines.quarantined
    return (
        f"{one.path.name}: {before}{counted(lines.total, 'line')}, of which {lines.loaded:,} loaded,"
        f" {lines.quarantined:,} in quarantine, {rest:,} without data."
    )


def _tell_if_empty(one: Imported, batch: "Batch") -> None:
    """A file of which nothing came through must not look like one that did."""
    if batch.rows_loaded:
        return
    why = f"See why with: hestia quarantine list {batch.dataset}" if batch.rows_quarantined else "It holds no row."
    typer.echo(f"{one.path.name}: NO ROW WAS LOADED. {why}", err=True)
