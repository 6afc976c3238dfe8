"""The facts of an OpenDocument spreadsheet (OASIS ODF 1.3, part 3, chapter 9), all sheets in one pass over content.xml.

Repeated rows and cells are counted before anybody unrolls them.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._excel.container import damaged
from hestia_assets.formats._excel.facts import Kind, SheetFacts, Special
from hestia_assets.formats._excel.parts import Parts
from hestia_assets.formats._excel.walk import elements, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

CONTENT = "content.xml"
CERTAIN = ("float", "percentage", "currency", "date", "time", "boolean")
"""Types whose cells have a value; a text may be empty."""
HIDDEN = ("collapse", "filter")
ERROR = re.compile(r"#[A-Z/0!?]+|Err:\d+")
TIME = re.compile(r"(-?)PT(\d+)H(\d+)M(\d+)(?:[.,](\d+))?S")
BREAKS = {"tab": "\t", "line-break": "\n"}
"""Elements inside of a text that stand for a sign; a plain reader drops them."""
MOST_REPEATED = 100_000
"""Special cells kept of one that is repeated; no table has more of them by its author's will."""


class OdsWorkbook:
    """An open ods: facts of all its sheets. Raises UnreadableFileError."""

    date1904 = False

    def __init__(self, parts: Parts) -> None:
        if CONTENT not in parts:
            raise damaged(parts.file_name, "its content is missing")
        parts.measure()
        self._facts = {walk.name: walk.facts for walk in _sheets(parts)}
        for facts in self._facts.values():
            facts.check_size()

    def facts(self, sheet: str, index: int) -> SheetFacts:  # noqa: ARG002 - only xls needs the number
        """What was found in a sheet."""
        return self._facts.get(sheet, SheetFacts())


class _Walk:
    """One sheet while it is walked: the row and column that come next."""

    def __init__(self, name: str) -> None:
        self.name, self.facts = name, SheetFacts()
        self.row = self.column = self.next_column = 0
        self.hidden: list[tuple[int, int]] = []

    def column_style(self, element: "_Element") -> None:
        count = repeated(element, "number-columns-repeated")
        if attribute(element, "visibility") in HIDDEN:
            self.facts.hidden_columns.append((self.next_column, self.next_column + count - 1))
        self.next_column += count

    def end_row(self, element: "_Element") -> None:
        count = repeated(element, "number-rows-repeated")
        if attribute(element, "visibility") in HIDDEN:
            self.hidden.append((self.row, count))
        if count > 1 and self.facts.height == self.row + 1:
            self._repeat_row(count)
        self.row, self.column = self.row + count, 0

    def _repeat_row(self, count: int) -> None:
        cells = self.facts.cells.get(self.row)
        self.facts.height = self.row + count
        self.facts.check_size()
        for again in range(1, min(count, MOST_REPEATED) if cells else 0):
            self.facts.cells[self.row + again] = dict(cells or {})
        if must := self.facts.must.get(self.row):
            self.facts.must.update(dict.fromkeys(range(self.row + 1, self.row + min(count, MOST_REPEATED)), must))

    def cell(self, element: "_Element") -> None:
        count = repeated(element, "number-columns-repeated")
        special = _special(element)
        if special is not None or attribute(element, "value-type") or cell_text(element):
            self.facts.filled += 1
            self.facts.reach(self.row, self.column + count - 1)
        if attribute(element, "value-type") in CERTAIN and (special is None or special.kind is not Kind.ERROR):
            self.facts.hold(self.row, self.column, count)
        if special is not None:
            for again in range(min(count, MOST_REPEATED)):
                self.facts.add(self.row, self.column + again, special)
        self._merge(element)
        self.column += count

    def _merge(self, element: "_Element") -> None:
        wide = repeated(element, "number-columns-spanned")
        high = repeated(element, "number-rows-spanned")
        if wide * high > 1:
            self.facts.merged.append((self.row, self.column, self.row + high - 1, self.column + wide - 1))

    def finish(self) -> "_Walk":
        for first, count in self.hidden:
            self.facts.hidden_rows.update(range(first, min(first + count, self.facts.height)))
        return self


