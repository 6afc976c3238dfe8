"""What comes before the first row of delimited text: preamble, header, and which column is which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError, SpecError
from hestia_assets.core.results import LineAccount, Position
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._columns import joined_header, matched, numbered
from hestia_assets.formats._csv import careful as careful_reader
from hestia_assets.formats._csv.careful import Kind, Record, certain_record, line_too_long, open_header, skip_preamble
from hestia_assets.formats._csv.structure import Dialect, line_count
from hestia_assets.formats._csv.window import Window
from hestia_assets.formats._text.source import blocks, readable

HEAD_BYTES = 1024 * 1024
SEVERAL = 2
"""A width for telling blank lines before the table's own is known."""


@dataclass(frozen=True, slots=True)
class Head:
    """What comes before the first row: its lines, where it ends, the column names in the file's order."""

    account: LineAccount
    end: Position
    names: Sequence[str]


def dialect_of(recipe: Recipe) -> Dialect:
    """The recipe's signs. Raises SpecError when they contradict each other."""
    escape = "" if recipe.escape == recipe.quote else recipe.escape  # a quote escapes itself by being doubled
    if set(recipe.delimiter) & {"\r", "\n"} or (recipe.quote and recipe.quote in recipe.delimiter):
        raise SpecError("The delimiter cannot hold the quote or a line end.", hint="Choose another delimiter.")
    if {escape, recipe.quote} & {"\r", "\n"} or (escape and escape in recipe.delimiter):
        raise SpecError("The escape sign cannot be the delimiter or a line end.", hint="Choose another escape sign.")
    return Dialect(*(sign.encode() for sign in (recipe.delimiter, recipe.quote, recipe.comment, escape)))


def read_head(source: BinaryIO, recipe: Recipe, dialect: Dialect) -> Head:
    """Read the preamble and the header lines; blank and comment lines among them have their own place.

    Raises:
        HeaderMismatchError: the header names other columns than the recipe.
        EmptyFileError: there is no header.
    """
    size = HEAD_BYTES
    while True:
        data, final = Window(blocks(source, recipe.encoding, offset=0, size=size)).view(size)
        head = _head_in(data, recipe, dialect, final=final)
        if head is not None:
            return head
        if len(data) > careful_reader.RECORD_LIMIT:
            raise line_too_long()
        size *= 4


def _head_in(data: bytes, recipe: Recipe, dialect: Dialect, *, final: bool) -> Head | None:
    """The head, or None when it is not certain that ``data`` hold all of it."""
    width = _width(recipe)
    position, lines = skip_preamble(data, recipe.preamble_lines, dialect, width)
    if position >= len(data) and not final:
        return None
    names = _names_without_header(recipe)
    if recipe.has_header:
        if position >= len(data):
            raise EmptyFileError("The file")
        header = _header(data, position, recipe.header_lines, dialect, width, final=final)
        if header is None:
            return None
        position = header[-1].next
        for record in header:
            part = record.kind.value if record.kind in (Kind.BLANK, Kind.COMMENT) else "header"
            lines[part] = lines.get(part, 0) + record.lines
        names = matched(_aligned(joined_header([texts(record) for record in header if record.fields]), recipe), recipe)
    total = line_count(data[:position], final=True)
    return Head(LineAccount(total=total, **lines), Position(position, 1 + total, 1), names)


def _header(
    data: bytes, position: int, wanted: int, dialect: Dialect, width: int, *, final: bool
) -> list[Record] | None:
    """The records up to the last one of the header; None when more bytes are needed."""
    found: list[Record] = []
    named = 0
    while named < wanted:
        if position >= len(data) and final:
            raise EmptyFileError("The file")
        record = certain_record(data, position, dialect, width, final=final) if position < len(data) else None
        if record is None:
            return None
        if record.kind is Kind.BAD_QUOTE:
            raise open_header()
        found.append(record)
        named += record.kind not in (Kind.BLANK, Kind.COMMENT)
        position = record.next
    return found


def _aligned(found: list[str], recipe: Recipe) -> list[str]:
    """The header with the recipe's names for columns it has none for; blanks behind the last are no names."""
    wanted = [column.source for column in recipe.columns]
    unnamed = numbered(len(wanted))
    if found == wanted[: len(found)]:
        return found + wanted[len(found) :] if wanted[len(found) :] == unnamed[len(found) :] else found
    if found == wanted[1:] and wanted[0] == unnamed[0]:
        return wanted
    return (
        wanted if found[: len(wanted)] == wanted and not any(text.strip() for text in found[len(wanted) :]) else found
    )


def texts(record: Record) -> list[str]:
    """The values of a record for a person."""
    return [readable(value) for value in record.fields]


def _width(recipe: Recipe) -> int:
    """As many columns as the file may have: what is a blank line depends on whether there are several."""
    return len(recipe.columns) + (SEVERAL if recipe.ignored else 0)


def _names_without_header(recipe: Recipe) -> list[str]:
    """Columns by position; ``column_3`` may be left out by choice."""
    sources = [column.source for column in recipe.columns] + list(recipe.ignored)
    found = numbered(len(sources))
    if recipe.ignored and set(sources) == set(found):
        return matched(found, recipe)
    return [column.name for column in recipe.columns]
