"""Rows on their way back: each group that is written alike becomes one batch, judged like the rows of a file."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from hestia_assets.core.errors import EditError, NotFoundError
from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import Hold
from hestia_assets.core.results import (
    RESUBMIT,
    Batch,
    BatchState,
    CheckResult,
    Doing,
    EntryAction,
    EntryId,
    EntryState,
    Fix,
    NewerRow,
    OverNewer,
    Resubmission,
    SpecVersion,
    StillWrong,
    WorkStep,
    merge_checks,
)
from hestia_assets.core.rules import Occasion
from hestia_assets.core.specs import DatasetSpec, Mode, Recipe
from hestia_assets.domains.ingest.entries.book import ID, id_frame
from hestia_assets.domains.ingest.entries.lines import Attempt, Head, Values, encoded
from hestia_assets.domains.ingest.entries.newer import RULE, NewerRows
from hestia_assets.domains.ingest.entries.run import own_mode, spec_for_rows
from hestia_assets.domains.ingest.resubmitting.shelf import Held, Shelf
from hestia_assets.domains.ingest.resubmitting.trial import Outcome, Trial
from hestia_assets.domains.ingest.rewriting.rereading import read_plainly
from hestia_assets.domains.ingest.runner import Runner

MOST_ROWS = 100_000
"""Rows of one resubmission; a file of which more are wrong is better imported again."""


@dataclass(frozen=True)
class Wanted:
    """Entries with the values that they shall have, and entries that are loaded or dropped already."""

    rows: tuple[tuple[Held, Values], ...]
    known: tuple[EntryId, ...] = ()


def fixed(shelf: Shelf, fixes: Sequence[Fix]) -> Wanted:
    """The rows as they would be with these fixes. Raises EditError, NotFoundError."""
    refuse_many(len(fixes))
    by_id = {fix.id: fix.values for fix in fixes}
    if len(by_id) < len(fixes):
        raise EditError("A row is named twice in one resubmission.", hint="Give each row once.")
    for fix in fixes:
        _refuse_values(fix, shelf.columns)
    found = shelf.find(id_frame(list(by_id)))
    if missing := by_id.keys() - {held.id for held in found}:
        raise NotFoundError("row in quarantine", str(min(missing)), known=())
    known = tuple(held.id for held in found if held.entry.state is not EntryState.OPEN)
    rows = tuple((held, {**held.entry.values, **by_id[held.id]}) for held in found if held.id not in set(known))
    return Wanted(rows, known)


def refuse_many(rows: int) -> None:
    """Raise EditError where more rows come at once than memory should bear."""
    if rows > MOST_ROWS:
        raise EditError(
            f"{rows:,} rows are too many at once; {MOST_ROWS:,} can be judged together.",
            hint="Take one rule, column or batch at a time; where a whole file was read wrongly, import it again.",
        )


def _refuse_values(fix: Fix, columns: Sequence[str]) -> None:
    if unknown := fix.values.keys() - set(columns):
        raise EditError(f"There is no column '{min(unknown)}'.", hint=f"Use one of: {', '.join(columns)}.")
    for name, value in fix.values.items():
        try:
            (value or "").encode()
        except UnicodeEncodeError as error:
            raise EditError(f"{name} of {fix.id} is no text.", hint="Remove the broken character.") from error


@dataclass(frozen=True)
class Sending:
    """Judges or sends rows of one dataset under one version of its spec.

    ``over_newer``: rows may take the place of newer ones of their keys, or of those that somebody saw; without it those
    stay open.
    """

    runner: Runner
    shelf: Shelf
    saved: SpecVersion
    spec: DatasetSpec
    over_newer: OverNewer = False

    def preview(self, wanted: Wanted) -> Resubmission:
        """What sending would do now; nothing is kept."""
        results = [self._previewed(group, self.judged(group, recipe)) for recipe, group in self.groups(wanted)]
        return together([*results, Resubmission(known=wanted.known, over_newer=bool(self.over_newer))])

    def judged(self, rows: Sequence[tuple[Held, Values]], recipe: Recipe) -> Outcome:
        """What the checks say of rows that are written as the recipe says; the first is row 1."""
        spec = spec_for_rows(self.spec.model_copy(update={"recipe": recipe}), self.runner.validator)
        self.shelf.watch(WorkStep(Doing.CHECKING, total=len(rows)))
        head = Head("", self.runner.clock(), "", EntryAction.CORRECTED, recipe)
        validator = self.runner.validator.on(Occasion(spec.tenant, self.runner.clock()))
        with encoded(head, _attempts(rows)) as source:
            newer = NewerRows(self.shelf.book, spec, lambda rows: read_plainly(rows, validator, spec))
            mine = list(_attempts(rows))
            return Trial(self.runner.tables, validator, spec, newer, mine, bool(self.over_newer)).judge(source)

    def judged_all(
        self, rows: Sequence[tuple[Held, Values]]
    ) -> Iterator[tuple[tuple[Held, Values], dict[str, str], NewerRow | None]]:
        """Each row with what is wrong with it now, and the newer one that the table has in its place."""
        for recipe, group in self.groups(Wanted(tuple(rows))):
            outcome = self.judged(group, recipe)
            for number, row in enumerate(group, start=1):
                yield row, outcome.problems.get(number, {}), outcome.newer.get(number)

    def send(
        self, wanted: Wanted, hold: Hold, *, action: EntryAction, author: str, note: str, new_id: Callable[[str], str]
    ) -> Resubmission:
        """Bring the rows as batches of their own; the caller holds the dataset. Raises HestiaError."""
        results = [Resubmission(known=wanted.known, over_newer=bool(self.over_newer))]
        for recipe, group in self.groups(wanted):
            head = Head(author, self.runner.clock(), note, action, recipe)
            newer = self._newer(group, recipe)
            batch = self.runner.work(
                self._received(group, head, new_id(self.spec.name), newer), hold, on_progress=self._told(len(group))
            )
            results.append(self._done(batch, newer))
        return together(results)

    def may_go(self, newer: NewerRow) -> bool:
        """Whether a newer value may be lost; where a person saw some, only if it is still the one that was seen."""
        if isinstance(self.over_newer, bool):
            return self.over_newer
        return self._seen.get(newer.id) == newer.since

    @cached_property
    def _seen(self) -> Mapping[EntryId, str]:
        return {} if isinstance(self.over_newer, bool) else {one.id: one.since for one in self.over_newer}

    def _newer(self, rows: Sequence[tuple[Held, Values]], recipe: Recipe) -> dict[EntryId, NewerRow]:
        """Rows in whose place the table has newer ones; where nothing is updated by key there are none."""
        if own_mode(self.spec) is not Mode.UPSERT:
            return {}
        return {one.id: one for one in self.judged(rows, recipe).newer.values()}

    def _told(self, rows: int) -> Callable[[Batch], None]:
        """Tells who looks on how far a batch of so many rows is."""
        self.shelf.watch(WorkStep(Doing.CHECKING, total=rows))

        def tell(batch: Batch) -> None:
            doing = Doing.CHECKING if batch.state is BatchState.READING else Doing.LOADING
            self.shelf.watch(WorkStep(doing, batch.rows_done if doing is Doing.CHECKING else 0, rows))

        return tell

    def groups(self, wanted: Wanted) -> list[tuple[Recipe, list[tuple[Held, Values]]]]:
        """Rows by the recipe of their files: a date is written in one way in these, in another in those."""
        groups: dict[str, tuple[Recipe, list[tuple[Held, Values]]]] = {}
        of_batch: dict[str, list[tuple[Held, Values]]] = {}
        for held, values in wanted.rows:
            if held.id.batch not in of_batch:
                recipe = self.shelf.cells.recipe(self.shelf.book.all_batches[held.id.batch])
                of_batch[held.id.batch] = groups.setdefault(repr(recipe.columns), (recipe, []))[1]
            of_batch[held.id.batch].append((held, values))
        return list(groups.values())

    def _received(
        self, rows: Sequence[tuple[Held, Values]], head: Head, batch: str, newer: Mapping[EntryId, NewerRow]
    ) -> Batch:
        over = {id: one.since for id, one in newer.items() if self.may_go(one)}
        with encoded(head, _attempts(rows, over)) as source:
            stored = self.runner.files.put(self.spec.tenant, source)
        made = Batch.received(
            batch,
            self.saved,
            stored,
            file_name="resubmission.json",
            author=head.author,
            at=head.at,
            origin=RESUBMIT,
            mode=own_mode(self.spec),
        )
        return self.runner.batches.create(made)

    def _previewed(self, rows: Sequence[tuple[Held, Values]], outcome: Outcome) -> Resubmission:
        ids = {number: held.id for number, (held, _) in enumerate(rows, start=1)}
        problems = sorted(outcome.problems.items())
        left = frozenset[int]() if self.over_newer else frozenset(outcome.newer)
        wrong = tuple(StillWrong(ids[row], why) for row, why in problems if row not in left)
        loaded = tuple(id for row, id in ids.items() if row not in outcome.problems)
        newer = tuple(one for row, one in outcome.newer.items() if row in left or row not in outcome.problems)
        return Resubmission(loaded, wrong, checks=_of_rules(outcome.results), newer=newer)

    def _done(self, batch: Batch, newer: Mapping[EntryId, NewerRow]) -> Resubmission:
        """What became of each row of a batch that came to its end."""
        if batch.state is not BatchState.COMMITTED:
            return Resubmission(checks=batch.checks, batch=batch)
        book, tables = self.shelf.book, self.runner.tables
        log = tables.scan(book.ref(Layer.QUARANTINE_LOG)).filter(pl.col("by_batch") == batch.id)
        steps = log.select(*ID, "action", "by_row").sort("by_row").collect(engine="streaming")
        wrong = self._wrong(batch)
        still = [row for row in steps.iter_rows(named=True) if row["action"] == EntryAction.STILL_WRONG]
        left = [_id(row) for row in steps.iter_rows(named=True) if row["action"] == EntryAction.OUTDATED]
        apart = (EntryAction.STILL_WRONG, EntryAction.OUTDATED)
        loaded = tuple(_id(row) for row in steps.iter_rows(named=True) if row["action"] not in apart)
        return Resubmission(
            loaded=loaded,
            still_wrong=tuple(StillWrong(_id(row), wrong[row["by_row"]]) for row in still),
            checks=_of_rules(batch.checks),
            batch=batch,
            newer=tuple(newer[id] for id in (*left, *loaded) if id in newer),
        )

    def _wrong(self, batch: Batch) -> dict[int, dict[str, str]]:
        aside = self.runner.tables.scan(self.shelf.book.ref(Layer.QUARANTINE))
        rows = aside.filter(pl.col("_batch") == batch.id).select("_row", "details").collect(engine="streaming")
        wrong: dict[int, dict[str, str]] = {}
        for row, details in rows.iter_rows():
            for problem in json.loads(details):
                wrong.setdefault(row, {}).setdefault(problem["column"] or "", problem["message"])
        return wrong


def together(results: Iterable[Resubmission]) -> Resubmission:
    """Several as one; the last batch stands for all, the others are named beside it."""
    results = list(results)
    batches = [one.batch for one in results if one.batch is not None]
    return Resubmission(
        loaded=tuple(id for one in results for id in one.loaded),
        still_wrong=tuple(wrong for one in results for wrong in one.still_wrong),
        known=tuple(id for one in results for id in one.known),
        checks=merge_checks(check for one in results for check in one.checks),
        batch=batches[-1] if batches else None,
        others=tuple(batches[:-1]),
        newer=tuple(newer for one in results for newer in one.newer),
        over_newer=any(one.over_newer for one in results),
    )


def plus(result: Resubmission, stay: Resubmission) -> Resubmission:
    """The same with further rows that stay as they are."""
    wrong, newer = (*result.still_wrong, *stay.still_wrong), (*result.newer, *stay.newer)
    return replace(result, still_wrong=wrong, newer=newer)


def _of_rules(results: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """What rules say; rows that are left open as the table has newer ones are told apart."""
    return tuple(one for one in results if one.rule != RULE)


def _attempts(rows: Sequence[tuple[Held, Values]], over: Mapping[EntryId, str] | None = None) -> Iterator[Attempt]:
    return (Attempt(held.id, values, (over or {}).get(held.id)) for held, values in rows)


def _id(row: Mapping[str, object]) -> EntryId:
    return EntryId(str(row["_batch"]), int(str(row["_row"])))
