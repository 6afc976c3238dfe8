"""What was taken from each source: the version of each of its files that was fetched last."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, select

from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.models import SeenRow
from hestia_assets.core.addresses import key_of
from hestia_assets.core.ports import Clock
from hestia_assets.core.results import RemoteFile, SeenFiles


@dataclass(frozen=True)
class SqlSeenStore:
    """Keeps one row per address; every call is one transaction."""

    database: Database
    clock: Clock

    def load(self, tenant: str, source: str) -> SeenFiles:
        """What was taken so far."""
        query = select(SeenRow.address, SeenRow.version)
        query = query.where(SeenRow.tenant == tenant, SeenRow.source == source)
        with self.database.reading() as session:
            return SeenFiles({row.address: row.version for row in session.execute(query)})

    def add(self, tenant: str, source: str, file: RemoteFile) -> None:
        """Remember that this version was taken; one without a version cannot be known again."""
        if not file.version:
            return
        address = key_of(file.url)
        digest = hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
        key = {"tenant": tenant, "source": source, "digest": digest}
        statement = self.database.insert(SeenRow).values(**key, address=address, version=file.version)
        with self.database.writing() as session:
            self.database.ensure_tenant(session, tenant, now=self.clock())
            session.execute(statement.on_conflict_do_update(index_elements=list(key), set_={"version": file.version}))

    def forget(self, tenant: str, source: str) -> int:
        """Forget what was taken; returns of how many files."""
        mine = (SeenRow.tenant == tenant, SeenRow.source == source)
        with self.database.writing() as session:
            return len(session.scalars(delete(SeenRow).where(*mine).returning(SeenRow.digest)).all())
