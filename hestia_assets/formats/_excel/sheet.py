"""Which sheet a recipe reads, and its cells, all of them there. Nothing is guessed here: it is used while loading."""

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._excel.book import Book
from hestia_assets.formats._excel.complete import check_complete
from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.options import ExcelOptions, options_of


def grid_for(book: Book, recipe: Recipe) -> Grid:
    """The cells of the recipe's sheet.

    Raises:
        SpecError: there is no such sheet; or none is named and several are visible and hold cells.
        UnreadableFileError: it is damaged, made to hurt, or a value would be lost.
    """
    options = options_of(recipe)
    grid = Grid(*book.sheet(options.sheet or _only_sheet(book)), options)
    check_complete(grid)
    return grid


def _only_sheet(book: Book) -> str:
    """The only visible sheet; ones without a cell do not count beside it."""
    visible = [sheet.name for sheet in book.sheets if not sheet.hidden] or [sheet.name for sheet in book.sheets]
    if len(visible) == 1:
        return visible[0]
    filled = [name for name in visible if Grid(*book.sheet(name), ExcelOptions()).height]
    if len(filled) > 1:
        raise SpecError(
            f"The workbook has {len(filled)} visible sheets with cells, the recipe names none: {', '.join(filled)}.",
            hint="Choose one of them as the option 'sheet'.",
        )
    return (filled or visible)[0]
