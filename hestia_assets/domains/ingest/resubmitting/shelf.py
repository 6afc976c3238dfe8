"""Entries as people see them: what is wrong, where it stands, and the values as they are now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import SpecStore
from hestia_assets.core.results import (
    Doing,
    Entry,
    EntryAction,
    EntryEvent,
    EntryFilter,
    EntryId,
    EntryPage,
    EntryState,
    Watch,
    WorkStep,
    unwatched,
)
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.entries.book import ID, EntryBook, digest_of, id_frame
from hestia_assets.domains.ingest.entries.lines import Values
from hestia_assets.domains.ingest.resubmitting.cells import RawCells

TOLD = 1_000
"""After so many rows it is said how far the work is."""


@dataclass(frozen=True)
class Held:
    """An entry with what only Hestia needs: each problem with its rule, and how sure its values are.

    ``is_row``: the reader made a row of it. ``is_tried``: the values are those of the last attempt. ``first``: the
    values as they were set aside.
    """

    entry: Entry
    problems: tuple[Mapping[str, Any], ...]
    is_row: bool
    is_tried: bool
    first: Values

    @property
    def id(self) -> EntryId:
        """The entry's id."""
        return self.entry.id


@dataclass(frozen=True)
class Shelf:
    """The entries of one dataset."""

    book: EntryBook
    spec: DatasetSpec
    cells: RawCells
    specs: SpecStore
    watch: Watch = unwatched
    _names: dict[int, Mapping[str, str]] = field(default_factory=dict[int, Mapping[str, str]])

    def page(self, wanted: EntryFilter, *, limit: int, skip: int) -> EntryPage:
        """One page, counts by rule, column, batch and state; only the rows of the page are held in memory."""
        everything = self.book.entries()
        shown = everything.filter(pl.col("state").is_in([state.value for state in wanted.states]))
        found = shown.filter(_matches(wanted))
        ids = found.select("_order", *ID).sort("_order", "_row").slice(skip, limit).select(ID)
        asked = [_counted(shown, name) for name in ("rule", "column", "_batch")]
        asked += [_counted(everything, "state"), found.select(pl.len().alias("total")), ids]
        *counts, total, place = pl.collect_all(asked, engine="streaming")
        rule, column, batch, state = ({str(key): int(n) for key, n in frame.iter_rows()} for frame in counts)
        entries = tuple(held.entry for held in self.find(place))
        return EntryPage(entries, int(total.item()), rule, column, batch, state)

    def ids(self, wanted: EntryFilter, *, limit: int) -> tuple[pl.DataFrame, int]:
        """Ids of the entries that match, oldest batch first, and how many match in all."""
        found = self.book.entries().filter(
            pl.col("state").is_in([state.value for state in wanted.states]), _matches(wanted)
        )
        ids = found.select("_order", *ID).sort("_order", "_row").head(limit).select(ID)
        frame, total = pl.collect_all([ids, found.select(pl.len())], engine="streaming")
        return frame, int(total.item())

    def one(self, entry: EntryId) -> Held:
        """One entry. Raises NotFoundError."""
        found = self.find(id_frame([entry]))
        if not found:
            raise NotFoundError("row in quarantine", str(entry), known=())
        return found[0]

    def find(self, ids: pl.DataFrame) -> list[Held]:
        """These entries, in this order of batches and rows; those that there are."""
        if ids.is_empty():
            return []
        rows = self.book.entries(ids).sort("_order", "_row").collect(engine="streaming")
        arrived = self._arrived(ids)
        found: list[Held] = []
        for row in rows.iter_rows(named=True):
            if len(found) % TOLD == 0:
                self.watch(WorkStep(Doing.LOOKING_UP, len(found), rows.height))
            found.append(self._held(row, arrived))
        return found

    def history(self, entry: EntryId) -> tuple[EntryEvent, ...]:
        """What was done to it, oldest first. Raises NotFoundError."""
        found = self.one(entry).entry
        mine = (pl.col("_batch") == entry.batch) & (pl.col("_row") == entry.row)
        steps = self.book.steps().filter(mine).sort("number").collect(engine="streaming")
        first = EntryEvent(found.at, self._author(entry.batch), EntryAction.SET_ASIDE, "", entry.batch)
        return first, *(
            EntryEvent(row["at"], row["who"], EntryAction(row["action"]), row["note"], row["by_batch"])
            for row in steps.iter_rows(named=True)
        )

    @cached_property
    def columns(self) -> list[str]:
        """Names of the dataset's columns."""
        return [column.name for column in self.spec.recipe.columns]

    def _author(self, batch: str) -> str:
        return self.book.all_batches[batch].author

    def _held(self, row: Mapping[str, Any], arrived: Mapping[EntryId, Values]) -> Held:
        id, text = EntryId(row["_batch"], row["_row"]), row["text"] or ""
        batch = self.book.all_batches[id.batch]
        problems = tuple(json.loads(row["details"])) if row["details"] else ()
        read = arrived.get(id)
        first = self._complete(self.cells.split(batch, text) if read is None else read)
        is_tried = bool(row["values"])
        values = self._as_named_now(json.loads(row["values"]), row["by_batch"]) if is_tried else None
        entry = Entry(
            id=id,
            file_name=batch.file_name,
            line=row["_line"],
            rule=row["rule"],
            column=row["column"] or None,
            message=row["message"],
            value=row["value"],
            problems=row["problems"],
            state=EntryState(row["state"]),
            at=row["at"],
            text=text,
            digest=digest_of(text),
            values=first if values is None else self._complete(values),
            wrong=_first_by_column(problems),
        )
        return Held(entry, problems, is_row=is_tried or read is not None, is_tried=is_tried, first=first)

    def _complete(self, values: Values) -> Values:
        return {name: values.get(name) for name in self.columns}

    def _arrived(self, ids: pl.DataFrame) -> dict[EntryId, Values]:
        """The text of rows that the reader made of their records."""
        ref = self.book.ref(Layer.IMPORTED)
        if not self.book.tables.exists(ref):
            return {}
        everything = self.book.tables.scan(ref)
        names = [name for name in everything.collect_schema().names() if not name.startswith("_")]
        mine = everything.filter(pl.col("_batch").is_in(ids["_batch"].unique().to_list()))
        rows = mine.join(ids.lazy(), on=ID, how="semi").select(*ID, *names).collect(engine="streaming")
        found: dict[EntryId, Values] = {}
        for row in rows.iter_rows(named=True):
            id = EntryId(row.pop("_batch"), row.pop("_row"))
            found[id] = self._as_named_now(row, id.batch)
        return found

    def _as_named_now(self, values: Values, batch: str) -> Values:
        """Values by the names that the columns have now, of a batch that knew them by those of its time."""
        names = self._names_then(self.book.all_batches[batch].spec_version)
        return {name: values[then] for name, then in names.items() if then in values}

    def _names_then(self, version: int) -> Mapping[str, str]:
        """By name of a column now, what it was called in a version of the spec: where its header is the same."""
        if version not in self._names:
            then = self.specs.get("dataset", self.spec.tenant, self.spec.name, version=version).spec
            assert isinstance(then, DatasetSpec), "kept under this kind"
            recipes = (*reversed(then.other_recipes), then.recipe)
            by_source = {column.source: column.name for recipe in recipes for column in recipe.columns}
            own = {column.name for column in then.recipe.columns}
            self._names[version] = {
                column.name: column.name if column.name in own else by_source.get(column.source, column.name)
                for column in self.spec.recipe.columns
            }
        return self._names[version]


def _matches(wanted: EntryFilter) -> pl.Expr:
    tests = [pl.lit(value=True)]
    if wanted.rule:
        tests.append(pl.col("rule") == wanted.rule)
    if wanted.column:
        tests.append(pl.col("column") == wanted.column)
    if wanted.batch:
        tests.append(pl.col("_batch") == wanted.batch)
    if wanted.search:
        text = pl.concat_str("text", "message", separator="\n", ignore_nulls=True).str.to_lowercase()
        tests.append(text.str.contains(wanted.search.lower(), literal=True))
    return pl.all_horizontal(tests)


def _counted(entries: pl.LazyFrame, name: str) -> pl.LazyFrame:
    return entries.group_by(pl.col(name).fill_null("")).agg(pl.len()).sort("len", name, descending=[True, False])


def _first_by_column(problems: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for problem in problems:
        wrong.setdefault(problem["column"] or "", problem["message"])
    return wrong
