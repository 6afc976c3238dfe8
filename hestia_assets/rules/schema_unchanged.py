"""A file must have the columns that earlier ones had, of the same types."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hestia_assets.core.results.drift import DriftKind
from hestia_assets.core.rules import NO_COLUMN, ArrivedBatch, BatchFinding, Parameter
from hestia_assets.core.specs import CheckSpec

KINDS = (DriftKind.ADDED, DriftKind.REMOVED, DriftKind.RENAMED, DriftKind.RETYPED)


class SchemaUnchanged:
    """Says which columns came, went, were renamed or hold values of another type than in the files before."""

    sentence: ClassVar[str] = "columns and their types must be as in the files before"
    advice: ClassVar[str] = "Look at what is different in the file, and change the dataset's columns if it is to stay."
    columns: ClassVar[range] = NO_COLUMN
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    example: ClassVar[Mapping[str, Any]] = {}

    def message(self, spec: CheckSpec) -> str:
        """The sentence for this check."""
        return "The columns are not as in the files before."

    def datasets(self, spec: CheckSpec) -> tuple[str, ...]:
        """None."""
        return ()

    def reads(self, spec: CheckSpec) -> frozenset[str]:
        """No column: what is different is known from the first rows."""
        return frozenset()

    def judge(self, spec: CheckSpec, batch: ArrivedBatch) -> BatchFinding:
        """Each difference in its own words."""
        found = [finding for finding in batch.drift if finding.kind in KINDS]
        counts = {kind.value: float(sum(one.kind is kind for one in found)) for kind in KINDS}
        return BatchFinding(" ".join(finding.sentence for finding in found) or None, counts)


RULE = SchemaUnchanged()
