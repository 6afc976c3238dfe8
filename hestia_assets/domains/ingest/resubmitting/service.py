"""Rows that were set aside: looked at, corrected, dropped, accepted, judged again, taken along in a workbook."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Literal

from hestia_assets.core.registry import Registry
from hestia_assets.core.results import (
    Entry,
    EntryEvent,
    EntryFilter,
    EntryId,
    EntryPage,
    ExportedEntries,
    Fix,
    Resubmission,
    Returned,
    SpecVersion,
)
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.runner import Runner

OPEN = EntryFilter()

SaveSpec = Callable[..., SpecVersion]
"""Keeps a new version of a spec: ``save(spec, author=…)``, as the catalogue does."""


@dataclass(frozen=True)
class QuarantineService:
    """Rows that could not become valid rows, and the ways back for them.

    ``runner`` makes a fresh runner of batches.
    """

    runner: Callable[[], Runner]
    save: SaveSpec
    new_id: Callable[[str], str]
    rules: Registry[Rule]

    def entries(
        self, dataset: DatasetSpec, wanted: EntryFilter = OPEN, *, limit: int = 200, skip: int = 0
    ) -> EntryPage:
        """One page of entries, oldest batch first, and how many there are in all.

        Rows of batches that count no more (undone, or replaced by a later file) are left out.
        """
        raise NotImplementedError

    def entry(self, dataset: DatasetSpec, entry: EntryId) -> Entry:
        """One entry, whatever its state. Raises NotFoundError."""
        raise NotImplementedError

    def history(self, dataset: DatasetSpec, entry: EntryId) -> tuple[EntryEvent, ...]:
        """What was done to an entry, oldest first; steps of undone batches are left out. Raises NotFoundError."""
        raise NotImplementedError

    def preview(self, dataset: DatasetSpec, fixes: Sequence[Fix]) -> Resubmission:
        """What ``resubmit`` would do now; nothing is kept. Raises EditError, SpecError, NotFoundError."""
        raise NotImplementedError

    def resubmit(self, dataset: DatasetSpec, fixes: Sequence[Fix], *, author: str, note: str = "") -> Resubmission:
        """Load the rows that are right now, as a batch of their own; the others stay open with their new values.

        The rows join the table, or update it by key; they never take the place of all rows, whatever the mode.

        Raises:
            NotFoundError: there is no such entry.
            EditError: a column is unknown, an entry is named twice, or too many rows come at once.
            LeaseHeldError: a run of this dataset is still at work.
        """
        raise NotImplementedError

    def drop(self, dataset: DatasetSpec, ids: Sequence[EntryId], *, reason: str, author: str) -> int:
        """Decide that rows are not wanted; returns how many were open. Raises EditError without a reason."""
        raise NotImplementedError

    def reopen(self, dataset: DatasetSpec, ids: Sequence[EntryId], *, author: str, note: str = "") -> int:
        """Take back that rows were dropped; returns how many were. (Undo the batch to have loaded rows back.)"""
        raise NotImplementedError

    def accept(
        self, dataset: DatasetSpec, ids: Sequence[EntryId], *, reason: str, until: date | None, author: str
    ) -> Resubmission:
        """Load rows as they are: the checks that they fail get an exemption in the dataset's spec, a new version.

        Raises:
            EditError: a row does not fit its types, or is no row at all: named; then nothing was changed.
        """
        raise NotImplementedError

    def replay_preview(self, dataset: DatasetSpec, wanted: EntryFilter = OPEN) -> Resubmission:
        """What ``replay`` would do now; nothing is kept."""
        raise NotImplementedError

    def replay(self, dataset: DatasetSpec, wanted: EntryFilter = OPEN, *, author: str) -> Resubmission:
        """Judge open entries again under the present spec, values unchanged; what passes is loaded.

        Where the way of reading changed since, rows are read again from their file. Raises as ``resubmit``.
        """
        raise NotImplementedError

    def export(
        self,
        dataset: DatasetSpec,
        target: BinaryIO,
        *,
        format: Literal["xlsx", "csv"] = "xlsx",  # noqa: A002 - the word of the product
        wanted: EntryFilter = OPEN,
        limit: int = 100_000,
    ) -> ExportedEntries:
        """Write open entries to a workbook or CSV file in which they can be corrected and read back."""
        raise NotImplementedError

    def read_back(self, dataset: DatasetSpec, source: BinaryIO, *, file_name: str) -> Returned:
        """What a returned workbook (xlsx, ods) or CSV file says; nothing is kept. Raises ReadError."""
        raise NotImplementedError
