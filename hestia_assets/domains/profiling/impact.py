"""What a check would have done to the files that arrived last, judged as an import would judge them.

* Checks of values and rows look at the text of each file, a chunk at a time.
* Checks of many rows look at those rows of a file that its type and the dataset's other checks leave over, beside the
  rows that are in the table from batches before it. Rows that a later batch replaced or removed are no longer there,
  and an edit counts with the batch that it belongs to.
* Where a file updates rows by their key, that is the last row of each key.
* Checks of a batch look at the same rows, the file's own account and drift, and the files before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from hestia_assets.core.errors import SpecError, UnknownPluginError
from hestia_assets.core.results import EDIT, RESUBMIT, Batch, BatchImpact, BatchState, Impact, SetFailure
from hestia_assets.core.rules import ArrivedBatch, Occasion, Scope
from hestia_assets.core.specs import CheckSpec, DatasetSpec, Mode, Severity
from hestia_assets.domains.profiling.arrived import Arrivals


@dataclass
class Trial:
    """One check on trial; ``most``: how many failing rows are kept; ``guard`` raises where it could not be saved."""

    arrivals: Arrivals
    check: CheckSpec
    most: int
    guard: Callable[[DatasetSpec], None]
    sample: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def run(self, batches: int) -> Impact:
        """The verdict on the last so many files, newest first; a check that cannot run has a problem."""
        judged: list[BatchImpact] = []
        problem: str | None = None
        try:
            self._refuse()
            for batch in self.arrivals.files(batches):
                judged.append(self._of(batch))
        except UnknownPluginError:
            raise
        except SpecError as error:
            problem = f"{error.message} {error.hint}"
        empty = pl.DataFrame(schema=dict.fromkeys([*known_order(self.arrivals), "_batch"], pl.String)).with_columns(
            _row=pl.lit(None, dtype=pl.Int64), _line=pl.lit(None, dtype=pl.Int64)
        )
        return Impact(self.check, tuple(judged), pl.concat([empty, *self.sample]), problem)

    def _refuse(self) -> None:
        """What could not be saved is not tried: a check of no columns would find nothing, and seem to pass."""
        spec = self.arrivals.dataset
        known = [column.name for column in spec.recipe.columns]
        unknown = [name for name in self.check.columns if name not in known]
        if unknown:
            hint = f"Use one of: {', '.join(known)}."
            raise SpecError(f"The dataset has no column '{unknown[0]}'.", hint=hint)
        self.guard(spec.model_copy(update={"checks": (self.check,)}))

    def _of(self, batch: Batch) -> BatchImpact:
        scope = self.arrivals.validator.scope(self.check)
        if scope is Scope.SET:
            return self._of_set(batch)
        if scope is Scope.BATCH:
            return self._of_batch(batch)
        rows = failing = 0
        columns = self.arrivals.columns(batch, self._reads())
        validator = self.arrivals.on(batch)
        for chunk in self.arrivals.chunks(batch):
            judgement = validator.judge(chunk, columns, [self.check])
            failed = judgement.failures.filter(pl.col("check") == self.check.name)["index"].unique().sort()
            rows, failing = rows + chunk.height, failing + failed.len()
            self._keep(batch, chunk.lazy(), chunk["_row"].gather(failed))
        return BatchImpact(batch.id, batch.file_name, rows, failing)

    def _of_set(self, batch: Batch) -> BatchImpact:
        """After the dataset's own checks, as the last one of them."""
        rows = self._loadable(batch, self._kept())
        found, _ = self._together(batch, rows, [*self._others(Scope.SET), self.check])
        mine = found[-1]
        self._keep(batch, self.arrivals.text(batch), mine.rows)
        return BatchImpact(batch.id, batch.file_name, mine.result.checked_rows, mine.result.failed_rows)

    def _of_batch(self, batch: Batch) -> BatchImpact:
        rows = self._loadable(batch, None)
        found, beside = self._together(batch, rows, self._others(Scope.SET))
        gone = [failure.rows for failure in found if failure.result.severity is Severity.REJECT]
        rows = rows.filter(~pl.col("_row").is_in(pl.concat(gone).implode())) if gone else rows
        height = int(rows.select(pl.len()).collect(engine="streaming").item())
        files = [one for one in self.arrivals.earlier(batch) if one.origin not in (EDIT, RESUBMIT)]
        arrived = ArrivedBatch(
            occasion=Occasion(batch.tenant, batch.created_at),
            rows=rows,
            row_count=height,
            account=batch.account,
            existing=beside,
            before=self.arrivals.existing(batch),
            earlier=tuple(one for one in reversed(files) if one.state is BatchState.COMMITTED),
            drift=batch.drift,
        )
        (result,) = self.arrivals.on(batch).judge_batch(arrived, [self.check])
        return BatchImpact(batch.id, batch.file_name, height, 0, problem=result.problem)

    def _loadable(self, batch: Batch, kept: frozenset[str] | None) -> pl.LazyFrame:
        """Rows that reach the checks over many rows; of an update only the last row of each key, where it has one."""
        rows = self.arrivals.loadable(batch, self._others(Scope.VALUE, Scope.ROW), kept)
        key = list(self.arrivals.dataset.primary_key)
        if self._mode(batch) is not Mode.UPSERT or not key:
            return rows
        last = rows.drop_nulls(key).group_by(key).agg(pl.col("_row").max())
        return rows.join(last, on=[*key, "_row"], how="semi")

    def _mode(self, batch: Batch) -> Mode:
        return batch.mode or self.arrivals.dataset.mode

    def _together(
        self, batch: Batch, rows: pl.LazyFrame, checks: Sequence[CheckSpec]
    ) -> tuple[list[SetFailure], pl.LazyFrame | None]:
        """What checks over several rows say, and the rows that were in the table beside those that pass."""
        spec = self.arrivals.dataset.model_copy(update={"checks": tuple(checks)})
        existing, key = self.arrivals.existing(batch), list(spec.primary_key)
        if existing is not None and spec.delete_missing and key:
            existing = existing.join(self.arrivals.loadable(batch, (), frozenset(key)), on=key, how="semi")
        return self.arrivals.on(batch).judge_beside(rows, existing, spec, self._mode(batch))

    def _others(self, *scopes: Scope) -> list[CheckSpec]:
        """The dataset's other checks that look at such things."""
        checks = (check for check in self.arrivals.dataset.checks if check.name != self.check.name)
        return [check for check in checks if self.arrivals.validator.scope(check) in scopes]

    def _reads(self) -> frozenset[str] | None:
        return self.arrivals.validator.reads(self.check)

    def _kept(self) -> frozenset[str] | None:
        """The columns that checks of many rows look at, and the key; None where one may look at any."""
        names = set(self.arrivals.dataset.primary_key)
        for check in (*self._others(Scope.SET), self.check):
            reads = self.arrivals.validator.reads(check)
            if reads is None:
                return None
            names |= reads
        return frozenset(names)

    def _keep(self, batch: Batch, text: pl.LazyFrame, failing: pl.Series) -> None:
        room = self.most - sum(frame.height for frame in self.sample)
        if room > 0 and failing.len():
            rows = text.filter(pl.col("_row").is_in(failing.sort().head(room).implode())).collect(engine="streaming")
            order = known_order(self.arrivals)
            self.sample.append(rows.sort("_row").select(*order, pl.lit(batch.id).alias("_batch"), "_row", "_line"))


def known_order(arrivals: Arrivals) -> Sequence[str]:
    """The dataset's columns in their order."""
    return [column.name for column in arrivals.dataset.recipe.columns]
