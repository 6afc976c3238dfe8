"""The SQL engine, loaded with the first query: most processes ask none, and its libraries take a tenth of a start."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hestia_assets.core.layers import TableRef

if TYPE_CHECKING:
    from hestia_assets.adapters.duckdb_engine import DuckDBEngine


@dataclass(frozen=True)
class LaterEngine:
    """A DuckDBEngine from the first query on."""

    memory_limit: str
    timeout_seconds: float

    @cached_property
    def _engine(self) -> "DuckDBEngine":
        from hestia_assets.adapters.duckdb_engine import DuckDBEngine

        return DuckDBEngine(memory_limit=self.memory_limit, timeout_seconds=self.timeout_seconds)

    def tables_in(self, sql: str, *, tenant: str) -> list[TableRef]:
        """The tables that a query reads, sorted. Raises SqlError when it is no single SELECT."""
        return self._engine.tables_in(sql, tenant=tenant)

    def run(self, sql: str, tables: Mapping[TableRef, pl.LazyFrame], *, tenant: str, limit: int | None) -> pl.DataFrame:
        """The result, at most ``limit`` rows. Raises SqlError."""
        return self._engine.run(sql, tables, tenant=tenant, limit=limit)

    def select(self, sql: str, relations: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
        """The result of Hestia's own query over relations by name; nothing else is in reach. Raises SqlError."""
        return self._engine.select(sql, relations)
