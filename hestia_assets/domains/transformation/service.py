"""Transforms: one SQL query becomes one table."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.ports import RowGate, TableStore
from hestia_assets.core.results import TransformResult
from hestia_assets.core.specs import TransformSpec

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class TransformService:
    """Runs SQL through the gate and keeps the result as a table."""

    gate: RowGate
    store: TableStore

    def preview(self, principal: Principal, sql: str, *, limit: int = 100) -> "pl.DataFrame":
        """The first rows of the result. Raises SqlError, NotFoundError."""
        return self.gate.sql(principal, sql, purpose=Purpose.PREVIEW, limit=limit)

    def inputs(self, principal: Principal, spec: TransformSpec) -> list[TableRef]:
        """The tables the query reads, for lineage. Raises SqlError."""
        return self.gate.tables_in(principal, spec.sql)

    def run(self, principal: Principal, spec: TransformSpec) -> TransformResult:
        """Replace ``transformed.<name>`` by the result, all at once.

        Raises:
            SqlError: the query failed; the old table stays.
            NotFoundError: a table it reads does not exist.
            LeaseHeldError: somebody else is rewriting the table.
        """
        started = time.monotonic()
        ref = TableRef(Layer.TRANSFORMED, spec.tenant, spec.name)
        result = self.gate.sql(principal, spec.sql, purpose=Purpose.TRANSFORM)
        version = self.store.overwrite(ref, [result], schema=result.schema)
        return TransformResult(
            table=str(ref),
            rows=result.height,
            version=version,
            columns={name: str(dtype) for name, dtype in result.schema.items()},
            seconds=time.monotonic() - started,
        )
