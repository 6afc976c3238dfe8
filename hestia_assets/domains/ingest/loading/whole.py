"""Checks that speak of a batch as a whole, run when it is known which of its rows would be loaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl

from hestia_assets.core.layers import Layer
from hestia_assets.core.ports import BatchStore
from hestia_assets.core.results import BatchPart, CheckResult, DriftFinding, LineAccount
from hestia_assets.core.rules import ArrivedBatch, Occasion, Scope
from hestia_assets.domains.ingest.loading.parts import PartMaker

EARLIER = 20
"""Batches before that checks may compare with."""

Drift = Callable[[BinaryIO, int], tuple[DriftFinding, ...]]
"""How a file with so many rows differs from those before. Raises SpecError where that cannot be told."""


def no_drift(_: BinaryIO, _rows: int) -> tuple[DriftFinding, ...]:
    """Nothing to compare with."""
    return ()


@dataclass(frozen=True)
class WholeBatch:
    """What rules about the batch as a whole are told. ``drift`` is asked only where a check is there to hear it."""

    maker: PartMaker
    batches: BatchStore
    drift: Drift = no_drift

    def judge(
        self,
        rows: pl.LazyFrame,
        beside: pl.LazyFrame | None,
        *,
        parts: Sequence[BatchPart],
        aside: int,
        source: BinaryIO,
    ) -> list[CheckResult]:
        """Run the checks. ``rows``: those that would be loaded; ``aside``: how many are set aside. Raises SpecError."""
        maker = self.maker
        checks = [check for check in maker.spec.checks if maker.validator.scope(check) is Scope.BATCH]
        if not checks:
            return []
        count = int(rows.select(pl.len()).collect(engine="streaming").item())
        newest = self.batches.last_files(maker.spec.tenant, maker.spec.name, limit=EARLIER + 1)
        batch = ArrivedBatch(
            occasion=Occasion(maker.batch.tenant, maker.batch.created_at),
            rows=rows,
            row_count=count,
            account=sum((part.account for part in parts), LineAccount()),
            existing=beside,
            before=self._before(),
            earlier=tuple(one for one in newest if one.id != maker.batch.id)[:EARLIER],
            drift=self.drift(source, count + aside),
        )
        return maker.validator.judge_batch(batch, checks)

    def _before(self) -> pl.LazyFrame | None:
        ref, tables = self.maker.ref(Layer.VALIDATED), self.maker.tables
        return tables.scan(ref).filter(pl.col("_batch") != self.maker.batch.id) if tables.exists(ref) else None
