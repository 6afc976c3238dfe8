"""Rows to take along: open entries in a file in which they can be corrected."""

import csv
import io
from typing import BinaryIO, Literal, Protocol

from hestia_assets.core.registry import Registry
from hestia_assets.core.results import Doing, EntryFilter, ExportedEntries, RefusedRow, WorkStep
from hestia_assets.core.rules import Rule
from hestia_assets.domains.ingest.resubmitting.columns import ROW_ID, WRONG, guarded, told_at_once, written_id
from hestia_assets.domains.ingest.resubmitting.shelf import TOLD, Held, Shelf
from hestia_assets.domains.ingest.resubmitting.workbook import WorkbookOfRows

AT_ONCE = 10_000
"""Entries that are held in memory while a file is written."""

MOST_NAMED = 100


class FileOfRows(Protocol):
    """A file to be corrected while it is written."""

    def unfit(self, held: Held) -> str | None:
        """Why it cannot hold the row exactly."""
        ...

    def add(self, held: Held) -> None:
        """Write one row."""
        ...

    def close(self, left_out: list[RefusedRow], more: int) -> None:
        """End it; ``left_out`` are rows that it cannot hold, ``more`` those beyond its limit."""
        ...


def take_along(
    shelf: Shelf,
    rules: Registry[Rule],
    target: BinaryIO,
    *,
    format: Literal["xlsx", "csv"],
    wanted: EntryFilter,
    limit: int,
) -> ExportedEntries:
    """Write the entries that match, at most ``limit``, and say which the file cannot hold."""
    ids, total = shelf.ids(wanted, limit=limit)
    made: FileOfRows = (
        WorkbookOfRows(target, shelf.spec, rules) if format == "xlsx" else CsvOfRows(target, shelf, rules)
    )
    left_out, rows = list[RefusedRow](), 0
    for slice_ in (ids.slice(start, AT_ONCE) for start in range(0, ids.height, AT_ONCE)):
        for held in shelf.find(slice_):
            if why := made.unfit(held):
                left_out.append(RefusedRow(f"{held.entry.file_name}, line {held.entry.line}", why))
            else:
                if rows % TOLD == 0:
                    shelf.watch(WorkStep(Doing.WRITING, rows, ids.height))
                made.add(held)
                rows += 1
    made.close(left_out[:MOST_NAMED], total - rows)
    return ExportedEntries(rows, total, tuple(left_out))


class CsvOfRows:
    """UTF-8 with a byte order mark; every value exactly, an apostrophe before what looks like a formula."""

    def __init__(self, target: BinaryIO, shelf: Shelf, rules: Registry[Rule]) -> None:
        self._rules, self._columns = rules, shelf.columns
        self._text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
        self._text.write("\ufeff")
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._writer.writerow([WRONG, *self._columns, ROW_ID])

    def unfit(self, held: Held) -> str | None:  # noqa: ARG002 - the signature of a file of rows
        """CSV holds any text."""
        return None

    def add(self, held: Held) -> None:
        """One row."""
        words = told_at_once(held, self._rules).replace("\r", " ").replace("\n", " ")
        values = [guarded(held.entry.values.get(name) or "") for name in self._columns]
        self._writer.writerow([guarded(words), *values, written_id(held)])

    def close(self, left_out: list[RefusedRow], more: int) -> None:  # noqa: ARG002 - nothing is left out
        """Leave the file to its owner."""
        self._text.detach()
