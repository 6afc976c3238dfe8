"""What people said about anomalies."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import delete, select

from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.models import NormalVerdictRow
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.ports import Clock
from hestia_assets.core.results.quality import Metric, NormalVerdict

FIELDS = tuple(field.name for field in fields(NormalVerdict) if field.name != "id")
KEY = ("tenant", "dataset", "metric", "at")


@dataclass(frozen=True)
class SqlVerdictStore:
    """Keeps one row per metric and moment; every call is one transaction, or a part of one in ``together``."""

    database: Database
    clock: Clock

    def add(self, verdict: NormalVerdict) -> NormalVerdict:
        """Keep one under a new ``id`` and time; of the same metric and moment the newer word counts."""
        values = {name: getattr(verdict, name) for name in FIELDS} | {"metric": str(verdict.metric)}
        values["decided_at"] = self.clock()
        said = {name: value for name, value in values.items() if name not in KEY}
        statement = self.database.insert(NormalVerdictRow).values(values)
        statement = statement.on_conflict_do_update(index_elements=list(KEY), set_=said).returning(NormalVerdictRow)
        with self.database.writing() as session:
            self.database.ensure_tenant(session, verdict.tenant, now=self.clock())
            return _verdict(session.scalars(statement, execution_options={"populate_existing": True}).one())

    def of(self, tenant: str, dataset: str) -> list[NormalVerdict]:
        """All of a dataset, in the order of their moments."""
        query = select(NormalVerdictRow).where(NormalVerdictRow.tenant == tenant, NormalVerdictRow.dataset == dataset)
        with self.database.reading() as session:
            return [_verdict(row) for row in session.scalars(query.order_by(NormalVerdictRow.at, NormalVerdictRow.id))]

    def forget(self, verdict: int) -> NormalVerdict:
        """Take one back. Raises NotFoundError."""
        statement = delete(NormalVerdictRow).where(NormalVerdictRow.id == verdict).returning(NormalVerdictRow)
        with self.database.writing() as session:
            row = session.scalars(statement).first()
            if row is None:
                raise NotFoundError("verdict", str(verdict))
            return _verdict(row)


def _verdict(row: NormalVerdictRow) -> NormalVerdict:
    values: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
    values["metric"] = Metric.parse(row.metric)
    return NormalVerdict(id=row.id, **values)
