"""One pass over the XML of a sheet (ECMA-376 part 1, 18.3): what a plain reader hides.

The usual XML, as Excel, LibreOffice and the writing libraries make it, is scanned as bytes, a stretch of whole rows at
a time, and only the cells that matter are looked at. XML of another shape (prefixes, comments, cells without an
address) goes through lxml, cell by cell, and gives the same facts.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from xml.sax.saxutils import unescape

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats._excel.facts import (
    Kind,
    SheetFacts,
    Special,
    Styles,
    as_shown,
    column_of,
    no_day,
    number_text,
)

STRETCH_BYTES = 4 * 1024 * 1024
MOST_ROW_BYTES = 64 * 1024 * 1024
PLAIN_ROOT = re.compile(rb"<worksheet[\s>]")
ROW_NUMBER = re.compile(rb'<row r="(\d+)"')
CELL_NAME = re.compile(rb'<c r="([A-Z]+\d+)"')
LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ODD_SIGNS = (b"<!", b":c r=", b"</is><v")
ROW = re.compile(rb'<row r="(\d+)"[^>]*? hidden="(?:1|true)"')
COLUMNS = re.compile(rb"<col ([^>]*)>")
MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
USED_COLUMN = re.compile(rb'<c r="([A-Z]+)\d+"[^>]*(?<!/)>')
CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)(?<!/)>(.*?)</c>', re.S)
FORMULA = rb"(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?"
UNCACHED = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
LONG = re.compile(rb"<v>-?\d{16,}</v>")
ATTRIBUTE = re.compile(rb'\b(\w+)="([^"]*)"')
VALUE = re.compile(rb"<v(?: [^>]*)?>([^<]*)</v>")


def scan_sheet(blocks: Iterable[bytes], styles: Styles) -> SheetFacts | None:
    """Facts of a sheet in its usual shape; None where the XML is of another shape."""
    facts = SheetFacts()
    patterns = _styled(styles)
    last = 0
    for number, stretch in enumerate(_stretches(blocks)):
        if (number == 0 and not _is_plain_start(stretch)) or b"<!DOCTYPE" in stretch[:4096] or not _is_plain(stretch):
            return None
        if (last := _last_row(stretch, last)) is None:
            return None
        _scan(stretch, facts, styles, patterns)
    return facts


def _is_plain_start(stretch: bytes) -> bool:
    other = b"encoding=" in stretch[:80] and not re.search(rb"encoding=[\"'](utf-8|us-ascii)[\"']", stretch[:80], re.I)
    return not other and PLAIN_ROOT.search(stretch[:STRETCH_BYTES]) is not None


def _is_plain(data: bytes) -> bool:
    """Whether each row and cell has its address first, and nothing hides one."""
    start, end = data.find(b"<sheetData"), data.rfind(b"</sheetData>")
    if start >= 0 or end >= 0:
        data = data[max(start, 0) : end if end >= 0 else len(data)]
    cells, rows = data.count(b"<c") == data.count(b'<c r="'), data.count(b"<row") == data.count(b'<row r="')
    strings = data.count(b't="inlineStr"') == data.count(b"<is>") + data.count(b"<is/>")
    return cells and rows and strings and not any(sign in data for sign in ODD_SIGNS)


def _last_row(data: bytes, last: int) -> int | None:
    """The last row's number; None unless rows go down, cells stand in their own row, and each address is there once."""
    texts, names = ROW_NUMBER.findall(data), CELL_NAME.findall(data)
    rows = [last, *map(int, texts)]
    down = all(above < below for above, below in pairwise(rows))
    at_home = set(b" ".join(names).translate(None, LETTERS).split()) <= set(texts)
    return rows[-1] if down and at_home and len(set(names)) == len(names) else None


