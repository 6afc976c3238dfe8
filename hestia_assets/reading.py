"""A file read by itself, without a home: every table in it, every value as text, nothing left out unnamed."""

import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from hestia_assets.adapters.unpack import LimitedArchives
from hestia_assets.core.errors import EmptyFileError, HestiaError, NotFoundError, ReadError, UnreadableFileError
from hestia_assets.core.ports import Format, LayoutFormat, TellingFormat
from hestia_assets.core.results import Inspection, Note, Reject, SkippedMember, TextChunk
from hestia_assets.core.specs import Recipe
from hestia_assets.domains.ingest.arrival import nothing_in
from hestia_assets.domains.ingest.inspection.detect import detect
from hestia_assets.formats import FORMATS

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_BYTES = 1024 * 1024
ASIDE = "{} (set aside)"
ASIDE_COLUMNS = ("line", "lines", "rule", "column", "message", "value", "text")
SKIPPED = "(skipped files)"
SKIPPED_COLUMNS = ("file", "why")
NOTES = "{} (notes)"
NOTES_COLUMNS = ("what", "count", "text", "places")
HEADER_WITHIN = 60
NUMBERED = re.compile(r"column_\d+")


@dataclass(frozen=True)
class FileTable:
    """One table of an open file.

    ``header``: the texts in the file. ``header_row``: the record that gave them, if it is read as one.
    ``notes``: what a person should know of it; of a file whose tables hide nothing by themselves, the first has them.
    """

    name: str
    header: tuple[str, ...]
    recipe: Recipe
    reader: Format
    source: BinaryIO
    header_row: int | None = None
    notes: tuple[Note, ...] = ()

    def chunks(self) -> Iterator[TextChunk]:
        """Its rows as text; none where the table is empty. Raises ReadError."""
        for chunk in self.reader.read(self.source, self.recipe) if self.recipe.columns else ():
            if self.header_row is None:
                yield chunk
            else:
                yield replace(chunk, frame=chunk.frame.filter(chunk.frame["_row"] != self.header_row))


def read_file(path: str | Path) -> "dict[str, pa.Table]":
    r"""Every table of a file: a CSV, Excel, JSON, XML or Parquet file, or an archive of them.

    Columns are named as in the file, also where it names two alike (as ``pyarrow.csv`` does), and hold text (string);
    null only where the format itself says "no value". Rows that are no rows (ragged, undecodable) are in a further
    table ``NAME (set aside)`` with their line, the reason and their original text; files of an archive that were
    refused are in ``(skipped files)``.

    A sheet of a workbook comes as it stands, titles and totals too: its header row names the columns where it is one
    row of different texts; otherwise they are numbered and the row stays. ``NAME (notes)`` tells of hidden rows,
    merged cells and formulas without a value.

    Raises:
        ReadError: the file is empty, damaged, or of no kind that Hestia reads.
        NotFoundError: there is no such file.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp(), "zips.csv")
        >>> _ = path.write_text("zip,place\n00501,Holtsville\n")
        >>> read_file(path)["zips"].to_pylist()
        [{'zip': '00501', 'place': 'Holtsville'}]
    """
    tables: dict[str, pa.Table] = {}
    asides: dict[str, pa.Table] = {}
    skipped: list[tuple[str, str]] = []
    for table in open_tables(Path(path), skipped=skipped):
        name = _free(table.name, tables)
        tables[name], rejects = _arrow(table)
        if rejects:
            asides[ASIDE.format(name)] = _text_table(ASIDE_COLUMNS, [aside_row(reject) for reject in rejects])
        if table.notes:
            asides[NOTES.format(name)] = _text_table(NOTES_COLUMNS, [note_row(n) for n in table.notes])
    if skipped:
        asides[SKIPPED] = _text_table(SKIPPED_COLUMNS, skipped)
    return tables | asides


def open_tables(path: Path, *, skipped: list[tuple[str, str]]) -> Iterator[FileTable]:
    """The tables of a file, one after the other, each to be read before the next.

    Files of an archive that hold no table are added to ``skipped`` with the reason, as long as one of them does.

    Raises:
        ReadError: the file cannot be read; an archive, if none of its files can.
    """
    try:
        source = path.open("rb")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotFoundError("file", str(path)) from error
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be opened.", hint="Check that you may read it.") from error
    with source:
        archives = LimitedArchives()
        members = archives.members(source, file_name=path.name)
        if members or archives.is_archive(source, file_name=path.name):
            yield from _members(archives, source, path.name, len(members), skipped)
        else:
            yield from _named(_tables(source, path.name), path.stem, alone=True)


