"""Records that are no rows, split as far as their format can: shown to a person, never loaded unseen."""

import csv
from dataclasses import dataclass, field
from typing import Any

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.ports import FileStore, Format
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import DatasetSpec, Recipe
from hestia_assets.domains.ingest.entries.lines import Values
from hestia_assets.domains.ingest.loading.fitting import fitting


@dataclass(frozen=True)
class RawCells:
    """Splits the text of a record of delimited text; of other formats nothing is known but the text."""

    files: FileStore
    formats: Registry[Format]
    spec: DatasetSpec
    _read: dict[str, tuple[Recipe, tuple[str, ...]] | None] = field(
        default_factory=dict[str, "tuple[Recipe, tuple[str, ...]] | None"]
    )

    def split(self, batch: Batch, text: str) -> Values:
        """Values by column in the order of the file's header, as far as they go; none where it cannot be split."""
        known = self._way(batch)
        if known is None:
            return {}
        recipe, header = known
        cells = _cells(text, recipe)
        names = {column.source: column.name for column in recipe.columns}
        return {names[source]: cell for source, cell in zip(header, cells, strict=False) if source in names}

    def recipe(self, batch: Batch) -> Recipe:
        """The recipe that reads the batch's file; the dataset's own where none does now."""
        if not self.spec.other_recipes:
            return self.spec.recipe
        known = self._way(batch)
        return known[0] if known else self.spec.recipe

    def _way(self, batch: Batch) -> tuple[Recipe, tuple[str, ...]] | None:
        if batch.id not in self._read:
            self._read[batch.id] = self._found(batch)
        return self._read[batch.id]

    def _found(self, batch: Batch) -> tuple[Recipe, tuple[str, ...]] | None:
        try:
            with self.files.open(batch.tenant, batch.sha256) as source:
                recipe = fitting(self.formats, self.spec, source)
                fmt = self.formats.get(recipe.format)
                columns = fmt.columns(source, recipe) if recipe.format == "csv" else ()
        except HestiaError:  # the file was read otherwise then
            return None
        return recipe, tuple(column.source for column in columns)


def _cells(text: str, recipe: Recipe) -> list[str]:
    if len(recipe.delimiter) > 1:
        return text.split(recipe.delimiter)
    how: dict[str, Any] = {"quotechar": recipe.quote} if recipe.quote else {"quoting": csv.QUOTE_NONE}
    try:
        found = list(csv.reader([text], delimiter=recipe.delimiter, escapechar=recipe.escape or None, **how))
    except csv.Error:
        return []
    return found[0] if found else []
