"""What is different in files of a known dataset: told as warnings; no import waits for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from hestia_assets.core.results import DriftFinding


def drift_facts(findings: "Sequence[DriftFinding]") -> list[dict[str, Any]]:
    """What --json prints."""
    return [{"kind": one.kind.value, "column": one.column, "message": one.sentence} for one in findings]


def tell_drift(name: str, findings: "Sequence[DriftFinding]") -> None:
    """One line for each difference."""
    for finding in findings:
        typer.echo(f"{name}: different this time: {finding.sentence}", err=True)
