"""Which of a dataset's recipes reads a file: the first that can."""

import json
from dataclasses import dataclass, field
from typing import BinaryIO

from hestia_assets.core.errors import ReadError
from hestia_assets.core.ports import BatchStore, EncodedFormat, FileStore, Format
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import EDIT, RESUBMIT, Batch, Reason
from hestia_assets.core.specs import Column, DatasetSpec, Recipe


def fitting(formats: Registry[Format], spec: DatasetSpec, source: BinaryIO) -> Recipe:
    """The first recipe whose columns are in the file, in the encoding that the file certainly is in.

    Raises:
        ReadError: the first recipe's, when none can read it.
    """
    recipes = [as_encoded(formats, recipe, source)[0] for recipe in (spec.recipe, *spec.other_recipes)]
    if len(recipes) == 1:
        return recipes[0]
    refusals: list[ReadError] = []
    for recipe in recipes:
        try:
            next(iter(formats.get(recipe.format).read(source, recipe)), None)
        except ReadError as error:
            refusals.append(error)
            continue
        return recipe
    raise refusals[0]


def as_encoded(formats: Registry[Format], recipe: Recipe, source: BinaryIO) -> tuple[Recipe, Reason | None]:
    """The recipe for this very file: the same rows in another encoding are the same rows; and why it differs."""
    fmt = formats.get(recipe.format)
    why = fmt.encoding_of(source, recipe) if isinstance(fmt, EncodedFormat) else None
    return (recipe.model_copy(update={"encoding": why.value}) if why else recipe), why


def sources_of(recipe: Recipe) -> dict[str, str]:
    """By column, what it is called in the files: tells the recipes of a dataset apart."""
    return {column.name: column.source for column in recipe.columns}


def resubmitted(spec: DatasetSpec, source: BinaryIO) -> Recipe:
    """Which recipe says how the texts of a resubmission are written; the first where that one is gone."""
    source.seek(0)
    wanted = json.loads(source.readline())["sources"]
    found = (recipe for recipe in (spec.recipe, *spec.other_recipes) if sources_of(recipe) == wanted)
    return next(found, spec.recipe)


@dataclass(frozen=True)
class Ways:
    """How the files of batches that are in the tables write the columns of a spec."""

    spec: DatasetSpec
    batches: BatchStore
    files: FileStore
    formats: Registry[Format]
    _known: dict[str, Recipe] = field(default_factory=dict[str, Recipe])

    def column_of(self, batch: str, name: str) -> Column:
        """The column as the recipe has it that reads the batch's file."""
        if batch not in self._known:
            self._known[batch] = self._recipe(batch) if self.spec.other_recipes else self.spec.recipe
        return next(column for column in self._known[batch].columns if column.name == name)

    def _recipe(self, batch: str) -> Recipe:
        found: Batch = self.batches.get(batch)
        if found.origin == EDIT:
            return self.spec.recipe
        try:
            with self.files.open(found.tenant, found.sha256) as source:
                if found.origin == RESUBMIT:
                    return resubmitted(self.spec, source)
                return fitting(self.formats, self.spec, source)
        except ReadError:  # its columns were called otherwise then
            return self.spec.recipe
