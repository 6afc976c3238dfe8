"""Which rows of a table stay beside those of a batch.

Where a file updates rows by their key, its row takes the place of the old one; but a row that is set aside takes no
place. Its old row stays, and other rows may fail beside it, so that more old rows stay: this is asked until no more do.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.results import SetFailure
from hestia_assets.core.specs import DatasetSpec, Mode, Severity

MOST_ROUNDS = 200
"""Rows that want each other's values in a long chain, as where all move up by one place, would take hours."""

Judged = Callable[[pl.LazyFrame | None], list[SetFailure]]
"""What the checks say of the rows beside some of the table's."""


@dataclass(frozen=True)
class Beside:
    """Rows of a batch with ``_row``, in an update each key once, and the table's rows without those that it removes."""

    rows: pl.LazyFrame
    existing: pl.LazyFrame | None
    spec: DatasetSpec
    mode: Mode

    def judge(self, judged: Judged) -> tuple[list[SetFailure], pl.LazyFrame | None]:
        """The failures, and the rows that will be beside those that pass. Raises SpecError."""
        aside = pl.Series("_row", [], pl.Int64)
        for _ in range(MOST_ROUNDS):
            staying = self._staying(aside)
            failures = judged(staying)
            fatal = [failure.rows for failure in failures if failure.result.severity is Severity.REJECT]
            now = pl.concat([aside, *fatal]).unique()
            if now.len() == aside.len() or not self._keep_rows(now):
                return failures, staying
            aside = now
        raise SpecError(
            f"Rows of the file want values that other rows of it give up, in a chain of more than {MOST_ROUNDS} rows.",
            hint="Import the file in two parts, or correct the rows that fail first.",
        )

    def _staying(self, aside: pl.Series) -> pl.LazyFrame | None:
        """The rows of the table whose place none takes, where those in ``aside`` take none."""
        if self.existing is None or self.mode is Mode.REPLACE:
            return None
        if not self._is_keyed:
            return self.existing
        key, out = list(self.spec.primary_key), pl.col("_row").is_in(aside.implode())
        return self.existing.join(self.rows.filter(~out) if aside.len() else self.rows, on=key, how="anti")

    def _keep_rows(self, aside: pl.Series) -> bool:
        """Whether rows of the table stay because of the rows that are set aside."""
        if self.existing is None or not self._is_keyed:
            return False
        out = self.rows.filter(pl.col("_row").is_in(aside.implode()))
        stay = self.existing.join(out, on=list(self.spec.primary_key), how="semi")
        return bool(stay.select(pl.len()).collect(engine="streaming").item())

    @property
    def _is_keyed(self) -> bool:
        if self.existing is None or self.mode is not Mode.UPSERT or not self.spec.primary_key:
            return False
        return set(self.spec.primary_key) <= set(self.existing.collect_schema().names())
