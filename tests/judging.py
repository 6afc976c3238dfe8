"""The validator as the product builds it, over tables that a test gives it, or none."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from hestia_assets.adapters.sql_later import LaterEngine
from hestia_assets.core.layers import TableRef
from hestia_assets.core.rules import Occasion
from hestia_assets.domains.validation.checks import RuleValidator
from hestia_assets.rules import RULES

ARRIVED = Occasion("default", datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


class Frames:
    """Validated tables by the dataset's name, in memory."""

    def __init__(self, frames: Mapping[str, pl.DataFrame]) -> None:
        self.frames = frames

    def exists(self, ref: TableRef) -> bool:
        return ref.name in self.frames

    def scan(self, ref: TableRef) -> pl.LazyFrame:
        return self.frames[ref.name].lazy()


def rule_validator(**frames: pl.DataFrame) -> RuleValidator:
    """On the occasion of a batch that arrived at ``ARRIVED``."""
    engine = LaterEngine(memory_limit="1GB", timeout_seconds=60)
    return RuleValidator(RULES, engine, Frames(frames), lambda: ARRIVED.at, occasion=ARRIVED)
