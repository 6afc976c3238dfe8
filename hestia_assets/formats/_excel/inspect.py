"""What a workbook probably is: which sheet, where its table begins and ends. Only looks; loading never guesses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from hestia_assets.core.errors import EmptyFileError, UnreadableFileError
from hestia_assets.core.results import Choice, Inspection, Note, Question, Reason, TableInFile
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._columns import text_columns
from hestia_assets.formats._excel.asking import which_header
from hestia_assets.formats._excel.book import Book, SheetName
from hestia_assets.formats._excel.card import clock_of, notes_on, questions_on
from hestia_assets.formats._excel.complete import check_complete
from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.header import Header, Row, find_footer, find_header, sample_rows, typical_width
from hestia_assets.formats._excel.layout import Layout, layout_of
from hestia_assets.formats._excel.options import ExcelOptions, options_of
from hestia_assets.formats._excel.sheet import grid_for

AS_CHOSEN = "It was taken for the header."
EMPTY = Header(0, 1, has_header=False, first=0, because="The sheet is empty.")
KEPT_CELLS = 2_000_000
"""A sheet of more cells is loaded again when it is chosen, so that only one such is in memory."""
LIKE_A_TABLE = 0.5
"""A sheet is as good as the best one when it scores this share of it; the first of those is taken."""


@dataclass(frozen=True)
class Look:
    """One sheet, looked at: where its table seems to be, how much of a table it is; its cells while they are few."""

    sheet: SheetName
    height: int
    grid: Grid | None
    header: Header
    footer: str
    score: float
    is_only: bool
    rows: Sequence[Row]

    @property
    def changes(self) -> Mapping[str, Any]:
        """Changes to a recipe that read this sheet. The only one needs no name: next month's may have another.

        One of several always has it, so that loading need not choose.
        """
        return {
            "preamble_lines": self.header.titles,
            "has_header": self.header.has_header,
            "header_lines": self.header.lines,
            "footer": self.footer,
            "ignored": (),
            "options": {"sheet": "" if self.is_only else self.sheet.name},
        }


def inspect_excel(source: BinaryIO, *, file_name: str) -> Inspection:
    """Guess a recipe. Raises EmptyFileError, UnreadableFileError."""
    with Book(source, file_name=file_name) as book:
        looks, unreadable = _looks(book)
        if not any(look.height for look in looks):
            raise EmptyFileError(file_name)
        best = _best(looks)
        recipe = Recipe(format="excel").with_changes(best.changes)
        grid = best.grid or _grid(book, best.sheet, recipe)
        layout = layout_of(grid, recipe)
        columns = text_columns([text for _, text in layout.columns])
        card = _card(book, grid, layout, unreadable=unreadable)
        return Inspection(
            recipe=recipe.model_copy(update={"columns": columns}),
            reasons=_reasons(looks, best),
            tables=tuple(_table(look) for look in looks),
            questions=(*_which_sheet(looks, best), *which_header(grid, best.header, best.rows), *card[1]),
            notes=card[0],
        )


def about_sheet(source: BinaryIO, recipe: Recipe) -> tuple[tuple[Note, ...], tuple[Question, ...]]:
    """The card and the questions of the sheet that a recipe reads. Raises ReadError, SpecError."""
    with Book(source) as book:
        grid = grid_for(book, recipe)
        layout = layout_of(grid, recipe)
        notes, questions = _card(book, grid, layout)
        first = layout.header[0] if layout.header else 0
        header = Header(recipe.preamble_lines, recipe.header_lines, recipe.has_header, first, AS_CHOSEN)
        return notes, (*which_header(grid, header, sample_rows(grid)), *questions)


def _card(
    book: Book, grid: Grid, layout: Layout, *, unreadable: Sequence[str] = ()
) -> tuple[tuple[Note, ...], tuple[Question, ...]]:
    clock = clock_of(grid)
    names = [_name_at(number, layout.columns) for number in range(grid.width)]
    titles, footer = sorted(layout.preamble), layout.footer_start
    notes = notes_on(book, grid, clock, titles=titles, footer_start=footer, unreadable=unreadable)
    return notes, questions_on(book, grid, clock, layout.data_start, names)


def _looks(book: Book) -> tuple[list[Look], list[str]]:
    """Each sheet that can be read, and which cannot, with the reason: one bad sheet does not cost the others.

    Raises:
        UnreadableFileError: none can be read.
    """
    looks: list[Look] = []
    unreadable: list[str] = []
    refusal: UnreadableFileError | None = None
    for sheet in book.sheets:
        try:
            looks.append(_look(book, sheet))
        except UnreadableFileError as error:
            refusal = refusal or error
            unreadable.append(f"{sheet.name}: {error.message}")
    if refusal and not any(look.height for look in looks):
        raise refusal
    return looks, unreadable


def _look(book: Book, sheet: SheetName) -> Look:
    grid = Grid(*book.sheet(sheet.name), ExcelOptions())
    only = len(book.sheets) == 1
    kept = grid if only or grid.height * grid.width <= KEPT_CELLS else None
    check_complete(grid)
    rows = sample_rows(grid)
    if not rows:
        return Look(sheet, 0, kept, EMPTY, "", 0, only, [])
    header, width = find_header(grid, rows), typical_width(rows)
    start = header.first + header.lines
    grid.data_start = start
    score = min(len(rows), 50) * min(width, 5) * (1 if width > 1 else 0.1)
    footer = find_footer(grid, start, width) if header.has_header else ""
    return Look(sheet, grid.height, kept, header, footer, score, only, rows)


def _grid(book: Book, sheet: SheetName, recipe: Recipe) -> Grid:
    return Grid(*book.sheet(sheet.name), options_of(recipe))


def _best(looks: Sequence[Look]) -> Look:
    """The first visible sheet that is about as much of a table as the best one."""
    visible = [look for look in looks if not look.sheet.hidden and look.height] or looks
    top = max(look.score for look in visible)
    return next(look for look in visible if look.score >= LIKE_A_TABLE * top)


def _rivals(looks: Sequence[Look], best: Look) -> list[Look]:
    return [
        look
        for look in looks
        if look is best or (not look.sheet.hidden and look.height > 1 and look.score >= LIKE_A_TABLE * best.score)
    ]


def _which_sheet(looks: Sequence[Look], best: Look) -> tuple[Question, ...]:
    rivals = _rivals(looks, best)
    if len(rivals) < 2:
        return ()
    choices = tuple(Choice(look.sheet.name, f"{look.height:,} rows.", look.changes) for look in rivals)
    return (Question("sheet", "Several sheets hold a table. Which one is it?", choices, rivals.index(best)),)


def _table(look: Look) -> TableInFile:
    return TableInFile(look.sheet.name, look.changes, look.height, look.sheet.hidden)


def _reasons(looks: Sequence[Look], best: Look) -> tuple[Reason, ...]:
    header = best.header
    only = "It is the only sheet." if len(looks) == 1 else "It is the first visible sheet that holds a table."
    rows = (
        f"row {header.first + 1}" if header.lines == 1 else f"rows {header.first + 1} to {header.first + header.lines}"
    )
    found = [Reason("sheet", best.sheet.name, only)]
    if header.titles:
        titles = "1 row" if header.titles == 1 else f"{header.titles} rows"
        found.append(Reason("preamble", titles, "Above the header, fewer cells are filled than in the table's rows."))
    found.append(Reason("header", rows if header.has_header else "none", header.because))
    if best.footer:
        found.append(Reason("footer", best.footer, "Totals or remarks stand below the last row of the table."))
    return tuple(found)


def _name_at(number: int, columns: Sequence[tuple[int, str]]) -> str:
    return next((text for column, text in columns if column == number), f"column_{number + 1}")
