"""The workbook in which bad rows are corrected: every cell text, each bad one coloured and with its message."""

from typing import Any, BinaryIO

from hestia_assets.core.errors import ExportError
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import RefusedRow
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.resubmitting.columns import (
    ROW_ID,
    WRONG,
    allowed_values,
    told,
    told_at_once,
    unfit,
    written_id,
)
from hestia_assets.domains.ingest.resubmitting.shelf import Held

Sheet = Any
"""A worksheet of xlsxwriter, which brings no types."""

ROWS, HOW_TO, LISTS = "Rows to fix", "How to", "Lists"
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTHS = {"wrong": 45, "value": 18, "how_to": 100}
STEPS = (
    "Correct the coloured cells on the first sheet. Point at one to see what is wrong with it.",
    "All cells are text: write dates and numbers as they stand in the other rows.",
    "Rows that you leave or delete stay open. Do not change the hidden column with the row ids.",
    "Sort all columns at once, or none: a row and its id belong together.",
    "Save the file as workbook (.xlsx or .ods) and hand it in on the page Fix rows, or with:",
    "    hestia quarantine resubmit {dataset} FILE",
    "Rows that are right are loaded; the others stay open. Handing it in twice loads nothing twice.",
)


class WorkbookOfRows:
    """Written row by row; nothing of a user's data becomes a formula, a link or a number."""

    def __init__(self, target: BinaryIO, spec: DatasetSpec, rules: Registry[Rule]) -> None:
        import xlsxwriter  # pyright: ignore[reportMissingTypeStubs] - it brings no types

        self._rules, self._spec, self._row = rules, spec, 0
        self._columns = [column.name for column in spec.recipe.columns]
        self._book: Any = xlsxwriter.Workbook(target, OPTIONS)
        self._text = self._book.add_format({"num_format": "@", "valign": "top"})
        self._bad = self._book.add_format(
            {"num_format": "@", "valign": "top", "bg_color": "#FFD9D2", "border": 1, "border_color": "#D14B35"}
        )
        self._words = self._book.add_format(
            {"num_format": "@", "valign": "top", "text_wrap": True, "font_color": "#9C2B17"}
        )
        self._head = self._book.add_format({"num_format": "@", "bold": True, "bg_color": "#E8EAED", "bottom": 1})
        self._sheet = self._book.add_worksheet(ROWS)
        self._how_to = self._book.add_worksheet(HOW_TO)
        self._begin()

    def unfit(self, held: Held) -> str | None:
        """Why a cell cannot hold a value of the row exactly."""
        reasons = ((name, unfit(value)) for name, value in held.entry.values.items() if value)
        return next((f"{name}: {why}" for name, why in reasons if why), None)

    def add(self, held: Held) -> None:
        """One row."""
        self._row += 1
        words = told(held, self._rules)
        _put(self._sheet, self._row, 0, _clean(told_at_once(held, self._rules)), self._words)
        for number, name in enumerate(self._columns, start=1):
            bad = name in words
            _put(self._sheet, self._row, number, held.entry.values.get(name), self._bad if bad else self._text)
            if bad:
                self._sheet.write_comment(self._row, number, _clean(words[name]), {"author": "Hestia", "x_scale": 2})
        _put(self._sheet, self._row, len(self._columns) + 1, written_id(held), self._text)

    def close(self, left_out: list[RefusedRow], more: int) -> None:
        """Write the other sheets and end the file."""
        self._lists()
        self._sheet.autofilter(0, 0, max(1, self._row), len(self._columns) + 1)
        lines = [step.format(dataset=self._spec.name) for step in STEPS]
        if more:
            lines += ["", f"{more:,} rows are not in this file:"]
            lines += [f"    {one.place}: {one.reason}" for one in left_out]
            lines += [] if len(left_out) == more else ["    the others are more than this file was to hold"]
        for number, line in enumerate(lines):
            _put(self._how_to, number, 0, _clean(line), self._text)
        self._book.close()

    def _begin(self) -> None:
        self._how_to.set_column(0, 0, WIDTHS["how_to"], self._text)
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_column(0, 0, WIDTHS["wrong"], self._text)
        self._sheet.set_column(1, len(self._columns), WIDTHS["value"], self._text)
        self._sheet.set_column(
            len(self._columns) + 1, len(self._columns) + 1, WIDTHS["value"], self._text, {"hidden": True}
        )
        for number, name in enumerate([WRONG, *self._columns, ROW_ID]):
            _put(self._sheet, 0, number, name, self._head)

    def _lists(self) -> None:
        """Drop-downs of allowed values, which stand on a sheet of their own as Excel cuts long lists off."""
        listed = allowed_values(self._spec, self._rules)
        lists = {name: values for name, values in listed.items() if not any(map(unfit, values))}
        if not lists or not self._row:
            return
        sheet = self._book.add_worksheet(LISTS)
        longest = max(map(len, lists.values()))
        for number, name in enumerate(lists):
            _put(sheet, 0, number, name, self._head)
        for row in range(longest):
            for number, values in enumerate(lists.values()):
                if row < len(values):
                    _put(sheet, row + 1, number, values[row], self._text)
        for number, (name, values) in enumerate(lists.items()):
            self._offer(self._columns.index(name) + 1, number, len(values), name)

    def _offer(self, column: int, listed: int, length: int, name: str) -> None:
        from xlsxwriter.utility import xl_range_abs  # pyright: ignore[reportMissingTypeStubs] - it brings no types

        source = f"={LISTS}!{xl_range_abs(1, listed, length, listed)}"
        told = {"error_title": "Not allowed", "error_message": f"Choose a value of the list for {name}."[:255]}
        how = {"validate": "list", "source": source, "ignore_blank": True, "error_type": "warning", **told}
        _done(self._sheet.data_validation(1, column, self._row, column, how), name)


def _put(sheet: Sheet, row: int, column: int, value: str | None, how: Any) -> None:
    """Write a text, or nothing. xlsxwriter does not raise: its return code must be looked at."""
    if value:
        _done(sheet.write_string(row, column, value, how), value[:20])
    else:
        sheet.write_blank(row, column, None, how)


def _done(code: int, what: str) -> None:
    if code:
        hint = "Take fewer rows at a time."
        raise ExportError(f"The workbook cannot hold '{what}' (code {code}).", hint=hint)


def _clean(text: str) -> str:
    """Our own words around a user's values: what a cell cannot hold is left out of them."""
    kept = "".join(sign for sign in text if sign == "\n" or sign.isprintable())
    return kept if len(kept) <= 8_000 else f"{kept[:8_000]}…"
