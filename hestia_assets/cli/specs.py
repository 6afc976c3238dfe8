"""Specs as code: YAML in, YAML out."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.output import AsJson, explained, print_json, print_table
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import SpecVersion
    from hestia_assets.core.specs import AnySpec


class SpecFormat(StrEnum):
    """How specs are printed."""

    YAML = "yaml"
    JSON = "json"


class SpecKind(StrEnum):
    """What can be declared."""

    DATASET = "dataset"
    SOURCE = "source"
    TRANSFORM = "transform"
    EXPORT = "export"
    ALERT = "alert"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("apply")(apply)
    app.command("get")(get)


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Option("-f", "--file", exists=True, dir_okay=False, help="YAML, '-' is no file.")],
    as_json: AsJson = False,
) -> None:
    """Save the specs of a YAML file; an unchanged one keeps its version.

    Each document has 'kind: dataset', 'source', 'transform', 'export' or 'alert', and the fields of that spec.
    """
    from hestia_assets.cli.code_location import reload_code_location

    with explained(as_json=as_json):
        hestia = session(context).hestia()
        saved = [_save(hestia, spec) for spec in read_specs(file)]
        reload_code_location(hestia.settings)
        if as_json:
            print_json(saved)
        else:
            print_table(("kind", "name", "version", ""), [tuple(fact.values()) for fact in saved])


def get(
    context: typer.Context,
    kind: Annotated[SpecKind, typer.Argument(help="What to print.")],
    name: Annotated[str | None, typer.Argument(help="One of them; by default all.")] = None,
    output: Annotated[SpecFormat, typer.Option("-o", "--output", help="yaml can be applied again.")] = SpecFormat.YAML,
    as_json: AsJson = False,
) -> None:
    """Print specs as they were saved."""
    with explained(as_json=as_json or output is SpecFormat.JSON):
        hestia = session(context).hestia()
        tenant = hestia.settings.tenant
        found = hestia.catalog.all(kind, tenant=tenant) if name is None else [hestia.catalog.get(kind, tenant, name)]
        documents = [document(saved) for saved in found]
        if as_json or output is SpecFormat.JSON:
            print_json(documents if name is None else documents[0])
        else:
            typer.echo(_yaml(documents), nl=False)


def read_specs(file: Path) -> "list[AnySpec]":
    """The specs of a YAML file.

    Raises:
        SpecError: the file is no YAML, a document has no kind, or a field is wrong.
    """
    from hestia_assets.core.specs import SPEC_KINDS, parse

    return [parse(SPEC_KINDS[kind], values) for kind, values in _documents(file)]


def document(saved: "SpecVersion") -> dict[str, Any]:
    """A spec as ``apply`` reads it; what stands at its default is left out, the tenant included."""
    return {"kind": saved.kind, **saved.spec.model_dump(mode="json", exclude_defaults=True)}


def _documents(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    import yaml

    from hestia_assets.core.errors import SpecError
    from hestia_assets.core.specs import SPEC_KINDS

    kinds = ", ".join(SPEC_KINDS)
    try:
        documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValueError) as error:  # a ValueError: 2026-02-31, or no UTF-8
        raise SpecError(f"{file} is no YAML: {error}.", hint="Correct the place named above.") from error
    for number, values in enumerate((each for each in documents if each is not None), start=1):
        if not isinstance(values, dict) or values.get("kind") not in SPEC_KINDS:
            raise SpecError(
                f"Document {number} of {file} has no known kind.", hint=f"Add 'kind:' with one of: {kinds}."
            )
        yield values["kind"], {_word(key): value for key, value in values.items() if key != "kind"}


def _word(key: object) -> str:
    """YAML 1.1 reads the key ``on`` of an alert as true."""
    return "on" if key is True else str(key)


def _save(hestia: "Hestia", spec: "AnySpec") -> dict[str, Any]:
    from hestia_assets.core.specs import kind_of

    kind = kind_of(spec)
    before = hestia.catalog.get(kind, spec.tenant, spec.name).version if hestia.catalog.exists(spec) else 0
    saved = hestia.catalog.save(spec, author=hestia.author)
    outcome = "unchanged" if saved.version == before else "changed" if before else "new"
    return {"kind": kind, "name": spec.name, "version": saved.version, "outcome": outcome}


def _yaml(documents: list[dict[str, Any]]) -> str:
    import yaml

    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=100)
