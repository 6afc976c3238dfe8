"""Any readable file → one CSV per table (RFC 4180, UTF-8, header first), all of them or none."""

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO, TypeVar

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.results import Note, TextChunk
from hestia_assets.reading import (
    ASIDE,
    ASIDE_COLUMNS,
    NOTES,
    NOTES_COLUMNS,
    FileTable,
    aside_row,
    note_row,
    open_tables,
)

LINE_END = "\r\n"
MOST_NAME = 100

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ConvertedTable:
    """One table as it was written. ``set_aside``: rows that are no rows; they are in ``aside_path``.

    ``notes`` say what a person should know of its file, such as formulas without a value; they are in ``notes_path``.
    """

    name: str
    path: Path
    rows: int
    columns: int
    set_aside: int = 0
    aside_path: Path | None = None
    notes: tuple[Note, ...] = ()
    notes_path: Path | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of a file. ``skipped``: files of an archive that hold no table, each with the reason."""

    tables: tuple[ConvertedTable, ...]
    skipped: tuple[tuple[str, str], ...] = ()


def convert_file(path: Path, folder: Path) -> Conversion:
    """Write every table of a file into ``folder``; files of the same name there are replaced.

    Nothing appears in the folder before everything is written.

    Raises:
        ReadError: the file is empty, damaged, or of no kind that Hestia reads.
        NotFoundError: there is no such file.
    """
    skipped: list[tuple[str, str]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".hestia-convert-", dir=folder))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        taken: set[str] = set()
        tables = _read(open_tables(path, skipped=skipped), path)
        written = [_write(table, _read(table.chunks(), path), scratch, taken) for table in tables]
        for file in scratch.iterdir():
            file.replace(folder / file.name)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Conversion(tuple(_moved(table, folder) for table in written), tuple(skipped))


def _read(items: Iterable[Item], path: Path) -> Iterator[Item]:
    """What comes of a file; a disk that cannot be read is not taken for one that cannot be written."""
    try:
        yield from items
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableFileError(
            f"{path} cannot be read: {reason}.", hint="Check the disk that the file is on, or copy the file elsewhere."
        ) from error


def _write(table: FileTable, chunks: Iterable[TextChunk], folder: Path, taken: set[str]) -> ConvertedTable:
    """Rows as they come, and those set aside too, so that memory is bounded by a chunk."""
    path = folder / f"{_file_name(table.name, taken)}.csv"
    names = [column.name for column in table.recipe.columns]
    null = '""' if len(names) == 1 else ""  # an empty line would be no row
    rows, set_aside = 0, 0
    aside_path: Path | None = None
    aside: TextIO | None = None
    with path.open("wb") as target, ExitStack() as opened:
        target.write(_header(table.header))
        for chunk in chunks:
            frame = chunk.frame.select(names)
            frame.write_csv(
                target, include_header=False, line_terminator=LINE_END, quote_style="necessary", null_value=null
            )
            rows += frame.height
            if chunk.rejects and aside is None:
                aside_path = folder / f"{_file_name(ASIDE.format(table.name), taken)}.csv"
                aside = opened.enter_context(aside_path.open("w", encoding="utf-8", newline=""))
                _write_texts(aside, [ASIDE_COLUMNS])
            if aside is not None:
                _write_texts(aside, map(aside_row, chunk.rejects))
                set_aside += len(chunk.rejects)
    done = ConvertedTable(table.name, path, rows, len(names), set_aside, aside_path, notes=table.notes)
    if table.notes:
        notes = folder / f"{_file_name(NOTES.format(table.name), taken)}.csv"
        with notes.open("w", encoding="utf-8", newline="") as target:
            _write_texts(target, [NOTES_COLUMNS, *map(note_row, table.notes)])
        done = replace(done, notes_path=notes)
    return done


def _write_texts(target: TextIO, rows: Iterable[Sequence[str | None]]) -> None:
    csv.writer(target, lineterminator=LINE_END).writerows(rows)


def _header(texts: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator=LINE_END).writerow(texts)
    return line.getvalue().encode() if texts else b""


def _file_name(name: str, taken: set[str]) -> str:
    """A table's name as the name of a file, on every system, once."""
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "_", name).strip(" .")[:MOST_NAME] or "table"
    copy, unique = 1, plain
    while unique.lower() in taken:
        copy += 1
        unique = f"{plain} {copy}"
    taken.add(unique.lower())
    return unique


def _moved(table: ConvertedTable, folder: Path) -> ConvertedTable:
    def there(path: Path | None) -> Path | None:
        return folder / path.name if path else None

    moved = folder / table.path.name
    return replace(table, path=moved, aside_path=there(table.aside_path), notes_path=there(table.notes_path))


def _unwritable(folder: Path, error: OSError) -> UnreadableFileError:
    reason = error.strerror or type(error).__name__
    return UnreadableFileError(f"Cannot write to {folder}: {reason}.", hint="Choose another folder with --out.")
