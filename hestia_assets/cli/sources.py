"""Places that files are fetched from."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.deleting import delete_source
from hestia_assets.cli.handing_in import left_out, run_waiting, taken_in
from hestia_assets.cli.importing import tell
from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from hestia_assets.cli.handing_in import Imported
    from hestia_assets.core.results import FetchResult


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Places that files are fetched from.", no_args_is_help=True)
    group.command("check")(check)
    group.command("fetch")(fetch)
    group.command("delete")(delete_source)
    group.callback()(_group)
    app.add_typer(group, name="source")


def _group() -> None:
    """Places that files are fetched from."""


def check(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="https://… for one file, s3://bucket/prefix for all objects below it.")],
    pattern: Annotated[str, typer.Option(help="Only objects whose name matches.")] = "*",
    as_json: AsJson = False,
) -> None:
    """Ask whether files can be had from an address, and show the first ones; nothing is imported."""
    with explained(as_json=as_json):
        found = session(context).hestia().sources.check(url, pattern)
        if as_json:
            print_json([{"name": file.name, "size_bytes": file.size_bytes} for file in found])
        elif found:
            print_table(("file", "bytes"), [(file.name, file.size_bytes) for file in found])
        else:
            typer.echo("There is no file whose name matches.")


def fetch(
    context: typer.Context, name: Annotated[str, typer.Argument(help="A saved source.")], as_json: AsJson = False
) -> None:
    """Bring what is new from a saved source and import it; the exit code is 1 if a file was refused."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        result = hestia.sources.fetch(name, tenant=hestia.settings.tenant, author=hestia.author)
        brought = [taken_in(each, name=each.batch.file_name) for each in result.received]
        done = run_waiting(hestia, [*brought, *left_out(result.skipped)])
        if as_json:
            print_json(_facts(result, done))
        else:
            tell(done)
            typer.echo(f"{counted(len(result.known), 'file')} had been fetched before.")
    if any(one.error for one in done):
        raise typer.Exit(1)


def _facts(result: "FetchResult", done: "list[Imported]") -> dict[str, Any]:
    return {"files": [one.as_dict() for one in done], "known": list(result.known)}
