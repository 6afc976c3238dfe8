"""What a person should know of a sheet (the Excel card), and what only a person can decide."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from hestia_assets.core.results import Choice, Note, Question
from hestia_assets.formats._excel.book import Book
from hestia_assets.formats._excel.facts import Kind, SheetFacts, letters, place
from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.layout import blank_rows

FEW = 5
SAMPLE = 3


SAID: Mapping[str, tuple[str, str]] = {
    "title_rows": ("row above the header is a title", "rows above the header are titles"),
    "footer_rows": (
        "row below the table is left out, as a total or remark",
        "rows below the table are left out, as totals or remarks",
    ),
    "hidden_sheets": ("sheet is hidden", "sheets are hidden"),
    "hidden_rows": ("row is hidden or filtered out", "rows are hidden or filtered out"),
    "hidden_columns": ("column is hidden", "columns are hidden"),
    "merged_cells": ("range of cells is merged", "ranges of cells are merged"),
    "formulas_without_value": ("formula was saved without its result", "formulas were saved without their result"),
    "error_cells": ("cell holds an error instead of a value", "cells hold an error instead of a value"),
    "leading_zeros": ("number is shown with leading zeros", "numbers are shown with leading zeros"),
    "exact_numbers": ("cell keeps its digits as stored", "cells keep their digits as stored"),
    "times": ("cell holds a time of day or a duration", "cells hold a time of day or a duration"),
    "no_such_day": (
        "cell holds 29 February 1900, which only Excel knows; it is kept as text",
        "cells hold 29 February 1900, which only Excel knows; they are kept as text",
    ),
    "unreadable_sheets": ("sheet cannot be read and is left out", "sheets cannot be read and are left out"),
}
"""What is said of one thing and of several."""


@dataclass(frozen=True)
class Clock:
    """The cells of a sheet with a time or duration, and with a date, by row."""

    times: Sequence[tuple[int, int]]
    dates: Sequence[int]


def clock_of(grid: Grid) -> Clock:
    """One pass over the values."""
    times: list[tuple[int, int]] = []
    dates: list[int] = []
    for number, row in grid.filled_rows(0):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                dates.append(number)
            elif isinstance(value, dt.time | dt.timedelta):
                times.append((number, column + grid.values_left))
    return Clock(times, dates)


def notes_on(
    book: Book, grid: Grid, clock: Clock, *, titles: Sequence[int], footer_start: int, unreadable: Sequence[str] = ()
) -> tuple[Note, ...]:
    """Everything about the sheet that its values alone do not show, with counts and places."""
    facts = grid.facts
    places: Mapping[str, Sequence[str]] = {
        "title_rows": [f"row {row + 1}" for row in titles],
        "footer_rows": [f"row {row + 1}" for row in _footer_rows(grid, footer_start)],
        "hidden_sheets": [sheet.name for sheet in book.sheets if sheet.hidden],
        "hidden_rows": [f"row {row + 1}" for row in hidden_rows(grid)],
        "hidden_columns": [f"column {letters(column)}" for column in hidden_columns(grid)],
        "merged_cells": [f"{place(a, b)}:{place(c, d)}" for a, b, c, d in grid.merged],
        "formulas_without_value": _cells(facts, Kind.UNCACHED),
        "error_cells": _cells(facts, Kind.ERROR),
        "leading_zeros": _cells(facts, Kind.SHOWN),
        "exact_numbers": _cells(facts, Kind.EXACT),
        "times": [place(*cell) for cell in clock.times],
        "no_such_day": _cells(facts, Kind.NO_DAY),
        "unreadable_sheets": unreadable,
    }
    found = [_note(what, where) for what, where in places.items()]
    found.append(Note("percent", facts.percent, f"Cells shown as percent: {facts.percent:,}; 12 % is read as 0.12."))
    if book.date1904 and clock.dates:
        dates = len(clock.dates)
        found.append(Note("date_system_1904", dates, "Dates count from 1904, as on old Macs; they are read so."))
    return tuple(note for note in found if note.count)


def questions_on(book: Book, grid: Grid, clock: Clock, data_start: int, names: Sequence[str]) -> tuple[Question, ...]:
    """One question for each thing that can really be read in two ways; the first answer is the safe one."""
    facts = grid.facts
    dates = clock.dates if book.date1904 else ()
    affected: Mapping[str, Sequence[int]] = {
        "hidden_rows": [row for row in hidden_rows(grid) if row >= data_start],
        "hidden_columns": range(data_start, min(grid.height, data_start + SAMPLE)) if hidden_columns(grid) else (),
        "merged": [top for top, _, _, _ in grid.merged if top >= data_start],
        "uncached": [row for row, _ in facts.places(Kind.UNCACHED) if row >= data_start],
        "errors": [row for row, _ in facts.places(Kind.ERROR) if row >= data_start],
        "formats": [row for row, _ in facts.places(Kind.SHOWN) if row >= data_start],
        "times": [row for row, _ in clock.times if row >= data_start],
        "dates": [row for row in dates if row >= data_start],
    }
    return tuple(_question(grid, what, rows, names) for what, rows in affected.items() if rows)


ASKED: Mapping[str, tuple[str, Sequence[tuple[str, str, str]]]] = {
    "hidden_rows": (
        "Are the hidden rows part of the table?",
        (
            ("keep", "Keep hidden rows", "Nothing is lost; a filter that was left on hides rows too."),
            ("skip", "Leave hidden rows out", "Only what the sheet shows; the account counts them as skipped."),
        ),
    ),
    "hidden_columns": (
        "Are the hidden columns part of the table?",
        (
            ("keep", "Keep hidden columns", "Nothing is lost."),
            ("skip", "Leave hidden columns out", "Only what the sheet shows."),
        ),
    ),
    "merged": (
        "Does the value of merged cells hold for each of their rows?",
        (
            ("first", "Only in the first cell", "As it is stored."),
            ("fill", "Repeat it in every cell", "Right where a group's name is merged over its rows."),
        ),
    ),
    "uncached": (
        "What shall become of formulas whose result was not saved?",
        (
            ("aside", "Set the row aside", "The value exists, but not in this file."),
            ("empty", "Leave the cell empty", "The rest of the row is good without it."),
        ),
    ),
    "errors": (
        "What shall become of error cells such as #DIV/0!?",
        (
            ("aside", "Set the row aside", "An error is no value."),
            ("text", "Keep the error as text", "The column becomes text."),
            ("empty", "Leave the cell empty", "The error means that there is no value."),
        ),
    ),
    "formats": (
        "Do the leading zeros belong to the value?",
        (
            ("shown", "Keep them, as the sheet shows them", "Identifiers such as 00123 stay whole."),
            ("stored", "Drop them", "The numbers are quantities."),
        ),
    ),
    "times": (
        "How shall times and durations be written?",
        (
            ("clock", "As a clock shows them", "08:30:00, as the sheet shows it."),
            ("hours", "As hours with decimals", "8.5, to add up and multiply."),
        ),
    ),
    "dates": (
        "The workbook says that its dates count from 1904. Are the years right?",
        (
            ("file", "Yes, as the workbook says", "It was made on an old Mac, or by a program that keeps to that."),
            (
                "1900",
                "No, four years and a day too late",
                "Its cells came from a workbook that counts from 1900.",
            ),
        ),
    ),
}
"""Question and answers (value of the option, label, why) for each option."""


def _question(grid: Grid, option: str, rows: Sequence[int], names: Sequence[str]) -> Question:
    text, answers = ASKED[option]
    shown = sorted(set(islice(rows, SAMPLE)))
    choices = [
        Choice(label, because, {"options": {option: value}}, tuple(names), _sample(grid, option, value, shown))
        for value, label, because in answers
    ]
    return Question(option, text, tuple(choices))


def _sample(grid: Grid, option: str, value: str, rows: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """The first rows that an answer changes, as it would read them."""
    if (option, value) == ("hidden_rows", "skip"):
        return ()
    changed = Grid(grid.sheet, grid.facts, grid.options.model_copy(update={option: value}), grid.data_start)
    kept = set(changed.kept)
    frames = [changed.frame(row, row + 1) for row in rows]
    return tuple(
        tuple((cell or "") if i in kept else "" for i, cell in enumerate(frame.row(0)))
        for frame in frames
        if len(frame)
    )


def hidden_rows(grid: Grid) -> list[int]:
    """Hidden rows within the cells that hold something."""
    return sorted(row for row in grid.facts.hidden_rows if row < grid.height)


def hidden_columns(grid: Grid) -> list[int]:
    """Hidden columns within the cells that hold something."""
    ends = grid.left, grid.left + grid.width - 1
    spans = [range(max(first, ends[0]), min(last, ends[1]) + 1) for first, last in grid.facts.hidden_columns]
    return sorted({column for span in spans for column in span})


def _footer_rows(grid: Grid, start: int) -> list[int]:
    blank = blank_rows(grid.frame(start, grid.height), grid.kept) if start < grid.height else ()
    return [start + at for at, empty in enumerate(blank) if not empty]


def _cells(facts: SheetFacts, kind: Kind) -> list[str]:
    return [place(*cell) for cell in facts.places(kind)]


def _note(what: str, places: Sequence[str]) -> Note:
    one, many = SAID[what]
    return Note(what, len(places), f"{len(places):,} {one if len(places) == 1 else many}.", tuple(places[:FEW]))
