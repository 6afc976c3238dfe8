"""Specs by kind, tenant and name; every save is a new version."""

import json
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from hestia_assets.adapters.metadata.engine import Database
from hestia_assets.adapters.metadata.models import SpecRow
from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.ports import Clock
from hestia_assets.core.results import SpecVersion
from hestia_assets.core.specs import SPEC_KINDS, AnySpec, kind_of, parse


@dataclass(frozen=True)
class SqlSpecStore:
    """Keeps specs as JSON."""

    database: Database
    clock: Clock

    def save(self, spec: AnySpec, *, author: str) -> SpecVersion:
        """Keep a new version; an unchanged spec keeps its version."""
        kind = kind_of(spec)
        with self.database.writing() as session:
            self.database.ensure_tenant(session, spec.tenant, now=self.clock())
            while True:  # on PostgreSQL somebody else may take the number meanwhile
                latest = session.scalars(_versions(kind, spec.tenant, spec.name).limit(1)).first()
                if latest and _text(_version(latest).spec) == _text(spec):
                    return _version(latest)
                number = latest.version + 1 if latest else 1
                if saved := self._insert(session, spec, number, author=author):
                    return _version(saved)

    def get(self, kind: str, tenant: str, name: str, *, version: int | None = None) -> SpecVersion:
        """The latest or one version. Raises NotFoundError."""
        _model(kind)
        query = _versions(kind, tenant, name)
        if version is not None:
            query = query.where(SpecRow.version == version)
        with self.database.reading() as session:
            row = session.scalars(query.limit(1)).first()
            if row is None:
                raise _not_found(session, kind, tenant, name, version)
            return _version(row)

    def all(self, kind: str, *, tenant: str | None = None) -> list[SpecVersion]:
        """The latest version of each, sorted by tenant and name."""
        newest = (
            select(SpecRow.tenant, SpecRow.name, func.max(SpecRow.version).label("version"))
            .where(SpecRow.kind == kind)
            .group_by(SpecRow.tenant, SpecRow.name)
            .subquery()
        )
        query = select(SpecRow).where(SpecRow.kind == kind)
        query = query.join(
            newest,
            (SpecRow.tenant == newest.c.tenant)
            & (SpecRow.name == newest.c.name)
            & (SpecRow.version == newest.c.version),
        )
        if tenant is not None:
            query = query.where(SpecRow.tenant == tenant)
        with self.database.reading() as session:
            found = [_version(row) for row in session.scalars(query)]
        return sorted(found, key=lambda item: (item.spec.tenant, item.spec.name))  # databases sort differently

    def history(self, kind: str, tenant: str, name: str) -> list[SpecVersion]:
        """Every version, newest first."""
        with self.database.reading() as session:
            return [_version(row) for row in session.scalars(_versions(kind, tenant, name))]

    def delete(self, kind: str, tenant: str, name: str) -> SpecVersion:
        """Forget every version; returns the latest. Raises NotFoundError."""
        _model(kind)
        mine = (SpecRow.kind == kind, SpecRow.tenant == tenant, SpecRow.name == name)
        with self.database.writing() as session:
            row = session.scalars(_versions(kind, tenant, name).limit(1)).first()
            if row is None:
                raise _not_found(session, kind, tenant, name, None)
            session.execute(delete(SpecRow).where(*mine))
            return _version(row)

    def _insert(self, session: Session, spec: AnySpec, number: int, *, author: str) -> SpecRow | None:
        """The new row, or nothing when the number is taken."""
        values = {
            "kind": kind_of(spec),
            "tenant": spec.tenant,
            "name": spec.name,
            "version": number,
            "body": spec.model_dump(mode="json"),
            "author": author,
            "created_at": self.clock(),
        }
        statement = self.database.insert(SpecRow).values(values).on_conflict_do_nothing().returning(SpecRow)
        return session.scalars(statement).first()


def _versions(kind: str, tenant: str, name: str) -> Select[SpecRow]:
    """Newest first."""
    mine = (SpecRow.kind == kind, SpecRow.tenant == tenant, SpecRow.name == name)
    return select(SpecRow).where(*mine).order_by(SpecRow.version.desc())


def _model(kind: str) -> type[AnySpec]:
    if kind not in SPEC_KINDS:
        raise NotFoundError("kind of spec", kind, known=SPEC_KINDS)
    return SPEC_KINDS[kind]


def _version(row: SpecRow) -> SpecVersion:
    spec = parse(_model(row.kind), row.body)
    return SpecVersion(row.kind, spec, row.version, row.author, row.created_at)


def _text(spec: AnySpec) -> str:
    """Equal text means the same spec; unlike ``==`` it tells 1 from true."""
    return json.dumps(spec.model_dump(mode="json"), sort_keys=True)


def _not_found(session: Session, kind: str, tenant: str, name: str, version: int | None) -> NotFoundError:
    versions = session.scalars(_versions(kind, tenant, name)).all()
    if versions:
        known = [f"{name} version {row.version}" for row in versions]
        return NotFoundError(kind, f"{name} version {version}", known=known)
    names = select(SpecRow.name).where(SpecRow.kind == kind, SpecRow.tenant == tenant).distinct()
    return NotFoundError(kind, name, known=session.scalars(names).all())
