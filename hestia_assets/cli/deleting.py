"""Specs that are not wanted any more: what they did stays, and each command says so."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from hestia_assets.cli.code_location import reload_code_location
from hestia_assets.cli.output import AsJson, counted, explained, print_json
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from hestia_assets.core.results import DeletedSpec

_STAYS = {
    "source": "Nothing is fetched from it any more. The files that it brought and their rows stay in the dataset {0}.",
    "transform": "It runs no more. Its table stays, as it was made last.",
    "export": "It runs no more. The files that it published stay.",
    "alert": "It tells nobody anything any more. What waits in the outbox is given up with the next round.",
}


class DeletableKind(StrEnum):
    """What can be deleted: a dataset cannot, as its files and tables would belong to nothing."""

    SOURCE = "source"
    TRANSFORM = "transform"
    EXPORT = "export"
    ALERT = "alert"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("delete")(delete)


def delete(
    context: typer.Context,
    kind: Annotated[DeletableKind, typer.Argument(help="What to delete.")],
    name: Annotated[str, typer.Argument(help="Which one.")],
    as_json: AsJson = False,
) -> None:
    """Delete a source, a transform, an export or an alert; what it has done stays."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        deleted = hestia.catalog.delete(kind.value, hestia.settings.tenant, name, author=hestia.author)
        reload_code_location(hestia.settings)
        if as_json:
            print_json({"kind": kind.value, "name": name, "version": deleted.last.version, "stays": stays(deleted)})
        else:
            typer.echo(f"The {kind.value} {name} is deleted. {stays(deleted)}")


def delete_source(
    context: typer.Context, name: Annotated[str, typer.Argument(help="A saved source.")], as_json: AsJson = False
) -> None:
    """Delete a saved source; the files that it brought and their rows stay."""
    delete(context, DeletableKind.SOURCE, name, as_json)


def stays(deleted: "DeletedSpec") -> str:
    """What is left of a deleted spec."""
    kind, spec = deleted.last.kind, deleted.last.spec
    told = _STAYS[kind].format(getattr(spec, "dataset", ""))
    if deleted.remembered:
        files = counted(deleted.remembered, "file")
        told += f" A new source of this name would fetch {files} once more; the same bytes change nothing."
    return told
