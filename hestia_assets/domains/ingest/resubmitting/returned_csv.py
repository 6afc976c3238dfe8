"""Rows of a returned CSV file, whatever delimiter a program saved it with."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from hestia_assets.core.errors import EmptyFileError, ReadError, UnreadableFileError
from hestia_assets.domains.ingest.resubmitting.columns import ROW_ID
from hestia_assets.formats._excel.found import CellKind, FoundCell, FoundRow

DELIMITERS = (",", ";", "\t")
HEAD = 64 * 1024
MOST_SIGNS = 64 * 1024 * 1024
"""Characters of one cell; quotes that never end reach no further."""

UTF16 = (b"\xff\xfe", b"\xfe\xff")


def csv_rows(source: BinaryIO, *, file_name: str) -> Iterator[FoundRow]:
    """The rows, numbered as a spreadsheet shows them. Raises ReadError."""
    source.seek(0)
    head = source.read(HEAD)
    if not head.strip():
        raise EmptyFileError(file_name)
    source.seek(0)
    encoding = "utf-16" if head.startswith(UTF16) else "utf-8-sig"
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        yield from _rows(text, head.decode(encoding, "ignore"), file_name)
    except UnicodeDecodeError as error:
        hint = "Save it as 'CSV UTF-8', or as a workbook (.xlsx)."
        raise UnreadableFileError(f"{file_name} is not in UTF-8.", hint=hint) from error
    except csv.Error as error:
        hint = "Export the rows again, or correct them in a workbook (.xlsx)."
        raise ReadError(f"{file_name} is no CSV file that can be read: {error}.", hint=hint) from error
    finally:
        text.detach()


def _rows(text: io.TextIOWrapper, head: str, file_name: str) -> Iterator[FoundRow]:
    limit = csv.field_size_limit(MOST_SIGNS)
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=_delimiter(head, file_name)), start=1):
            found = {place: FoundCell(CellKind.TEXT, cell) for place, cell in enumerate(cells) if cell}
            if found:
                yield FoundRow("", number, found)
    finally:
        csv.field_size_limit(limit)


def _delimiter(head: str, file_name: str) -> str:
    for delimiter in DELIMITERS:
        if any(ROW_ID in row for row in _first_rows(head, delimiter)):
            return delimiter
    hint = "Export the rows again, and correct that file; its last column must stay as it is."
    raise ReadError(f"{file_name} has no column '{ROW_ID}', so its rows cannot be known again.", hint=hint)


def _first_rows(head: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        return [row for row, _ in zip(reader, range(20), strict=False)]
    except csv.Error:
        return []
