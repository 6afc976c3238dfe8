"""Figures of a file, taken in passing while an import judges its rows: the file is not read once more for them."""

import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

import polars as pl

from hestia_assets.core.ports import Validator
from hestia_assets.core.results import BatchProfile, CheckResult, DriftFinding, Guess, Judgement, SetFailure
from hestia_assets.core.rules import ArrivedBatch, Occasion, Scope
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Mode
from hestia_assets.domains.ingest.matching.drift import profile, retyped

log = logging.getLogger(__name__)

TYPE_RULE = "type"


@contextmanager
def hint(trouble: str, *names: str) -> Generator[None]:
    """What is different in a file is a hint: whatever goes wrong in the block is logged, and keeps no file out."""
    try:
        yield
    except Exception:  # the edge of the hints: whoever imports a file can do nothing about it
        log.exception(trouble, *names)


@dataclass(frozen=True)
class Glimpse:
    """The first stretch of a file: its figures, and columns of which many values are not of their type."""

    row: int
    profile: BatchProfile
    broken: tuple[DriftFinding, ...] = ()


NO_ROWS = Glimpse(1, BatchProfile(0))


@dataclass
class Watch:
    """A validator that remembers what the first stretch it judged looked like; several threads may judge at once."""

    validator: Validator
    first: Glimpse | None = None
    _lock: Lock = field(default_factory=Lock, repr=False)

    def guess(self, text: pl.DataFrame, columns: tuple[Column, ...]) -> Guess:
        """As the validator does."""
        return self.validator.guess(text, columns)

    def schema(self, columns: tuple[Column, ...]) -> pl.Schema:
        """As the validator does."""
        return self.validator.schema(columns)

    def judge(self, text: pl.DataFrame, columns: tuple[Column, ...], checks: Sequence[CheckSpec]) -> Judgement:
        """As the validator does."""
        judgement = self.validator.judge(text, columns, checks)
        if "_row" in text.columns and text.height:
            with hint("the first rows of a file could not be looked at"):
                self._look(text, columns, judgement)
        return judgement

    def judge_set(
        self, rows: pl.LazyFrame, existing: pl.LazyFrame | None, checks: Sequence[CheckSpec]
    ) -> list[SetFailure]:
        """As the validator does."""
        return self.validator.judge_set(rows, existing, checks)

    def on(self, occasion: Occasion) -> "Watch":
        """A watch of its own over the validator for this batch."""
        return Watch(self.validator.on(occasion))

    def scope(self, check: CheckSpec) -> Scope:
        """As the validator does."""
        return self.validator.scope(check)

    def demand(self, result: CheckResult, checks: Sequence[CheckSpec]) -> str:
        """As the validator does."""
        return self.validator.demand(result, checks)

    def reads(self, check: CheckSpec) -> frozenset[str] | None:
        """As the validator does."""
        return self.validator.reads(check)

    def datasets(self, check: CheckSpec) -> tuple[str, ...]:
        """As the validator does."""
        return self.validator.datasets(check)

    def judge_beside(
        self, rows: pl.LazyFrame, existing: pl.LazyFrame | None, spec: DatasetSpec, mode: Mode
    ) -> tuple[list[SetFailure], pl.LazyFrame | None]:
        """As the validator does."""
        return self.validator.judge_beside(rows, existing, spec, mode)

    def judge_records(self, rows: pl.DataFrame, checks: Sequence[CheckSpec]) -> list[SetFailure]:
        """As the validator does."""
        return self.validator.judge_records(rows, checks)

    def judge_batch(self, batch: ArrivedBatch, checks: Sequence[CheckSpec]) -> list[CheckResult]:
        """As the validator does."""
        return self.validator.judge_batch(batch, checks)

    def _look(self, text: pl.DataFrame, columns: tuple[Column, ...], judgement: Judgement) -> None:
        row = int(text["_row"][0])
        if self.first is not None and self.first.row <= row:
            return
        failures = judgement.failures.filter(pl.col("rule") == TYPE_RULE)
        broken = tuple(retyped(columns, text, failures)) if failures.height else ()
        seen = Glimpse(row, profile(judgement.typed.lazy(), columns), broken)
        with self._lock:
            if self.first is None or row < self.first.row:
                self.first = seen
