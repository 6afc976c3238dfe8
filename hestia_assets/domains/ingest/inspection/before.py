"""What a file that is only looked at is held against: the batches before it, as an import would hold it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.ports import Validator
from hestia_assets.core.results import Batch, BatchProfile, CheckResult, LineAccount
from hestia_assets.core.rules import ArrivedBatch, Occasion, Scope
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.domains.ingest.matching.drift import surprises
from hestia_assets.domains.ingest.matching.watching import Glimpse

EARLIER = 20


@dataclass(frozen=True)
class Before:
    """The moment of looking, batches committed before it (newest first), and figures of the last files."""

    occasion: Occasion
    earlier: Callable[[], Sequence[Batch]]
    profiles: Callable[[], Sequence[BatchProfile]]


@dataclass(frozen=True)
class Together:
    """All rows of a file that would be loaded, and those that will be in the table beside them."""

    rows: pl.LazyFrame
    beside: pl.LazyFrame | None
    table: pl.LazyFrame | None
    account: LineAccount
    seen: Glimpse


def judge_whole(
    dataset: DatasetSpec, validator: Validator, before: Before | None, file: Together, *, good: int, aside: int
) -> list[CheckResult]:
    """Run the checks on the batch as a whole; none where nobody said what was before. Raises SpecError."""
    checks = [check for check in dataset.checks if validator.scope(check) is Scope.BATCH]
    if before is None or not checks:
        return []
    past = before.profiles()
    found = surprises(file.seen.profile, past, file.seen.broken, row_count=good + aside) if past else []
    batch = ArrivedBatch(
        occasion=before.occasion,
        rows=file.rows,
        row_count=good,
        account=file.account,
        existing=file.beside,
        before=file.table,
        earlier=tuple(before.earlier()),
        drift=tuple(found),
    )
    return validator.judge_batch(batch, checks)
