"""Rules: those that are installed, those that the rows suggest, and what one would do."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hestia_assets.cli import rule_files
from hestia_assets.cli.output import AsJson, counted, explained, print_json, print_table
from hestia_assets.cli.session import principal, saved_dataset, session
from hestia_assets.core.errors import SpecError
from hestia_assets.core.sentences import sentence, without_columns

if TYPE_CHECKING:
    from hestia_assets.core.registry import Registry
    from hestia_assets.core.results import Impact
    from hestia_assets.core.rules import Rule
    from hestia_assets.core.specs import CheckSpec

Dataset = Annotated[str, typer.Argument()]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Rules: what there is, what the rows suggest, what one would do.", no_args_is_help=True)
    group.command("list")(list_rules)
    group.command("suggest")(suggest)
    group.command("impact")(impact)
    rule_files.add_commands(group)
    group.callback()(_group)
    app.add_typer(group, name="rules")


def _group() -> None:
    """Rules: what there is, what the rows suggest, what one would do."""


def list_rules(context: typer.Context, as_json: AsJson = False) -> None:
    """List every installed rule: what it demands, and its parameters."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        rules = [_described(name, hestia.rules.get(name)) for name in hestia.rules.names()]
        if as_json:
            print_json(rules)
            return
        names = [one["rule"] for one in rules]
        demands = [without_columns(name, hestia.rules) for name in names]
        needs = [", ".join(one["parameters"]) for one in rules]
        rows = zip(names, demands, needs, strict=True)
        print_table(["rule", "demands", "parameters"], rows)


def suggest(context: typer.Context, dataset: Dataset, as_json: AsJson = False) -> None:
    """Suggest checks that the rows of the last files show, the surest first, each with its evidence."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec = saved_dataset(hestia, dataset)
        found = hestia.profiles.suggest(spec, principal=principal(hestia))
        if as_json:
            print_json([{**asdict(one), **_said(one.check, hestia.rules)} for one in found])
            return
        if not found:
            typer.echo("Nothing to suggest: fewer than 20 rows have arrived, or the dataset has every check they show.")
            return
        rows = [[sentence(one.check, hestia.rules), one.check.name, one.evidence, one.failing] for one in found]
        print_table(["rule", "check", "evidence", "would fail"], rows)


def impact(
    context: typer.Context,
    dataset: Dataset,
    check: Annotated[str, typer.Option(help="The check as JSON: rule, columns, params, severity.")] = "",
    file: Annotated[Path | None, typer.Option("--file", "-f", help="The check as a YAML or JSON file.")] = None,
    batches: Annotated[int, typer.Option(min=1, help="How many of the last files.")] = 12,
    rows: Annotated[int, typer.Option(min=0, help="How many failing rows to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Say what a check would have done to the last files, without saving it; exit code 1 where it cannot run."""
    with explained(as_json=as_json):
        hestia = session(context).hestia()
        spec = saved_dataset(hestia, dataset)
        who = principal(hestia)
        found = hestia.profiles.impact(spec, _check(check, file), principal=who, batches=batches, most=rows)
        if as_json:
            print_json({"sentence": sentence(found.check, hestia.rules), **_as_json(found)})
        elif found.problem is None:
            _show(found, sentence(found.check, hestia.rules))
        if found.problem is not None and not as_json:
            raise SpecError(found.problem, hint="Correct the check and try again.")
    if found.problem is not None:
        raise typer.Exit(1)


def _check(text: str, file: Path | None) -> "CheckSpec":
    """The check that was given in one of two ways. Raises SpecError."""
    import yaml

    from hestia_assets.core.specs import CheckSpec, parse

    if bool(text) == (file is not None):
        raise SpecError("One check is needed.", hint="Give it with --check '{…}' or with --file.")
    try:
        body = _read(text if file is None else file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, ValueError) as error:  # a ValueError: 2026-02-31, or no UTF-8
        reason = str(error).splitlines()[0]
        raise SpecError(f"The check could not be read: {reason}.", hint="Write it as JSON or YAML.") from error
    if not isinstance(body, dict):
        raise SpecError("The check has no fields.", hint='Write it like {"rule": "not_null", "columns": ["id"]}.')
    return parse(CheckSpec, body)


def _read(text: str) -> object:
    """JSON, or else YAML, which takes the two escapes that JSON writes for one emoji as two halves of a sign."""
    import yaml

    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return yaml.safe_load(text)


def _show(found: "Impact", demands: str) -> None:
    if not found.batches:
        typer.echo("No file has arrived yet.")
        return
    verb = {"reject": "reject", "warn": "warn of", "hold": "hold a batch for"}[found.check.severity.value]
    last = "file" if len(found.batches) == 1 else f"{len(found.batches)} files"
    failing = f"{found.failing:,} of {counted(found.rows, 'row')}"
    typer.echo(f"'{demands}' would {verb} {failing} of the last {last}.")
    table = [[one.file_name, one.rows, one.failing, one.problem or "", one.batch] for one in found.batches]
    print_table(["file", "rows", "would fail", "of the batch", "batch"], table)
    if found.sample.height:
        print_table(found.sample.columns, found.sample.rows(), title="Failing rows, as they arrived")


def _as_json(found: "Impact") -> dict[str, Any]:
    return {
        "check": _written(found.check),
        "rows": found.rows,
        "failing": found.failing,
        "problem": found.problem,
        "batches": [asdict(one) for one in found.batches],
        "sample": found.sample.to_dicts(),
    }


def _said(check: "CheckSpec", rules: "Registry[Rule]") -> dict[str, Any]:
    return {"check": _written(check), "sentence": sentence(check, rules)}


def _written(check: "CheckSpec") -> dict[str, Any]:
    return check.model_dump(mode="json", exclude_defaults=True)


def _described(name: str, rule: "Rule") -> dict[str, Any]:
    """A rule for machines."""
    parameters = {
        key: {"meaning": one.meaning, "kind": one.kind.value, "required": one.required, "default": one.default}
        for key, one in rule.parameters.items()
    }
    return {
        "rule": name,
        "sentence": rule.sentence,
        "advice": rule.advice,
        "columns": {"least": rule.columns.start, "most": rule.columns.stop - 1},
        "parameters": parameters,
        "example": dict(rule.example),
    }
