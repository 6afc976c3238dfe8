"""Rows that were set aside: looked at, corrected, dropped, accepted, judged again, taken along in a workbook."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO, Literal

from hestia_assets.core.errors import EditError, LeaseHeldError
from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import Hold
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import (
    Doing,
    Entry,
    EntryAction,
    EntryEvent,
    EntryFilter,
    EntryId,
    EntryPage,
    EntryState,
    ExportedEntries,
    Fix,
    OverNewer,
    Resubmission,
    Returned,
    SpecVersion,
    Watch,
    WorkStep,
    unwatched,
)
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.entries.book import LOG, id_frame
from hestia_assets.domains.ingest.entries.run import Step, log_rows
from hestia_assets.domains.ingest.entries.taken import versions
from hestia_assets.domains.ingest.resubmitting.accepting import Word, accepted, refuse_word
from hestia_assets.domains.ingest.resubmitting.cells import RawCells
from hestia_assets.domains.ingest.resubmitting.replaying import Replay
from hestia_assets.domains.ingest.resubmitting.returned import read_returned
from hestia_assets.domains.ingest.resubmitting.sending import Sending, fixed, plus
from hestia_assets.domains.ingest.resubmitting.shelf import Shelf
from hestia_assets.domains.ingest.resubmitting.standing import refuse_others
from hestia_assets.domains.ingest.resubmitting.taking import take_along
from hestia_assets.domains.ingest.runner import Runner

OPEN = EntryFilter()

SaveSpec = Callable[..., SpecVersion]
"""Keeps a new version of a spec: ``save(spec, author=…)``, as the catalogue does."""


@dataclass(frozen=True)
class QuarantineService:
    """Rows that could not become valid rows, and the ways back for them.

    ``runner`` makes a fresh runner of batches. ``watch`` is told how far long work is.
    """

    runner: Callable[[], Runner]
    save: SaveSpec
    new_id: Callable[[str], str]
    rules: Registry[Rule]
    watch: Watch = unwatched

    def watched(self, watch: Watch) -> "QuarantineService":
        """The same service, whose steps somebody looks at."""
        return replace(self, watch=watch)

    def entries(
        self, dataset: DatasetSpec, wanted: EntryFilter = OPEN, *, limit: int = 200, skip: int = 0
    ) -> EntryPage:
        """One page of entries, oldest batch first, and how many there are in all.

        Rows of batches that count no more (undone, or replaced by a later file) are left out.
        """
        return self._sending(dataset).shelf.page(wanted, limit=limit, skip=skip)

    def entry(self, dataset: DatasetSpec, entry: EntryId) -> Entry:
        """One entry, whatever its state. Raises NotFoundError."""
        return self._sending(dataset).shelf.one(entry).entry

    def history(self, dataset: DatasetSpec, entry: EntryId) -> tuple[EntryEvent, ...]:
        """What was done to an entry, oldest first; steps of undone batches are left out. Raises NotFoundError."""
        return self._sending(dataset).shelf.history(entry)

    def left_with_files(self, dataset: DatasetSpec, batch: str) -> int:
        """How many rows of a resubmission left the table with their files, which are undone."""
        book = self._sending(dataset).shelf.book
        gone = versions(book.log(), book.undone)
        return gone.filter(gone["_batch"] == batch).height

    def preview(self, dataset: DatasetSpec, fixes: Sequence[Fix], *, over_newer: OverNewer = False) -> Resubmission:
        """What ``resubmit`` would do now; nothing is kept. Raises EditError, SpecError, NotFoundError."""
        sending = self._sending(dataset, over_newer=over_newer)
        return sending.preview(fixed(sending.shelf, fixes))

    def resubmit(
        self, dataset: DatasetSpec, fixes: Sequence[Fix], *, author: str, note: str = "", over_newer: OverNewer = False
    ) -> Resubmission:
        """Load the rows that are right now, as a batch of their own; the others stay open with their new values.

        The rows join the table, or update it by key; they never take the place of all rows, whatever the mode. By key,
        what a batch later than the row's own brought stays, and the row is left open; not so with ``over_newer``.
        Newer rows that a preview named may go only while they are the newest.

        Raises:
            NotFoundError: there is no such entry.
            EditError: a column is unknown, an entry is named twice, or too many rows come at once.
            LeaseHeldError: a run of this dataset is still at work.
        """
        with self._alone(dataset, over_newer=over_newer) as (sending, hold):
            wanted = fixed(sending.shelf, fixes)
            return sending.send(
                wanted, hold, action=EntryAction.CORRECTED, author=author, note=note, new_id=self.new_id
            )

    def drop(self, dataset: DatasetSpec, ids: Sequence[EntryId], *, reason: str, author: str) -> int:
        """Decide that open rows are not wanted; returns how many.

        Raises:
            EditError: no reason, or rows that are not there or not open: named and counted. Then nothing was changed.
        """
        if not reason.strip():
            raise EditError("Rows are dropped with a reason.", hint="Say why they are not wanted.")
        return self._note(dataset, ids, EntryAction.DROPPED, of=EntryState.OPEN, author=author, note=reason)

    def reopen(self, dataset: DatasetSpec, ids: Sequence[EntryId], *, author: str, note: str = "") -> int:
        """Take back that rows were dropped; returns how many. Loaded rows come back by undo of their batch.

        Raises:
            EditError: rows that are not there or not dropped: named and counted. Then nothing was changed.
        """
        return self._note(dataset, ids, EntryAction.REOPENED, of=EntryState.DROPPED, author=author, note=note)

    def accept_preview(
        self, dataset: DatasetSpec, ids: Sequence[EntryId], *, over_newer: OverNewer = False
    ) -> Resubmission:
        """What ``accept`` would do now; nothing is kept. Raises as ``accept``."""
        sending = self._sending(dataset, over_newer=over_newer)
        self._standing(sending, ids, of=EntryState.OPEN)
        wanted = fixed(sending.shelf, [Fix(one) for one in dict.fromkeys(ids)])
        spec, wanted, left = accepted(sending, wanted, Word("preview", "preview", None))
        return plus(replace(sending, spec=spec).preview(wanted), left)

    def accept(
        self,
        dataset: DatasetSpec,
        ids: Sequence[EntryId],
        *,
        reason: str,
        until: date | None,
        author: str,
        over_newer: OverNewer = False,
    ) -> Resubmission:
        """Load rows as they are: the checks that they fail get an exemption in the dataset's spec, a new version.

        Rows in whose place the table has newer ones stay open without an exemption; not so with ``over_newer``.

        Raises:
            EditError: a row is not there or not open, does not fit its types, or is no row at all: named; or somebody
                saved the dataset while the rows were judged. Then nothing was changed.
        """
        word = Word(author, reason, until)
        with self._alone(dataset, over_newer=over_newer) as (sending, hold):
            refuse_word(word, len(ids), sending.runner.clock().date())
            self._standing(sending, ids, of=EntryState.OPEN)
            wanted = fixed(sending.shelf, [Fix(one) for one in dict.fromkeys(ids)])
            spec, wanted, left = accepted(sending, wanted, word)
            allowed = replace(sending, saved=self._saved(sending, spec, author), spec=spec)
            done = allowed.send(
                wanted, hold, action=EntryAction.ACCEPTED, author=author, note=reason, new_id=self.new_id
            )
            return plus(done, left)

    def replay_preview(
        self, dataset: DatasetSpec, wanted: EntryFilter = OPEN, *, over_newer: OverNewer = False
    ) -> Resubmission:
        """What ``replay`` would do now; nothing is kept."""
        sending = self._sending(dataset, over_newer=over_newer)
        again, stay = Replay(sending).wanted(wanted)
        return plus(sending.preview(again), stay)

    def replay(
        self, dataset: DatasetSpec, wanted: EntryFilter = OPEN, *, author: str, over_newer: OverNewer = False
    ) -> Resubmission:
        """Judge open entries again under the present spec, values unchanged; what passes is loaded.

        Where the way of reading changed since, rows are read again from their file. Newer rows and what is
        raised: as ``resubmit``.
        """
        with self._alone(dataset, over_newer=over_newer) as (sending, hold):
            again, stay = Replay(sending).wanted(wanted)
            done = sending.send(again, hold, action=EntryAction.REPLAYED, author=author, note="", new_id=self.new_id)
            return plus(done, stay)

    def export(
        self,
        dataset: DatasetSpec,
        target: BinaryIO,
        *,
        format: Literal["xlsx", "csv"] = "xlsx",
        wanted: EntryFilter = OPEN,
        limit: int = 100_000,
    ) -> ExportedEntries:
        """Write open entries to a workbook or CSV file in which they can be corrected and read back."""
        return take_along(self._sending(dataset).shelf, self.rules, target, format=format, wanted=wanted, limit=limit)

    def read_back(self, dataset: DatasetSpec, source: BinaryIO, *, file_name: str) -> Returned:
        """What a returned workbook (xlsx, ods, xls, xlsb) or CSV file says; nothing is kept. Raises ReadError."""
        return read_returned(self._sending(dataset).shelf, source, file_name=file_name)

    def _standing(self, sending: Sending, ids: Sequence[EntryId], *, of: EntryState) -> list[EntryId]:
        """These entries, each once, all of them in a state. Raises EditError."""
        asked = sorted(set(ids))
        states = sending.shelf.book.states(id_frame(asked))
        refuse_others(states, asked, of=of, dataset=sending.spec.name)
        return asked

    def _saved(self, sending: Sending, spec: DatasetSpec, author: str) -> SpecVersion:
        """Keep the spec, unless somebody kept another one since it was read. Raises EditError."""
        runner = sending.runner
        with runner.batches.together():
            if runner.specs.get("dataset", spec.tenant, spec.name).version != sending.saved.version:
                hint = "Look at its rules as they are now, and accept the rows again."
                raise EditError(f"Somebody changed the dataset {spec.name} while its rows were judged.", hint=hint)
            return self.save(spec, author=author)

    def _sending(self, dataset: DatasetSpec, *, over_newer: OverNewer = False) -> Sending:
        """The rows of a dataset as they are now, under the spec as it was saved last."""
        runner = self.runner()
        saved = runner.specs.get("dataset", dataset.tenant, dataset.name)
        assert isinstance(saved.spec, DatasetSpec), "kept under this kind"
        cells = RawCells(runner.files, runner.formats, saved.spec)
        shelf = Shelf(runner.book(dataset.tenant, dataset.name), saved.spec, cells, runner.specs, self.watch)
        return Sending(runner, shelf, saved, saved.spec, over_newer)

    @contextmanager
    def _alone(self, dataset: DatasetSpec, *, over_newer: OverNewer = False) -> Generator[tuple[Sending, Hold]]:
        """Alone with the dataset, after what was cut off there was ended. Raises LeaseHeldError."""
        runner = self.runner()
        with runner.alone(dataset.tenant, dataset.name, on_wait=self._wait) as hold:
            runner.settle(dataset.tenant, dataset.name, hold)
            yield self._sending(dataset, over_newer=over_newer), hold

    def _wait(self, held: LeaseHeldError) -> None:
        self.watch(WorkStep(Doing.WAITING, holder=held.owner, seconds_left=held.seconds_left))

    def _note(
        self,
        dataset: DatasetSpec,
        ids: Sequence[EntryId],
        action: EntryAction,
        *,
        of: EntryState,
        author: str,
        note: str,
    ) -> int:
        """Add one step to entries, all of which are in a state; returns how many. Raises EditError."""
        with self._alone(dataset) as (sending, hold):
            book, runner = sending.shelf.book, sending.runner
            steps = [Step(one, action) for one in self._standing(sending, ids, of=of)]
            if steps:
                name, ref = self.new_id(dataset.name), book.ref(Layer.QUARANTINE_LOG)
                frame = log_rows(book, steps, who=author, at=runner.clock(), note=note)
                hold.verify()
                runner.tables.commit(ref, [runner.tables.stage(ref, frame, batch=name, part=0)], batch=name, schema=LOG)
                runner.audit.record(author, f"quarantine.{action.value}", f"dataset/{dataset.key}", rows=len(steps))
            return len(steps)
