"""Every file that arrives is held against the last ones, whichever way it came. What is found is kept with its batch.

It costs a glance: figures are taken while the first stretch is judged, and those of the files before are kept with
their batches. It stops nothing: a file is imported whatever goes wrong here.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from hestia_assets.core.errors import SpecError
from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import BatchStore
from hestia_assets.core.results import Batch, BatchPart, BatchProfile, DriftFinding
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.inspection.known import KnownSource, without_extremes
from hestia_assets.domains.ingest.loading.run import BatchRun, Planned
from hestia_assets.domains.ingest.loading.sets import PLAN, final_files
from hestia_assets.domains.ingest.matching.drift import LAST, surprises
from hestia_assets.domains.ingest.matching.watching import NO_ROWS, Glimpse, Watch, hint

log = logging.getLogger(__name__)


@dataclass
class Past:
    """Figures of the last files of one dataset, under one version of its spec."""

    version: int
    profiles: list[BatchProfile]


@dataclass(frozen=True)
class Arriving:
    """Compares the files of one run, one after the other."""

    known: KnownSource
    batches: BatchStore
    _past: dict[str, Past] = field(default_factory=dict[str, Past])

    def glimpse(self, run: BatchRun, source: BinaryIO) -> Glimpse | None:
        """What was seen of a file that was read; of one that an earlier run read its first stretch is looked at."""
        watch = run.maker.validator
        if isinstance(watch, Watch) and watch.first is None:
            with hint("the first rows of %s could not be looked at", run.maker.batch.id):
                self._look(run, watch, source)
                return watch.first or NO_ROWS
        return watch.first if isinstance(watch, Watch) else None

    def _look(self, run: BatchRun, watch: Watch, source: BinaryIO) -> None:
        recipe, checks = run.maker.spec.recipe, run.maker.spec.checks
        source.seek(0)
        chunk = next(iter(run.reader.read(source, recipe)), None)
        if chunk is not None:
            watch.judge(chunk.frame, recipe.columns, checks)

    def drift(self, run: BatchRun, source: BinaryIO, rows: int) -> tuple[DriftFinding, ...]:
        """How a file with so many rows differs, for a check that asks. Raises SpecError where that cannot be told.

        Unlike ``note`` it lets no trouble pass: a check that cannot run is an error, never a pass.
        """
        seen = self.glimpse(run, source)
        if seen is None:
            hint = "Run the batch again; the log says why its first rows could not be looked at."
            raise SpecError("A check asks what is different in the file, which could not be told.", hint=hint)
        past = self._before(run.maker.spec, run.maker.batch)
        return tuple(surprises(seen.profile, past, seen.broken, row_count=rows)) if past else ()

    def note(self, run: BatchRun, seen: Glimpse | None, planned: Planned | None = None) -> None:
        """Keep with a batch how it differs from the files before: right before it is committed, or when it is held."""
        if seen is not None:
            with hint("%s could not be held against the files before", run.maker.batch.id):
                self._note(run, seen, planned)

    def _note(self, run: BatchRun, seen: Glimpse, planned: Planned | None) -> None:
        spec, batch = run.maker.spec, run.maker.batch
        parts, plan = (planned.parts, planned.plan) if planned else _stored(self.batches.parts(batch.id))
        layers = (Layer.VALIDATED, Layer.QUARANTINE)
        rows = sum(file.rows for layer in layers for file in final_files(parts, plan, layer))
        past = self._before(spec, batch)
        found = surprises(seen.profile, past, seen.broken, row_count=rows) if past else []
        now = replace(seen.profile if len(parts) <= 1 else without_extremes(seen.profile), total=rows)
        self.batches.update(batch.id, drift=tuple(found), profile=now)
        if planned is not None:
            past.append(now)

    def _before(self, spec: DatasetSpec, batch: Batch) -> list[BatchProfile]:
        """Figures of the last files; those of this run are added as they are committed."""
        past = self._past.get(spec.key)
        if past is None or past.version != batch.spec_version:
            past = self._past[spec.key] = Past(batch.spec_version, self.known.past(spec, batch=batch.id))
        del past.profiles[:-LAST]
        return past.profiles

    def refused(self, batch: Batch, original: Callable[[Batch], BinaryIO]) -> tuple[DriftFinding, ...]:
        """How a file that was refused differs: most often its columns are called otherwise."""
        try:
            spec = self.known.specs.get("dataset", batch.tenant, batch.dataset).spec
            assert isinstance(spec, DatasetSpec), "kept under this kind"
            with original(batch) as source:
                return self.known.drift(source, spec, file_name=batch.file_name, batch=batch.id).findings
        except Exception:  # it is no file of this kind, and the batch says so already
            log.info("%s could not be held against the files before", batch.id, exc_info=True)
            return ()

    def recall(self, run: BatchRun) -> None:
        """Fetch the figures of the files before, which may take a while, outside of any transaction."""
        with hint("the files before %s could not be looked at", run.maker.batch.id):
            self._before(run.maker.spec, run.maker.batch)

    def forget(self) -> None:
        """Files that were about to be committed were not."""
        self._past.clear()


def _stored(parts: Sequence[BatchPart]) -> tuple[list[BatchPart], BatchPart]:
    """The parts of a batch that was planned, and its plan."""
    return [part for part in parts if part.number < PLAN], next(part for part in parts if part.number == PLAN)
