"""Rules: those that are installed, those that the rows suggest, and what one would do."""

from typing import TYPE_CHECKING, Any

import typer

from hestia_assets.cli.output import AsJson, explained, print_json, print_table
from hestia_assets.cli.session import session

if TYPE_CHECKING:
    from hestia_assets.core.rules import Rule

def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Rules: what there is, what the rows suggest, what one would do.", no_args_is_help=True)
    group.command("list")(list_rules)
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
        rows = [[one["rule"], one["sentence"], ", ".join(one["parameters"])] for one in rules]
        print_table(["rule", "demands", "parameters"], rows)


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
