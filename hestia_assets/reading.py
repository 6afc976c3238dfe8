"""A file read by itself, without a home: every table in it, every value as text, nothing left out unnamed."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from hestia_assets.adapters.unpack import LimitedArchives
from hestia_assets.core.errors import EmptyFileError, HestiaError, NotFoundError, ReadError, UnreadableFileError
from hestia_assets.core.ports import Format
from hestia_assets.core.results import Inspection, Reject, SkippedMember, TextChunk
from hestia_assets.core.specs import Recipe
from hestia_assets.domains.ingest.detect import detect
from hestia_assets.formats import FORMATS

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_BYTES = 1024 * 1024
ASIDE = "{} (set aside)"
ASIDE_COLUMNS = ("line", "lines", "rule", "column", "message", "value", "text")
SKIPPED = "(skipped files)"
SKIPPED_COLUMNS = ("file", "why")


@dataclass(frozen=True)
class FileTable:
    """One table of an open file. ``header``: the texts in the file, made unique."""

    name: str
    header: tuple[str, ...]
    recipe: Recipe
    reader: Format
    source: BinaryIO

    def chunks(self) -> Iterator[TextChunk]:
        """Its rows as text; none where the table is empty. Raises ReadError."""
        return self.reader.read(self.source, self.recipe) if self.recipe.columns else iter(())


def read_file(path: str | Path) -> "dict[str, pa.Table]":
    r"""Every table of a file: a CSV, Excel, JSON, XML or Parquet file, or an archive of them.

    Columns are named as in the file and hold text (string); null only where the format itself says "no value". Rows
    that are no rows (ragged, undecodable) are in a further table ``NAME (set aside)`` with their line, the reason and
    their original text; files of an archive that were refused are in ``(skipped files)``.

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
        tables[table.name], rejects = _arrow(table)
        if rejects:
            asides[ASIDE.format(table.name)] = _text_table(ASIDE_COLUMNS, [aside_row(reject) for reject in rejects])
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
        if members:
            yield from _members(archives, source, path.name, len(members), skipped)
        else:
            yield from _named(_tables(source, path.name), path.stem, alone=True)


def aside_row(reject: Reject) -> tuple[str | None, ...]:
    """A row that was set aside, in the order of ``ASIDE_COLUMNS``."""
    place = (str(reject.line), str(reject.lines))
    return (*place, reject.rule, reject.column, reject.message, reject.value, reject.text)


def _members(
    archives: LimitedArchives, source: BinaryIO, file_name: str, count: int, skipped: list[tuple[str, str]]
) -> Iterator[FileTable]:
    refusal: HestiaError | None = None
    readable = 0
    for member in archives.unpacked(source, file_name=file_name):
        if isinstance(member, SkippedMember):
            skipped.append((member.name, member.why))
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
            alone = count == 1
            yield from _named(tables, Path(member.name).stem if alone else member.name, alone=alone)
    if not readable:
        raise refusal or EmptyFileError(file_name)


def _named(tables: Sequence[FileTable], name: str, *, alone: bool) -> Iterator[FileTable]:
    """The only table of a file has the file's name; several have their own, behind that of their file."""
    for table in tables:
        own = table.name if alone else f"{name}: {table.name}"
        yield replace(table, name=own if table.name else name)


def _tables(source: BinaryIO, file_name: str) -> list[FileTable]:
    found = detect(FORMATS, source, file_name=file_name)
    reader = FORMATS.get(found.recipe.format)
    recipes = _recipes(found, reader, source)
    return [
        FileTable(name, unique([column.source for column in recipe.columns]), recipe, reader, source)
        for name, recipe in recipes
    ]


def _recipes(found: Inspection, reader: Format, source: BinaryIO) -> list[tuple[str, Recipe]]:
    """A recipe for each table; columns of the others than the inspected one are asked for."""
    if not found.tables:
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


def unique(texts: Sequence[str]) -> tuple[str, ...]:
    """Header texts with a number behind those that were there before.

    Example:
        >>> unique(["a", "a", "", ""])
        ('a', 'a_2', '', 'column_4')
    """
    taken: dict[str, None] = {}
    for number, text in enumerate(texts, start=1):
        copy, name = 1, text
        while name in taken:
            copy += 1
            name = f"{text}_{copy}" if text else f"column_{number + copy - 2}"
        taken[name] = None
    return tuple(taken)


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
