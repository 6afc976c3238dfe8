"""Workbooks for the tests, made by openpyxl, and the way the tests read them."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from hestia_assets.core.results import TextChunk
from hestia_assets.core.specs import Recipe
from hestia_assets.formats.excel import FORMAT

SHARED = Path(__file__).parents[3].parent / "shared" / "testdata"
OPEN_DOCUMENT = (
    "<office:document-content"
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def sheet_of(*rows: tuple[object, ...], change: Callable[[Worksheet], None] | None = None) -> BytesIO:
    """An xlsx with one sheet of these rows, then changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    return saved(book)


def saved(book: openpyxl.Workbook) -> BytesIO:
    buffer = BytesIO()
    book.save(buffer)
    return buffer


def open_document(rows: str, *, manifest: str = "<m/>") -> BytesIO:
    """An ods with one sheet."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", OPEN_DOCUMENT.format(rows=rows))
    return buffer


def with_part(book: BytesIO, name: str, change: Callable[[bytes], bytes]) -> BytesIO:
    """The workbook with one of its parts changed."""
    changed = BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return changed


def recipe_for(source: BytesIO, **changes: object) -> Recipe:
    """The guessed recipe, changed, with the columns that follow from it."""
    recipe = FORMAT.inspect(source, file_name="test.xlsx").recipe.with_changes(changes)
    return recipe.model_copy(update={"columns": FORMAT.columns(source, recipe)})


def chunks_of(source: BytesIO, **changes: object) -> list[TextChunk]:
    """All chunks, each with an account that balances."""
    chunks = list(FORMAT.read(source, recipe_for(source, **changes)))
    assert all(chunk.account.balanced for chunk in chunks)
    return chunks


def rows_of(source: BytesIO, **changes: object) -> list[tuple[str | None, ...]]:
    """The rows as text."""
    frames = [chunk.frame for chunk in chunks_of(source, **changes)]
    return pl.concat(frames).drop("_row", "_line", "_lines").rows()