def aside_row(reject: Reject) -> tuple[str | None, ...]:
    """A row that was set aside, in the order of ``ASIDE_COLUMNS``."""
    place = (str(reject.line), str(reject.lines))
    return (*place, reject.rule, reject.column, reject.message, reject.value, reject.text)


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or the name and a number where another table has it."""
    copies = (f"{name} {copy}" for copy in count(2))
    return name if name not in taken else next(copy for copy in copies if copy not in taken)


def note_row(note: Note) -> tuple[str, ...]:
    """A note in the order of ``NOTES_COLUMNS``."""
    return (note.what, str(note.count), note.text, ", ".join(note.places))


def _members(
    archives: LimitedArchives, source: BinaryIO, file_name: str, total: int, skipped: list[tuple[str, str]]
) -> Iterator[FileTable]:
    refusal: HestiaError | None = None
    readable, unread = 0, list[SkippedMember]()
    for member in archives.unpacked(source, file_name=file_name):
        if isinstance(member, SkippedMember):
            skipped.append((member.name, member.why))
            unread.append(member)
            continue
        with tempfile.TemporaryFile() as copy:
            while block := member.source.read(BLOCK_BYTES):
                copy.write(block)
            unpacked = cast("BinaryIO", copy)
            try:
                tables = _tables(unpacked, Path(member.name).name)
            except ReadError as error:
                refusal = refusal or error
                skipped.append((member.name, error.message))
                continue
            readable += 1
            alone = total == 1
            yield from _named(tables, Path(member.name).stem if alone else member.name, alone=alone)
    if not readable:
        raise refusal or nothing_in(file_name, unread)


def _named(tables: Sequence[FileTable], name: str, *, alone: bool) -> Iterator[FileTable]:
    """The only table of a file has the file's name; several have their own, behind that of their file."""
    for table in tables:
        own = table.name if alone else f"{name}: {table.name}"
        yield replace(table, name=own if table.name else name)


def _tables(source: BinaryIO, file_name: str) -> list[FileTable]:
    found = detect(FORMATS, source, file_name=file_name)
    reader = FORMATS.get(found.recipe.format)
    tables: list[FileTable] = []
    for name, recipe in _recipes(found, reader, source):
        header = tuple(_shown(column.source) for column in recipe.columns)
        notes = found.notes if recipe == found.recipe else _notes(reader, source, recipe)
        table = FileTable(name, header, recipe, reader, source, notes=notes)
        tables.append(_as_it_stands(table, reader) if isinstance(reader, LayoutFormat) and recipe.columns else table)
    return tables


def _notes(reader: Format, source: BinaryIO, recipe: Recipe) -> tuple[Note, ...]:
    """What another table than the inspected one hides."""
    return reader.about(source, recipe)[0] if recipe.columns and isinstance(reader, TellingFormat) else ()


def _as_it_stands(table: FileTable, reader: LayoutFormat) -> FileTable:
    """All rows of a sheet; the header row gives the names where it is one row of different texts."""
    recipe = table.recipe.with_changes(reader.as_it_is(table.name))
    recipe = recipe.model_copy(update={"columns": table.reader.columns(table.source, recipe)})
    sheet = replace(table, recipe=recipe, header=tuple(column.source for column in recipe.columns))
    wanted = [column.source for column in table.recipe.columns if not NUMBERED.fullmatch(column.source)]
    first = next(sheet.chunks(), None)
    if first is None or not table.recipe.has_header or len(set(wanted)) < len(wanted):
        return sheet
    names = [column.name for column in recipe.columns]
    for number, row in zip(
        first.frame["_row"], first.frame.select(names).head(HEADER_WITHIN).iter_rows(), strict=False
    ):
        if [text for text in row if text] == wanted:
            texts = [text or f"column_{index}" for index, text in enumerate(row, start=1)]
            return replace(sheet, header=tuple(texts), header_row=number)
    return sheet


def _recipes(found: Inspection, reader: Format, source: BinaryIO) -> list[tuple[str, Recipe]]:
    """A recipe for each table; columns of the others than the inspected one are asked for.

    A sheet always has its name; the only table of another file needs none.
    """
    if not found.tables or (len(found.tables) == 1 and not isinstance(reader, LayoutFormat)):
        return [("", found.recipe)]
    recipes: list[tuple[str, Recipe]] = []
    for table in found.tables:
        recipe = found.recipe.with_changes(table.changes)
        if recipe != found.recipe:
            try:
                recipe = recipe.model_copy(update={"columns": reader.columns(source, recipe)})
            except EmptyFileError:
                recipe = recipe.model_copy(update={"columns": ()})
        recipes.append((table.name, recipe))
    return recipes


def _shown(text: str) -> str:
    """Half a surrogate pair, which a key in JSON may have, is no text; it is shown escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def _arrow(table: FileTable) -> "tuple[pa.Table, list[Reject]]":
    """A table as text, and the rows that were set aside."""
    import pyarrow as pa

    schema = pa.schema([(name, pa.string()) for name in table.header])
    parts: list[pa.Table] = []
    rejects: list[Reject] = []
    for chunk in table.chunks():
        columns = [chunk.frame[column.name].to_arrow().cast(pa.string()) for column in table.recipe.columns]
        parts.append(pa.Table.from_arrays(columns, schema=schema))
        rejects += chunk.rejects
    return (pa.concat_tables(parts) if parts else schema.empty_table()), rejects


def _text_table(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> "pa.Table":
    import pyarrow as pa

    schema = pa.schema([(name, pa.string()) for name in names])
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=schema)
