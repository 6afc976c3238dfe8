"""Shared steps of the tests of nested formats: inspect, read each table, look at accounts."""

from io import BytesIO
from pathlib import Path
from typing import Any

from hestia_assets.core.ports import Format
from hestia_assets.core.results import Inspection, LineAccount, TextChunk
from hestia_assets.core.specs import Recipe

TESTDATA = Path(__file__).parents[3].parent / "shared" / "testdata"

Rows = list[tuple[str | None, ...]]


def inspected(form: Format, data: bytes, *, file_name: str = "file") -> Inspection:
    return form.inspect(BytesIO(data), file_name=file_name)


def chunks(form: Format, data: bytes, recipe: Recipe) -> list[TextChunk]:
    return list(form.read(BytesIO(data), recipe))


def rows(found: list[TextChunk]) -> Rows:
    return [row for chunk in found for row in chunk.frame.drop("_row", "_line", "_lines").iter_rows()]


def account(found: list[TextChunk]) -> LineAccount:
    return sum((chunk.account for chunk in found), LineAccount())


def rejects(found: list[TextChunk]) -> list[tuple[int, str, str | None, str]]:
    return [(r.line, r.rule, r.column, r.text) for chunk in found for r in chunk.rejects]


def recipe_for(form: Format, data: bytes, **changes: Any) -> Recipe:
    """The recipe that inspection gives; with other options, its columns looked up again."""
    recipe = inspected(form, data).recipe
    if not changes:
        return recipe
    recipe = recipe.with_changes(changes)
    return recipe.model_copy(update={"columns": form.columns(BytesIO(data), recipe)})


def tables(form: Format, data: bytes) -> dict[str, list[dict[str, str | None]]]:
    """Every table of a file by its name, as rows by column name."""
    found = inspected(form, data)
    result: dict[str, list[dict[str, str | None]]] = {}
    for table in found.tables:
        recipe = found.recipe.with_changes(table.changes)
        recipe = recipe.model_copy(update={"columns": form.columns(BytesIO(data), recipe)})
        names = [column.name for column in recipe.columns]
        result[table.name] = [dict(zip(names, row, strict=True)) for row in rows(chunks(form, data, recipe))]
    return result
