"""What people said about anomalies."""

from typing import Protocol

from hestia_assets.core.results.quality import NormalVerdict


class VerdictStore(Protocol):
    """Verdicts "that is normal" by tenant and dataset. Every call is one transaction, or a part of one."""

    def add(self, verdict: NormalVerdict) -> NormalVerdict:
        """Keep one under a new ``id`` and time; of the same metric and moment the newer word counts."""
        ...

    def of(self, tenant: str, dataset: str) -> list[NormalVerdict]:
        """All of a dataset, in the order of their moments."""
        ...

    def forget(self, verdict: int) -> NormalVerdict:
        """Take one back. Raises NotFoundError."""
        ...
