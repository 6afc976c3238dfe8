"""What was read, as plain values that a test can hold against a list."""

from typing import Any

from hestia_assets.core.results import ImportedRules


def demands(found: ImportedRules) -> list[tuple[str, str, dict[str, Any]]]:
    """Rule, columns and parameters of each check."""
    return [(check.rule, " ".join(check.columns), check.params) for check in found.checks]


def places(found: ImportedRules) -> list[str]:
    """Where the notes stand."""
    return [note.place for note in found.notes]
