"""The catalogue: every spec, versioned, checked before it is saved, and on the audit trail."""

from collections.abc import Callable
from dataclasses import dataclass

from hestia_assets.core.ports import AuditLog, SpecStore
from hestia_assets.core.results import SpecVersion
from hestia_assets.core.specs import AnySpec, kind_of

SpecGuard = Callable[[AnySpec], None]
"""Raises a HestiaError when a spec names something that does not exist or cannot work."""


@dataclass(frozen=True)
class Catalog:
    """Keeps specs; the registry from which Dagster's assets are built."""

    store: SpecStore
    audit: AuditLog
    guard: SpecGuard

    def save(self, spec: AnySpec, *, author: str) -> SpecVersion:
        """Keep a new version of ``spec``; an unchanged one keeps its version.

        Raises:
            HestiaError: it names an unknown format, rule or table, or a rule's parameters are wrong.
        """
        self.guard(spec)
        saved = self.store.save(spec, author=author)
        self.audit.record(author, "spec.saved", f"{saved.kind}/{spec.key}", version=saved.version)
        return saved

    def get(self, kind: str, tenant: str, name: str, *, version: int | None = None) -> SpecVersion:
        """The latest or one version. Raises NotFoundError."""
        return self.store.get(kind, tenant, name, version=version)

    def all(self, kind: str, *, tenant: str | None = None) -> list[SpecVersion]:
        """The latest version of each spec of a kind."""
        return self.store.all(kind, tenant=tenant)

    def history(self, kind: str, tenant: str, name: str) -> list[SpecVersion]:
        """Every version, newest first."""
        return self.store.history(kind, tenant, name)

    def exists(self, spec: AnySpec) -> bool:
        """Whether a spec of this kind, tenant and name has been saved."""
        found = self.store.all(kind_of(spec), tenant=spec.tenant)
        return any(item.spec.name == spec.name for item in found)
