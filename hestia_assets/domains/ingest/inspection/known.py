"""What is known of a dataset, held against a new file: its columns mapped, its drift shown, before anything is kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

import polars as pl

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import BatchStore, Format, SpecStore, TableStore, Validator
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import (
    Batch,
    BatchProfile,
    Drift,
    FoundColumn,
    MappingSuggestion,
)
from hestia_assets.core.rules import Occasion
from hestia_assets.core.specs import DatasetSpec, Recipe
from hestia_assets.domains.ingest.entries.book import EntryBook
from hestia_assets.domains.ingest.entries.edited import EditedRows
from hestia_assets.domains.ingest.inspection.before import EARLIER, Before
from hestia_assets.domains.ingest.inspection.look import TYPES_FROM_BYTES, inspect_file, no_rows
from hestia_assets.domains.ingest.inspection.verdict import Judge, judge_of
from hestia_assets.domains.ingest.matching.drift import LAST, FileSample, drift, profile
from hestia_assets.domains.ingest.matching.mapping import suggest

ROWS_SEEN = 200_000
"""Of each batch before: its first rows, as of the file only the first stretch is looked at."""

PROFILE_ROWS = 20_000

PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class KnownSource:
    """Reads what a dataset has had so far; changes nothing."""

    formats: Registry[Format]
    validator: Validator
    tables: TableStore
    batches: BatchStore
    specs: SpecStore

    def sample(self, source: BinaryIO, *, file_name: str) -> FileSample:
        """A file's recipe and first rows. Raises ReadError."""
        recipe = inspect_file(self.formats, self.validator, source, file_name=file_name).recipe
        short = recipe.model_copy(update={"chunk_bytes": TYPES_FROM_BYTES})
        chunks = iter(self.formats.get(recipe.format).read(source, short))
        chunk = next(chunks, None) or no_rows(recipe)
        complete = next(chunks, None) is None
        return FileSample(recipe, chunk.frame, row_count=chunk.frame.height if complete else None)

    def suggest_mapping(self, found: Sequence[FoundColumn], dataset: DatasetSpec) -> MappingSuggestion:
        """A target for each column of a file, by name, language, values and what was chosen before."""
        return suggest(found, dataset, profile=self._rows(dataset), history=self._history(dataset))

    def drift(
        self, source: BinaryIO, dataset: DatasetSpec, *, file_name: str, row_count: int | None = None, batch: str = ""
    ) -> Drift:
        """How a file differs from its dataset and from the last batches.

        Args:
            source: the file's bytes.
            dataset: the dataset, as saved.
            file_name: what the file is called.
            row_count: rows of the whole file where a verdict has counted them.
            batch: the file's own batch, if it has one already: it is not held against itself.

        Raises:
            ReadError: the file cannot be read.
        """
        sample = self.sample(source, file_name=file_name)
        sample = replace(sample, row_count=sample.row_count if row_count is None else row_count)
        rows, history = self._rows(dataset), self._history(dataset)
        past = self.past(dataset, batch=batch)
        return drift(sample, dataset, past, validator=self.validator, rows=rows, history=history)

    def past(self, dataset: DatasetSpec, *, batch: str = "") -> list[BatchProfile]:
        """Figures of the last files that were committed, oldest first; an edit says nothing about files."""
        newest = self.batches.last_files(dataset.tenant, dataset.name, limit=LAST + 1)
        done = [one for one in newest if one.id != batch][:LAST]
        return [self._kept(one, dataset) or self._figures(one, dataset) for one in reversed(done)]

    def judge(self, source: BinaryIO, dataset: DatasetSpec, *, at: datetime) -> Judge:
        """Who judges a whole file at this moment as its import would, beside the batches before. Raises ReadError."""
        tenant, name = dataset.tenant, dataset.name
        before = Before(
            Occasion(tenant, at),
            lambda: self.batches.last_files(tenant, name, limit=EARLIER),
            lambda: self.past(dataset),
        )
        edited = EditedRows(EntryBook(self.tables, self.batches, tenant, name), dataset)
        sha256 = _digest(source) if edited.are_there else ""
        return judge_of(
            source, dataset, formats=self.formats, validator=self.validator, tables=self.tables, before=before,
            edited=(lambda rows: edited.of_file(rows, sha256)) if sha256 else None,
        )  # fmt: skip

    def _kept(self, batch: Batch, dataset: DatasetSpec) -> BatchProfile | None:
        """As they were taken when the file was imported, while its columns still have their types."""
        if batch.profile is None:
            return None
        then = self.specs.get("dataset", dataset.tenant, dataset.name, version=batch.spec_version).spec
        types = {column.name: column.type for column in then.recipe.columns} if isinstance(then, DatasetSpec) else {}
        same = all(types.get(column.name, column.type) is column.type for column in dataset.recipe.columns)
        return batch.profile if same else None

    def _figures(self, batch: Batch, dataset: DatasetSpec) -> BatchProfile:
        """Of what arrived with a batch, typed as the dataset types it now."""
        imported = self.tables.scan(TableRef(Layer.IMPORTED, dataset.tenant, dataset.name))
        text = imported.filter(pl.col("_batch") == batch.id).head(ROWS_SEEN).collect()
        columns = tuple(column for column in dataset.recipe.columns if column.name in text.columns)
        typed = self.validator.judge(text, columns, ()).typed
        found = profile(typed.lazy(), columns)
        if text.height == ROWS_SEEN:  # the smallest and largest values may be among the rows behind these
            found = without_extremes(found)
        return replace(found, total=batch.rows_loaded + batch.rows_quarantined)

    def _rows(self, dataset: DatasetSpec) -> pl.DataFrame | None:
        ref = TableRef(Layer.VALIDATED, dataset.tenant, dataset.name)
        return self.tables.scan(ref).head(PROFILE_ROWS).collect() if self.tables.exists(ref) else None

    def _history(self, dataset: DatasetSpec) -> list[Recipe]:
        try:
            saved = self.specs.history("dataset", dataset.tenant, dataset.name)
        except NotFoundError:
            return []
        return [one.spec.recipe for one in reversed(saved) if isinstance(one.spec, DatasetSpec)]


def _digest(source: BinaryIO) -> str:
    """The name under which the file would be kept."""
    source.seek(0)
    digest = hashlib.sha256()
    while piece := source.read(PIECE_BYTES):
        digest.update(piece)
    source.seek(0)
    return digest.hexdigest()


def without_extremes(found: BatchProfile) -> BatchProfile:
    """Figures of the first rows of a file; its smallest and largest values may be among the others."""
    unsure = {name: replace(one, minimum=None, maximum=None) for name, one in found.columns.items()}
    return replace(found, columns=unsure)
