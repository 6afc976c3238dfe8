"""Rules from other tools' files, and rules written for them."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import principal, saved_dataset, session
from hestia_assets.core.errors import ReadError
from hestia_assets.core.sentences import sentence

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia
    from hestia_assets.core.results import ImportedRules
    from hestia_assets.core.specs import CheckSpec, DatasetSpec


class ReadLanguage(StrEnum):
    """Languages that rules are read from."""

    JSON_SCHEMA = "json_schema"
    TABLE_SCHEMA = "table_schema"
    DBT = "dbt"
    PANDERA = "pandera_yaml"


class WrittenLanguage(StrEnum):
    """Languages that rules are written in."""

    JSON_SCHEMA = "json_schema"
    TABLE_SCHEMA = "table_schema"


def add_commands(group: typer.Typer) -> None:
    """Add the commands to the group ``rules``."""
    group.command("import")(import_rules)
    group.command("export")(export_rules)


def import_rules(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of another tool's rules.")],
    dataset: Annotated[str, typer.Option(help="Whose rules they become.")],
    language: Annotated[ReadLanguage | None, typer.Option("--as", help="By default the file says it.")] = None,
    model: Annotated[str | None, typer.Option(help="Which model, resource or definition of the file.")] = None,
    column: Annotated[str | None, typer.Option(help="The JSON Schema is of the JSON texts in this column.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and save nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add the rules of a file to a dataset, as a new version; what cannot come along is listed with the reason."""
    from hestia_assets.cli.code_location import reload_code_location

    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec = saved_dataset(hestia, dataset)
        text = _bytes(file)
        found = hestia.interchange.read(text, dataset=spec, language=language, model=model, column=column)
        changed = hestia.interchange.merged(spec, found.checks)
        added = [check for check in changed.checks if check not in spec.checks]
        rows = [_described(hestia, spec, found, check) for check in added]
        version = None
        if added and not dry_run:
            version = hestia.catalog.save(changed, author=hestia.author).version
            reload_code_location(hestia.settings)
        if as_json:
            print_json(_as_json(found, rows, version))
            return
        _show(spec, found, rows)
        known = len(found.checks) - len(added)
        typer.echo(f"{counted(len(added), 'rule')} {'would be added' if dry_run else 'added'} to {dataset}, "
                   f"{known:,} there already; {counted(len(found.notes), 'note')}.")  # fmt: skip


def export_rules(
    context: typer.Context,
    dataset: Annotated[str, typer.Argument()],
    language: Annotated[WrittenLanguage, typer.Option("--as", help="The language of the file.")],
    to: Annotated[Path | None, typer.Option(help="Write to this file; by default print.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a dataset's columns and rules in the language of another tool; what it cannot say goes to stderr."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        written = hestia.interchange.write(saved_dataset(hestia, dataset), language=language)
        if to is not None:
            _write(to, written.content)
        if as_json:
            notes = [asdict(note) for note in written.notes]
            print_json({"file": None if to is None else str(to), "content": written.content.decode(), "notes": notes})
            return
        if to is None:
            typer.echo(written.content.decode(), nl=False)
        for note in written.notes:
            typer.echo(f"not said: {note.place}: {note.why}", err=True)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ReadError(f"{file} cannot be read: {error.strerror}.", hint="Check the file's rights.") from error


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise ReadError(f"{file} cannot be written: {error.strerror}.", hint="Choose another place.") from error


def _described(hestia: "Hestia", spec: "DatasetSpec", found: "ImportedRules", check: "CheckSpec") -> dict[str, Any]:
    """A rule in words, with what it would have done to the last file."""
    impact = hestia.profiles.impact(spec, check, principal=principal(hestia), batches=1, most=0)
    failing = f"{impact.failing:,} of {impact.rows:,}" if impact.batches else ""
    return {
        "check": check.name,
        "demands": sentence(check, hestia.rules),
        "severity": check.severity.value,
        "would fail": impact.problem or failing,
        "from": _place(found, check),
    }


def _place(found: "ImportedRules", check: "CheckSpec") -> str:
    """Where a rule stands in the file; the dataset may call it by another name."""
    said = (check.rule, check.columns, check.params)
    return next(found.places[one.name] for one in found.checks if (one.rule, one.columns, one.params) == said)


def _show(spec: "DatasetSpec", found: "ImportedRules", rows: list[dict[str, Any]]) -> None:
    if rows:
        print_table(list(rows[0]), [list(row.values()) for row in rows])
    own = {column.name: column.type for column in spec.recipe.columns}
    types = [[name, kind.value, own[name].value] for name, kind in found.types.items() if kind is not own[name]]
    if types:
        print_table(["column", "in the file", "here"], types, title="Other types")
    if found.notes:
        notes = [[note.place, note.why] for note in found.notes]
        print_table(["in the file", "what is no rule, or a different one"], notes, title="Notes")


def _as_json(found: "ImportedRules", rows: list[dict[str, Any]], version: int | None) -> dict[str, Any]:
    return {
        "language": found.language,
        "added": rows,
        "checks": [check.model_dump(mode="json", exclude_defaults=True) for check in found.checks],
        "types": dict(found.types),
        "primary_key": found.primary_key,
        "notes": [asdict(note) for note in found.notes],
        "version": version,
    }
