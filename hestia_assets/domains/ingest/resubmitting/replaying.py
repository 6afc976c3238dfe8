"""Judging open rows again after a rule, a type or the way of reading changed; their values stay as they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from hestia_assets.core.errors import HestiaError
from hestia_assets.core.results import (
    Batch,
    EntryFilter,
    EntryId,
    EntryState,
    NewerRow,
    Resubmission,
    StillWrong,
    TextChunk,
)
from hestia_assets.core.specs import DatasetSpec, Recipe
from hestia_assets.domains.ingest.entries.book import digest_of
from hestia_assets.domains.ingest.entries.lines import Values
from hestia_assets.domains.ingest.loading.fitting import fitting
from hestia_assets.domains.ingest.resubmitting.sending import MOST_ROWS, Sending, Wanted, refuse_many
from hestia_assets.domains.ingest.resubmitting.shelf import Held
from hestia_assets.domains.ingest.runner import Runner

READ_OTHERWISE = "The file is read otherwise now, and this is no row there. Correct it, or import the file again."


@dataclass(frozen=True)
class Replay:
    """Rows that are judged again, and those of which nothing changed."""

    sending: Sending

    def wanted(self, chosen: EntryFilter) -> tuple[Wanted, Resubmission]:
        """Rows that pass now, or fail otherwise than before; and those that stay as they are. Raises EditError."""
        shelf = self.sending.shelf
        ids, total = shelf.ids(EntryFilter(**_only_open(chosen)), limit=MOST_ROWS)
        refuse_many(total)
        rows, stay = self._readable(shelf.find(ids))
        again, older = list[tuple[Held, Values]](), list[NewerRow]()
        for (held, values), problems, newer in self.sending.judged_all(rows):
            if problems != held.entry.wrong:
                again.append((held, values))
            elif newer is not None:
                older.append(newer)
            else:
                stay.append(StillWrong(held.id, problems))
        return Wanted(tuple(again)), Resubmission(still_wrong=tuple(stay), newer=tuple(older))

    def _readable(self, found: Sequence[Held]) -> tuple[list[tuple[Held, Values]], list[StillWrong]]:
        """Each row with its values, read again where the reading changed; what is no row stays as it is."""
        rows: list[tuple[Held, Values]] = []
        stay: list[StillWrong] = []
        book, by_batch = self.sending.shelf.book, dict[str, list[Held]]()
        for held in found:
            by_batch.setdefault(held.id.batch, []).append(held)
        for batch, mine in by_batch.items():
            fresh = self._fresh(book.all_batches[batch], mine)
            for held in mine:
                values = held.entry.values if held.is_tried or (fresh is None and held.is_row) else None
                values = (fresh or {}).get(held.id) if values is None else values
                if values is not None:
                    rows.append((held, values))
                else:
                    wrong = held.entry.wrong if fresh is None else {"": READ_OTHERWISE}
                    stay.append(StillWrong(held.id, wrong))
        return rows, stay

    def _fresh(self, batch: Batch, mine: Sequence[Held]) -> dict[EntryId, Values] | None:
        """Values from the file where its reading changed since; None where it did not."""
        wanted = [held for held in mine if not held.is_tried]
        if not wanted or not reading_changed(self.sending.runner, batch, self.sending.spec):
            return None
        return dict(reread(self.sending.runner, batch, self.sending.spec, wanted))


def _only_open(chosen: EntryFilter) -> dict[str, Any]:
    named = {name: getattr(chosen, name) for name in ("rule", "column", "batch", "search")}
    return {**named, "states": (EntryState.OPEN,)}


def reading_changed(runner: Runner, batch: Batch, now: DatasetSpec) -> bool:
    """Whether the spec says otherwise now how the records and columns of a file are found."""
    then = runner.specs.get("dataset", batch.tenant, batch.dataset, version=batch.spec_version).spec
    assert isinstance(then, DatasetSpec), "kept under this kind"
    return [_way(one) for one in (then.recipe, *then.other_recipes)] != [
        _way(one) for one in (now.recipe, *now.other_recipes)
    ]


def _way(recipe: Recipe) -> tuple[object, ...]:
    columns = [(column.source, column.name, column.optional) for column in recipe.columns]
    return recipe.model_dump(exclude={"columns", "chunk_bytes"}), columns


def reread(runner: Runner, batch: Batch, spec: DatasetSpec, wanted: Sequence[Held]) -> Iterator[tuple[EntryId, Values]]:
    """Values of rows that still stand in their line with the very same text, as the present recipe reads them."""
    try:
        with runner.original(batch) as source:
            recipe = fitting(runner.formats, spec, source)
            by_place: dict[Place, list[Held]] = {}  # a file of JSON may be one line, and two of its records alike
            for held in wanted:
                by_place.setdefault((held.entry.line, held.entry.digest), []).append(held)
            for chunk in runner.formats.get(recipe.format).read(source, recipe):
                yield from _found(chunk, by_place)
    except HestiaError:  # it cannot be read that way: no row of it is there
        return


Place = tuple[int, str]
"""The line of a row and the digest of its text."""


def _found(chunk: TextChunk, by_place: Mapping[Place, list[Held]]) -> Iterator[tuple[EntryId, Values]]:
    lines = list({line for line, _ in by_place})
    rows = chunk.frame.with_row_index("index").filter(pl.col("_line").is_in(lines))
    texts = chunk.original(rows["index"].to_list())
    names = [name for name in rows.columns if not name.startswith("_") and name != "index"]
    for text, line, values in zip(texts, rows["_line"], rows.select(names).iter_rows(named=True), strict=True):
        if waiting := by_place.get((line, digest_of(text))):
            yield waiting.pop(0).id, values
