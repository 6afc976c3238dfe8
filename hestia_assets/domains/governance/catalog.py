"""The catalogue: every spec, versioned, checked before it is saved, and on the audit trail."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from hestia_assets.core.errors import SpecError
from hestia_assets.core.ports import AuditLog, Holding, SeenStore, SpecStore
from hestia_assets.core.results import DeletedSpec, SpecVersion
from hestia_assets.core.specs import AnySpec, kind_of

SpecGuard = Callable[[AnySpec], None]
"""Raises a HestiaError when a spec names something that does not exist or cannot work."""


@dataclass(frozen=True)
class Catalog:
    """Keeps specs; the registry from which Dagster's assets are built.

    ``together`` gives one transaction for all that is done in the metadata inside the block.
    """

    store: SpecStore
    seen: SeenStore
    holding: Holding
    audit: AuditLog
    guard: SpecGuard
    together: Callable[[], AbstractContextManager[None]]

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

    def delete(self, kind: str, tenant: str, name: str, *, author: str) -> DeletedSpec:
        """Forget a source, a transform or an export: it does nothing any more, and what it has done stays.

        Rows, tables, originals and published files stay, and the audit trail keeps the last version. What a source
        had fetched is forgotten with it: another one of its name fetches everything, and the same bytes are known.

        Raises:
            NotFoundError: there is none.
            SpecError: it is a dataset.
            LeaseHeldError: the source is just being fetched.
        """
        spec = self.store.get(kind, tenant, name).spec
        if kind == "dataset":
            raise SpecError(
                f"The dataset {name} cannot be deleted: its files and tables would belong to nothing.",
                hint="Undo its batches to empty its table.",
            )
        if kind == "source":
            with self.holding(f"source:{spec.key}", wait_seconds=1), self.together():
                return self._deleted(kind, spec, remembered=self.seen.forget(tenant, name), author=author)
        return self._deleted(kind, spec, author=author)

    def _deleted(self, kind: str, spec: AnySpec, *, author: str, remembered: int = 0) -> DeletedSpec:
        last = self.store.delete(kind, spec.tenant, spec.name)
        body = last.spec.model_dump(mode="json", exclude_defaults=True)
        self.audit.record(author, "spec.deleted", f"{kind}/{spec.key}", version=last.version, spec=body)
        return DeletedSpec(last, remembered)

    def exists(self, spec: AnySpec) -> bool:
        """Whether a spec of this kind, tenant and name has been saved."""
        found = self.store.all(kind_of(spec), tenant=spec.tenant)
        return any(item.spec.name == spec.name for item in found)
