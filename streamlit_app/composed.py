"""A dataset as it would be saved, put together from what a person saw and what they changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hestia_assets.core.results import Question
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe, parse

JOINING = ("mode", "primary_key", "blank_overwrites", "delete_missing", "delete_limit")
"""Fields of a dataset that say how its rows join those that are there."""


@dataclass(frozen=True)
class Changed:
    """What a person decided: the recipe, its ``slot`` among those of the dataset, rules, how rows join.

    ``added`` are the headers of columns that the dataset did not have; files read in its other ways may lack them.
    """

    recipe: Recipe
    slot: int = 0
    checks: Sequence[CheckSpec] = ()
    joining: Mapping[str, Any] = field(default_factory=dict[str, Any])
    added: Sequence[str] = ()


def composed(base: DatasetSpec, changed: Changed) -> DatasetSpec:
    """The dataset with the changes. Raises SpecError.

    Another recipe that no longer makes the columns of the first one leaves.
    """
    new = [column for column in changed.recipe.columns if column.source in changed.added]
    recipes = [_with(recipe, new) for recipe in recipes_of(base)]
    recipes[changed.slot : changed.slot + 1] = [changed.recipe]
    first, *others = recipes
    if changed.slot == 0:
        others = [one for one in others if _makes(one) == _makes(first)]
    changes = {
        "recipe": first.model_dump(),
        "other_recipes": [one.model_dump() for one in others],
        "checks": [check.model_dump() for check in changed.checks],
    }
    return parse(DatasetSpec, base.model_dump() | changes | dict(changed.joining))


def recipes_of(spec: DatasetSpec) -> tuple[Recipe, ...]:
    """All ways in which files of a dataset are read."""
    return (spec.recipe, *spec.other_recipes)


def _with(recipe: Recipe, new: Sequence[Column]) -> Recipe:
    """A recipe that also finds these columns, where a file has them."""
    headers = {column.source for column in new}
    columns = [*recipe.columns, *(column.model_copy(update={"optional": True}) for column in new)]
    ignored = tuple(header for header in recipe.ignored if header not in headers)
    return recipe.model_copy(update={"columns": tuple(columns), "ignored": ignored}) if new else recipe


def _makes(recipe: Recipe) -> set[tuple[object, ...]]:
    return {(column.name, column.type, column.scale) for column in recipe.columns}


def about_columns(question: Question) -> bool:
    """Whether a question is about types of columns, not about how the file is read."""
    return all(set(choice.changes) <= {"columns"} for choice in question.choices)


def after(recipe: Recipe, changes: Mapping[str, Any], *, found: Sequence[Column]) -> Recipe:
    """The recipe after changes that name columns as they were found, whatever they are called now. Raises SpecError."""
    sources = {column.name: column.source for column in found}
    names = {column.source: column.name for column in recipe.columns}
    columns = {names.get(sources.get(name, ""), name): how for name, how in changes.get("columns", {}).items()}
    return recipe.with_changes({**changes, "columns": columns})