def _sheets(parts: Parts) -> Iterator[_Walk]:
    walk: _Walk | None = None
    depth = 0
    for event, name, element in elements(parts.blocks(CONTENT)):
        if name == "table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                walk = _Walk(attribute(element, "name"))
            elif event == "end" and depth == 0 and walk is not None:
                yield walk.finish()
                element.clear()
                walk = None
        elif event == "end" and walk is not None and depth == 1:
            _take(walk, name, element)


def _take(walk: _Walk, name: str, element: "_Element") -> None:
    if name in ("table-cell", "covered-table-cell"):
        walk.cell(element)
        element.clear()
    elif name == "table-row":
        walk.end_row(element)
        element.clear()
    elif name == "table-column":
        walk.column_style(element)


def _special(element: "_Element") -> Special | None:
    kind, formula = attribute(element, "value-type"), attribute(element, "formula")
    if not kind:
        return Special(Kind.UNCACHED, stored=formula.removeprefix("of:")) if formula else None
    if kind == "string" and not formula:
        return Special(Kind.TEXT, cell_text(element)) if _has_breaks(element) else None
    shown = cell_text(element)
    if (formula or "error" in _types(element)) and ERROR.fullmatch(shown):
        return Special(Kind.ERROR, shown)
    if kind == "time":
        return _special_time(attribute(element, "time-value"))
    return _special_number(attribute(element, "value"), shown) if kind == "float" else None


def _special_time(value: str) -> Special | None:
    """A duration that is no time of day: below zero, or of a day and more."""
    found = TIME.fullmatch(value)
    if not found or (not found[1] and int(found[2]) < 24):
        return None
    fraction = (found[5] or "").rstrip("0")
    text = f"{found[1]}{int(found[2]):02}:{int(found[3]):02}:{int(found[4]):02}"
    return Special(Kind.EXACT, f"{text}.{fraction:0<6}" if fraction else text)


def _special_number(value: str, shown: str) -> Special | None:
    """A number of more digits than a float holds, or one that is shown with leading zeros."""
    if re.fullmatch(r"-?\d{16,}", value):
        return Special(Kind.EXACT, value)
    digits = re.sub(r"[- ()]", "", shown)
    if shown.strip("( ").startswith("0") and digits.isdecimal() and digits != value and digits.lstrip("0") == value:
        return Special(Kind.SHOWN, shown, value)
    return None


def _types(element: "_Element") -> list[str]:
    return [str(value) for key, value in element.attrib.items() if str(key).endswith("}value-type")]


def attribute(element: "_Element", name: str) -> str:
    """An attribute by its local name; the standard's own, where extensions repeat it."""
    found = [(str(key), str(value)) for key, value in element.attrib.items() if str(key).endswith("}" + name)]
    return min(found, key=lambda item: "experimental" in item[0])[1] if found else ""


def repeated(element: "_Element", name: str) -> int:
    """How often an element stands there, from 1. Raises UnreadableFileError."""
    text = attribute(element, name) or "1"
    if not text.isdecimal() or len(text) > 9:
        hint = "Open it in LibreOffice to see whether it is whole, and send it again."
        raise UnreadableFileError("The sheet is damaged: a cell is repeated without end.", hint=hint)
    return max(1, int(text))


def cell_text(element: "_Element") -> str:
    """The text of a cell, its paragraphs as lines; comments are none of it."""
    return "\n".join("".join(_pieces(paragraph)) for paragraph in _paragraphs(element))


def _paragraphs(element: "_Element") -> list["_Element"]:
    return [child for child in element if local_name(child.tag) == "p"]


def _pieces(element: "_Element") -> Iterator[str]:
    """The text inside of an element; repeated blanks, tabs and line breaks are elements of their own."""
    yield element.text or ""
    for child in element:
        name = local_name(child.tag)
        if name == "s":
            yield " " * min(repeated(child, "c"), MOST_REPEATED)
        elif name in BREAKS:
            yield BREAKS[name]
        elif name != "annotation":
            yield from _pieces(child)
        yield child.tail or ""


def _has_breaks(element: "_Element") -> bool:
    return any(local_name(node.tag) in BREAKS for p in _paragraphs(element) if len(p) for node in p.iter())
