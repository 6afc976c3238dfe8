"""What a language finds in a file, gathered: checks of installed rules, notes on all else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hestia_assets.core.registry import Registry
from hestia_assets.core.results import ImportedRules, RuleNote
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import CheckSpec, Column, ColumnType, DatasetSpec, Severity

LONG_NAME = 63
"""Characters from which a check's name, which holds those of its columns, is too long to be read."""


@dataclass
class Found:
    """Checks for a dataset as they are found, each with its place; a second one of a name gets a label of its own."""

    dataset: DatasetSpec
    rules: Registry[Rule]
    checks: dict[str, CheckSpec] = field(default_factory=dict[str, CheckSpec])
    places: dict[str, str] = field(default_factory=dict[str, str])
    types: dict[str, ColumnType] = field(default_factory=dict[str, ColumnType])
    primary_key: tuple[str, ...] = ()
    notes: list[RuleNote] = field(default_factory=list[RuleNote])

    def column(self, name: object, place: str) -> Column | None:
        """The dataset's column of this name, or with this header in its files; noted where there is none."""
        columns = self.dataset.recipe.columns
        for one in columns:
            if name == one.name:
                return one
        known = [one for one in columns if name == one.source]
        if known:
            return known[0]
        self.note(place, f"The dataset {self.dataset.name} has no column '{name}'.")
        return None

    def note(self, place: str, why: str) -> None:
        """Something that becomes no rule."""
        self.notes.append(RuleNote(place, why))

    def has(self, rule: str, *params: str) -> bool:
        """Whether a rule of this name with these parameters is installed."""
        return rule in self.rules.names() and set(params) <= set(self.rules.get(rule).parameters)

    def check(
        self, place: str, rule: str, columns: Sequence[str], params: Mapping[str, Any] | None = None,
        severity: Severity = Severity.REJECT,
    ) -> None:  # fmt: skip
        """A check of a rule; noted where that rule is not installed."""
        if not self.has(rule, *(params or {})):
            self.note(place, f"It would be the rule {rule}, which is not installed in this form.")
            return
        check = CheckSpec(rule=rule, columns=tuple(columns), params=dict(params or {}), severity=severity)
        if check in (replace_label(one) for one in self.checks.values()):
            return
        labelled = replace_label(check, free_label(check, self.checks))
        self.checks[labelled.name] = labelled
        self.places[labelled.name] = place

    def says_type(self, column: Column, kind: ColumnType) -> None:
        """What type the file says a column has."""
        self.types[column.name] = kind

    def result(self, language: str) -> ImportedRules:
        """All of it."""
        return ImportedRules(
            language, tuple(self.checks.values()), dict(self.types), self.primary_key, tuple(self.notes),
            dict(self.places),
        )  # fmt: skip


def replace_label(check: CheckSpec, label: str | None = None) -> CheckSpec:
    """The check under another label."""
    return check.model_copy(update={"label": label})


def free_label(check: CheckSpec, taken: Mapping[str, object]) -> str | None:
    """A label where the check's own name is taken."""
    if check.name not in taken and len(check.name) <= LONG_NAME:
        return check.label
    if check.rule not in taken:
        return check.rule
    return next(label for number in range(2, 10_000) if (label := f"{check.rule[:55]}_{number}") not in taken)


def without(result: ImportedRules, dropped: Mapping[str, str]) -> ImportedRules:
    """The same without these checks, each of which becomes a note with the reason given by its name."""
    kept = tuple(check for check in result.checks if check.name not in dropped)
    notes = tuple(RuleNote(result.places[name], why) for name, why in dropped.items())
    places = {name: place for name, place in result.places.items() if name not in dropped}
    return replace(result, checks=kept, notes=(*result.notes, *notes), places=places)
