"""Any readable file → one CSV per table (RFC 4180, UTF-8, header first), all of them or none."""

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.results import Note, Reject
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
        written = [_write(table, scratch, taken) for table in open_tables(path, skipped=skipped)]
        for file in scratch.iterdir():
            file.replace(folder / file.name)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Conversion(tuple(_moved(table, folder) for table in written), tuple(skipped))


def _write(table: FileTable, folder: Path, taken: set[str]) -> ConvertedTable:
    """Rows as they come, so that memory is bounded by a chunk."""
    path = folder / f"{_file_name(table.name, taken)}.csv"
    names = [column.name for column in table.recipe.columns]
    null = '""' if len(names) == 1 else ""  # an empty line would be no row
    rows, rejects = 0, list[Reject]()
    with path.open("wb") as target:
        target.write(_header(table.header))
        for chunk in table.chunks():
            frame = chunk.frame.select(names)
            frame.write_csv(
                target, include_header=False, line_terminator=LINE_END, quote_style="necessary", null_value=null
            )
            rows += frame.height
            rejects += chunk.rejects
    done = ConvertedTable(table.name, path, rows, len(names), len(rejects), notes=table.notes)
    if rejects:
        aside = folder / f"{_file_name(ASIDE.format(table.name), taken)}.csv"
        _write_texts(aside, ASIDE_COLUMNS, map(aside_row, rejects))
        done = replace(done, aside_path=aside)
    if table.notes:
        notes = folder / f"{_file_name(NOTES.format(table.name), taken)}.csv"
        _write_texts(notes, NOTES_COLUMNS, map(note_row, table.notes))
        done = replace(done, notes_path=notes)
    return done


def _write_texts(path: Path, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator=LINE_END)
        writer.writerow(names)
        writer.writerows(rows)


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
