"""Who did what; events are only ever added."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hestia_assets.adapters.metadata import codecs
from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.models import AuditRow
from hestia_assets.core.ports import Clock
from hestia_assets.core.results import AuditEvent


@dataclass(frozen=True)
class SqlAuditLog:
    """The audit trail."""

    database: Database
    clock: Clock

    def record(self, actor: str, action: str, subject: str, **details: Any) -> None:
        """Add one event."""
        body = codecs.details_to_json(details)
        with self.database.writing() as session:
            session.add(AuditRow(at=self.clock(), actor=actor, action=action, subject=subject, details=body))

    def recent(self, *, subject: str | None = None, limit: int = 100) -> list[AuditEvent]:
        """The newest first."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        with self.database.reading() as session:
            return [
                AuditEvent(row.at, row.actor, row.action, row.subject, row.details) for row in session.scalars(query)
            ]
