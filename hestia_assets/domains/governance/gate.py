"""The one gate: whoever reads rows calls it with a principal, a table and a purpose.

Tenant filters, column masks and row rules belong here and nowhere else. The embedded set-up has one local principal
who may read every table of its tenant.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.layers import TableRef
from hestia_assets.core.ports import SqlEngine, TableStore

if TYPE_CHECKING:
    import polars as pl

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gate:
    """Gives rows to those who may have them."""

    store: TableStore
    engine: SqlEngine

    def read(
        self, principal: Principal, ref: TableRef, *, purpose: Purpose, version: int | None = None
    ) -> "pl.LazyFrame":
        """The rows of one table as this principal may see them.

        Raises:
            NotFoundError: the table does not exist for this principal.
        """
        if ref.tenant != principal.tenant or not self.store.exists(ref):
            known = [f"{table.layer.value}.{table.name}" for table in self.tables(principal)]
            raise NotFoundError("table", f"{ref.layer.value}.{ref.name}", known=known)
        log.debug("%s reads %s for %s", principal.name, ref, purpose.value)
        return self.store.scan(ref, version=version)

    def sql(self, principal: Principal, sql: str, *, purpose: Purpose, limit: int | None = None) -> "pl.DataFrame":
        """The result of one SELECT over ``layer.name`` or ``tenant.layer.name`` tables.

        Raises:
            SqlError: the query is no single SELECT, fails, or takes too much time or memory.
            NotFoundError: it names a table that does not exist for this principal.
        """
        tables = {ref: self.read(principal, ref, purpose=purpose) for ref in self.tables_in(principal, sql)}
        return self.engine.run(sql, tables, tenant=principal.tenant, limit=limit)

    def tables_in(self, principal: Principal, sql: str) -> list[TableRef]:
        """The tables a query reads, existing or not.

        Raises:
            SqlError: the query is no single SELECT.
        """
        return self.engine.tables_in(sql, tenant=principal.tenant)

    def tables(self, principal: Principal) -> list[TableRef]:
        """Every table this principal may read, sorted."""
        return self.store.tables(principal.tenant)