def _stretches(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Whole rows, about STRETCH_BYTES at a time."""
    kept: list[bytes] = []
    size, enough = 0, STRETCH_BYTES
    for block in blocks:
        kept.append(block)
        size += len(block)
        if size >= enough:
            data = b"".join(kept)
            cut = data.rfind(b"</row>") + 6
            enough = STRETCH_BYTES if cut >= 6 else 2 * size
            if cut < 6:
                cut = 0
                if size > MOST_ROW_BYTES:
                    hint = "Check where the file comes from; if it is honest, save it again in Excel."
                    raise UnreadableFileError("A single row of the sheet is larger than 64 MB.", hint=hint)
            if cut:
                yield data[:cut]
            kept, size = [data[cut:]], len(data) - cut
    yield b"".join(kept)


Patterns = tuple[re.Pattern[bytes] | None, ...]
"""Cells with a style that shows zeros, percent, a date before the calendar, a day that no calendar has."""


def _styled(styles: Styles) -> Patterns:
    def pattern(numbers: Iterable[int], behind: bytes) -> re.Pattern[bytes] | None:
        listed = "|".join(map(str, sorted(numbers))).encode()
        start = rb'<c r="[A-Z]+\d+"[^>]*? s="(?:' + listed + rb')"[^>]*?'
        return re.compile(start + behind) if listed else None

    number = b'(?: t="n")?>' + FORMULA
    negative = number + b"<v>-"
    sixty = number + rb"<v>6(?:0[.<]|[.\d]*[eE])"
    zeros, percent = pattern(styles.zeros, b"(?<!/)>"), pattern(styles.percent, number + b"<v>")
    return zeros, percent, pattern(styles.dates, negative), pattern(styles.days, sixty)


def _scan(data: bytes, facts: SheetFacts, styles: Styles, patterns: Patterns) -> None:
    """Add what one stretch holds."""
    _extent(data, facts)
    if b"hidden=" in data:
        facts.hidden_rows.update(int(number) - 1 for number in ROW.findall(data))
        _hidden_columns(data, facts)
    if b"<mergeCell " in data:
        facts.merged += [_range(found) for found in MERGED.findall(data)]
    zeros, percent, dates, days = patterns
    if percent:
        facts.percent += len(percent.findall(data))
    starts = {
        found.start()
        for pattern in (zeros, dates if b"<v>-" in data else None, days if b"<v>6" in data else None)
        if pattern
        for found in pattern.finditer(data)
    }
    if b't="e"' in data:
        starts.update(_cell_starts(data, re.finditer(rb'<c r="[A-Z]+\d+"[^>]*? t="e"', data)))
    if b"<f" in data:
        starts.update(_cell_starts(data, UNCACHED.finditer(data)))
    starts.update(_cell_starts(data, LONG.finditer(data)))
    for start in sorted(starts):
        if found := CELL.match(data, start):
            _keep(found, facts, styles)


def _cell_starts(data: bytes, found: Iterable[re.Match[bytes]]) -> Iterator[int]:
    return (data.rfind(b"<c ", 0, match.start() + 3) for match in found)


def _extent(data: bytes, facts: SheetFacts) -> None:
    last = max(data.rfind(b"</v>"), data.rfind(b"</is>"))
    start = data.rfind(b'<c r="', 0, last) if last > 0 else -1
    if start < 0:
        return
    facts.filled += data.count(b"</v>") - data.count(b"<v></v>") + data.count(b"</is>")
    names = set(USED_COLUMN.findall(data))
    width = max((column_of(name.decode()) for name in names), default=0)
    row = re.compile(rb"\d+").search(data, start)
    facts.reach(int(row[0]) - 1 if row else 0, width)


def _hidden_columns(data: bytes, facts: SheetFacts) -> None:
    for found in COLUMNS.findall(data):
        values = dict(ATTRIBUTE.findall(found))
        if values.get(b"hidden") in (b"1", b"true"):
            facts.hidden_columns.append((int(values[b"min"]) - 1, int(values[b"max"]) - 1))


def _range(found: tuple[bytes, bytes, bytes, bytes]) -> tuple[int, int, int, int]:
    left, top, right, bottom = found
    return int(top) - 1, column_of(left.decode()), int(bottom) - 1, column_of(right.decode())


def _keep(found: re.Match[bytes], facts: SheetFacts, styles: Styles) -> None:
    attributes = dict(ATTRIBUTE.findall(found[3]))
    value = VALUE.search(found[4])
    special = special_cell(
        attributes.get(b"t", b"n").decode(),
        int(attributes.get(b"s", b"0")),
        value[1].decode("utf-8", "replace").strip() if value else None,
        styles,
        formula=b"<f" in found[4],
        has_value=b"<v" in found[4],
    )
    if special and special.kind is Kind.UNCACHED:
        special = Special(Kind.UNCACHED, stored=_formula(found[4]))
    if special:
        facts.add(int(found[2]) - 1, column_of(found[1].decode()), special)


def _formula(cell: bytes) -> str:
    found = re.search(rb"<f[^>]*>([^<]*)</f>", cell)
    return "=" + unescape(found[1].decode("utf-8", "replace")) if found else "=…"


def special_cell(
    kind: str, style: int, value: str | None, styles: Styles, *, formula: bool, has_value: bool
) -> Special | None:
    """What a plain reader would lose of this cell, if anything."""
    if kind == "e":
        return Special(Kind.ERROR, value or "#N/A")
    if formula and not value:
        return Special(Kind.EMPTY_TEXT) if kind == "str" and has_value else Special(Kind.UNCACHED)
    return _special_number(value, style, styles) if kind == "n" and value else None


def _special_number(value: str, style: int, styles: Styles) -> Special | None:
    if style in styles.dates:
        return Special(Kind.EXACT, _plain(value)) if value.startswith("-") else _special_day(value, style, styles)
    if style in styles.zeros and (shown := as_shown(styles.zeros[style], _plain(value))):
        return Special(Kind.SHOWN, shown, _plain(value))
    if re.fullmatch(r"-?\d{16,}", value):
        return Special(Kind.EXACT, value)
    return None


def _special_day(value: str, style: int, styles: Styles) -> Special | None:
    try:
        day = no_day(float(value)) if style in styles.days else None
    except ValueError:
        return None
    return Special(Kind.NO_DAY, day, value) if day else None


def _plain(value: str) -> str:
    """A stored number without exponent or ``.0``."""
    if re.fullmatch(r"-?\d+", value):
        return value
    try:
        return number_text(float(value))
    except ValueError:
        return value
