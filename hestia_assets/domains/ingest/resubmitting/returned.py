"""A returned workbook or CSV file: which rows were corrected, and which cannot be trusted, each named with its cell."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from hestia_assets.core.errors import ReadError
from hestia_assets.core.results import Doing, EntryId, EntryState, Fix, RefusedRow, Returned, Watch, WorkStep
from hestia_assets.domains.ingest.entries.book import id_frame
from hestia_assets.domains.ingest.resubmitting.apart import Came, moved
from hestia_assets.domains.ingest.resubmitting.columns import ROW_ID, WRONG, bare, parsed_id
from hestia_assets.domains.ingest.resubmitting.damage import rewritten
from hestia_assets.domains.ingest.resubmitting.returned_csv import csv_rows
from hestia_assets.domains.ingest.resubmitting.sending import MOST_ROWS
from hestia_assets.domains.ingest.resubmitting.shelf import TOLD, Held, Shelf
from hestia_assets.formats._excel.found import CellKind, FoundCell, FoundRow
from hestia_assets.formats._excel.kinds import rows_with_kinds

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_BYTES = 256 * 1024 * 1024
HEAD_ROWS = 20
"""The header is among so many rows of a sheet."""

NAMED = 3


@dataclass(frozen=True)
class Header:
    """Where the columns stand."""

    sheet: str
    id: int
    columns: Mapping[str, int]


@dataclass(frozen=True)
class Line:
    """A row of the file whose id can be read."""

    row: FoundRow
    id: EntryId
    digest: str


def read_returned(shelf: Shelf, source: BinaryIO, *, file_name: str) -> Returned:
    """What the file says; nothing is kept.

    Raises:
        ReadError: it is no such file, its row ids are gone or stand beside other rows, or a column was renamed.
    """
    if source.seek(0, 2) > MOST_BYTES:
        hint = "Hand in only the sheet with the rows."
        raise ReadError(f"{file_name} is larger than {MOST_BYTES >> 20} MB.", hint=hint)
    source.seek(0)
    is_book = source.read(4).startswith((ZIP, OLE))
    source.seek(0)
    rows = rows_with_kinds(source, file_name=file_name) if is_book else csv_rows(source, file_name=file_name)
    header, lines, refused = _lines(_watched(rows, shelf.watch), shelf.columns, file_name)
    judge = Judge(shelf, header, file_name, is_book=is_book)
    return judge.returned(lines, refused)


def _watched(rows: Iterator[FoundRow], watch: Watch) -> Iterator[FoundRow]:
    """The rows; who looks on is told how many there were."""
    for number, row in enumerate(rows):
        if number % TOLD == 0:
            watch(WorkStep(Doing.READING, number))
        yield row


def _lines(rows: Iterator[FoundRow], columns: list[str], file_name: str) -> tuple[Header, list[Line], list[RefusedRow]]:
    header: Header | None = None
    lines, refused = list[Line](), list[RefusedRow]()
    for row in rows:
        if header is None:
            header = _header(row, columns, file_name) if row.number <= HEAD_ROWS else None
        elif row.sheet == header.sheet:
            _take(row, header, lines, refused)
            if len(lines) + len(refused) > MOST_ROWS:
                hint = "Hand in the file that was exported, with its rows only."
                raise ReadError(f"{file_name} has more than {MOST_ROWS:,} rows.", hint=hint)
    if header is None:
        hint = "Export the rows again, and correct that file; its last column, which is hidden, must stay."
        raise ReadError(f"{file_name} has no column '{ROW_ID}', so its rows cannot be known again.", hint=hint)
    return header, lines, refused


def _header(row: FoundRow, columns: list[str], file_name: str) -> Header | None:
    names = {place: cell.text.strip() for place, cell in row.cells.items()}
    places = [place for place, name in names.items() if name == ROW_ID]
    if not places:
        return None
    times = Counter(names.values())
    if twice := [name for name in (*columns, ROW_ID) if times[name] > 1]:
        raise ReadError(f"{file_name} has the column '{twice[0]}' twice.", hint="Remove one of them.")
    missing = [name for name in columns if name not in times]
    strange = [name for name in times if name not in (*columns, ROW_ID, WRONG)]
    if missing and strange:
        raise ReadError(
            f"{file_name} has a column '{strange[0]}' that was not exported, and '{missing[0]}' is missing.",
            hint="Give the columns their names again.",
        )
    return Header(row.sheet, places[0], {name: place for place, name in names.items() if name in columns})


def _take(row: FoundRow, header: Header, lines: list[Line], refused: list[RefusedRow]) -> None:
    cell = row.cells.get(header.id)
    if cell is None:
        if any(place in row.cells for place in header.columns.values()):
            refused.append(RefusedRow(place_of(row, header.id), "it has no row id; rows cannot be added here"))
        return
    try:
        if cell.kind is not CellKind.TEXT:
            raise ValueError(cell.text)
        entry, digest = parsed_id(cell.text)
    except ValueError:
        was = "" if cell.kind is CellKind.TEXT else f", a {cell.kind.value}"
        refused.append(RefusedRow(place_of(row, header.id), f"its row id was changed: {cell.text[:60]}{was}"))
        return
    lines.append(Line(row, entry, digest))


@dataclass(frozen=True)
class Judge:
    """Holds the lines of a file against the entries that they come from."""

    shelf: Shelf
    header: Header
    file_name: str
    is_book: bool

    def returned(self, lines: list[Line], refused: list[RefusedRow]) -> Returned:
        """Fixes, and what is not taken. Raises ReadError where ids and rows were sorted apart."""
        entries = {held.id: held for held in self.shelf.find(id_frame([line.id for line in lines]))}
        times = Counter(line.id for line in lines)
        known_lines = [(line, held) for line in lines if (held := entries.get(line.id))]
        self._refuse_apart([both for both in known_lines if not self._refusal(*both, times[both[0].id])])
        fixes, known, unchanged = list[Fix](), dict[EntryId, None](), 0
        for line in lines:
            held = entries.get(line.id)
            why = self._refusal(line, held, times[line.id])
            if why is not None or held is None:
                refused.append(RefusedRow(place_of(line.row, self.header.id), why or ""))
            elif held.entry.state is not EntryState.OPEN:
                known[line.id] = None
            elif self._is_as_it_first_came(line, held):
                unchanged += 1
            elif damaged := self._damaged(line, held):
                refused.append(damaged)
            elif changes := self._changes(line, held):
                fixes.append(Fix(line.id, changes))
            else:
                unchanged += 1
        return Returned(tuple(fixes), unchanged, tuple(known), tuple(refused))

    def _refuse_apart(self, rows: Sequence[tuple[Line, Held]]) -> None:
        """Raise ReadError where rows stand beside the ids of others, so that no id can be trusted."""
        taken = moved([self._came(line, held) for line, held in rows])
        if not taken:
            return
        told = [
            f"{place_of(line.row, self.header.id)} has {_exchange(held, its)}"
            for line, held, its in ((*rows[place], rows[to][1]) for place, to in list(taken.items())[:NAMED])
        ]
        more = f"; {len(taken) - NAMED:,} more" if len(taken) > NAMED else ""
        raise ReadError(
            f"{self.file_name} cannot be taken: {len(taken):,} of its {len(rows):,} rows stand beside the ids of other "
            f"rows: {'; '.join(told)}{more}.",
            hint="Some columns were sorted or moved without the others. Undo that, or export again and sort all "
            "columns at once, with the hidden last one. Rows that are meant so are mended on the page Fix rows.",
        )

    def _is_as_it_first_came(self, line: Line, held: Held) -> bool:
        """Whether a row corrected since is untouched in a file from before: it takes no correction back."""
        if not held.is_tried:
            return False
        came = self._came(line, held)
        return came.now == came.first

    def _came(self, line: Line, held: Held) -> Came:
        names = self.header.columns
        first = tuple(held.first.get(name) or "" for name in names)
        last = tuple(held.entry.values.get(name) or "" for name in names) if held.is_tried else first
        return Came(tuple(self._text(line, place) for place in names.values()), first, last)

    def _text(self, line: Line, place: int) -> str:
        cell = line.row.cells.get(place)
        return "" if cell is None else cell.text if self.is_book else bare(cell.text)

    def _refusal(self, line: Line, held: Held | None, times: int) -> str | None:
        if times > 1:
            return f"the row id {line.id} is there {times} times"
        if held is None:
            return f"there is no row {line.id} in quarantine (its file may have been taken out)"
        if line.digest != held.entry.digest:
            return f"the row id {line.id} belongs to another row; its last part does not fit"
        return None

    def _damaged(self, line: Line, held: Held) -> RefusedRow | None:
        """A row with a cell that is no text any more, or that a program wrote otherwise."""
        found: list[tuple[str, str]] = []
        for name, place in self.header.columns.items():
            cell, was = line.row.cells.get(place), held.entry.values.get(name) or ""
            if why := self._damage(cell, was, is_wrong=name in held.entry.wrong):
                found.append((place_of(line.row, place), f"{name} {why}"))
        if not found:
            return None
        more = f"; {len(found) - NAMED} more cells" if len(found) > NAMED else ""
        return RefusedRow(found[0][0], "; ".join(f"{place}: {why}" for place, why in found[:NAMED]) + more)

    def _damage(self, cell: FoundCell | None, was: str, *, is_wrong: bool) -> str | None:
        if cell is None:
            return None
        if cell.kind is not CellKind.TEXT:
            held = f"holds the {cell.kind.value} {cell.text[:60]}, not a text"
            return f"{held} (it was {was[:60]})" if was else held
        return None if self.is_book else rewritten(was, bare(cell.text), is_wrong=is_wrong)

    def _changes(self, line: Line, held: Held) -> dict[str, str | None]:
        changes: dict[str, str | None] = {}
        for name, place in self.header.columns.items():
            now = self._text(line, place)
            if now != (held.entry.values.get(name) or ""):
                changes[name] = now or None
        return changes


def _exchange(held: Held, its: Held) -> str:
    """Whose id a row has, and whose values."""
    own, other = held.entry, its.entry
    first = "" if own.file_name == other.file_name else f" of {own.file_name}"
    return f"the id of line {own.line:,}{first} and the values of line {other.line:,} of {other.file_name}"


def place_of(row: FoundRow, column: int) -> str:
    """A cell as a person finds it: ``B7``, with its sheet where there are several."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{row.sheet}!{letters}{row.number}" if row.sheet else f"{letters}{row.number}"
