"""Profiles of tables and batches, rules that they suggest, and what a rule would have done to what has arrived."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hestia_assets.core.access import Principal, Purpose
from hestia_assets.core.layers import TableRef
from hestia_assets.core.ports import BatchStore, RowGate, SpecStore, TableStore, Validator
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import Impact, Suggestion, TableFacts
from hestia_assets.core.rules import Rule
from hestia_assets.core.specs import CheckSpec, DatasetSpec
from hestia_assets.domains.profiling.arrived import Arrivals
from hestia_assets.domains.profiling.figures import table_facts
from hestia_assets.domains.profiling.impact import Trial
from hestia_assets.domains.profiling.suggesting.suggest import suggested

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class ProfileService:
    """Looks at rows; changes nothing. ``guard`` raises for a dataset whose checks could not be saved."""

    gate: RowGate
    tables: TableStore
    batches: BatchStore
    specs: SpecStore
    validator: Validator
    rules: Registry[Rule]
    guard: Callable[[DatasetSpec], None]

    def profile(self, ref: TableRef, *, principal: Principal, batch: str | None = None) -> TableFacts:
        """Figures of a table, or of the rows of one batch in it. Raises NotFoundError."""
        import polars as pl

        rows = self.gate.read(principal, ref, purpose=Purpose.PAGE)
        return table_facts(rows if batch is None else rows.filter(pl.col("_batch") == batch))

    def profile_rows(self, rows: "pl.LazyFrame") -> TableFacts:
        """Figures of any rows; columns whose names begin with an underscore are Hestia's own and left out."""
        return table_facts(rows)

    def suggest(self, dataset: DatasetSpec, *, principal: Principal) -> tuple[Suggestion, ...]:
        """Checks that the rows which arrived last suggest, the surest first; none that the dataset has.

        Every figure is counted over the newest rows of the last twelve files, at most 300,000 of them (fewer of wide
        tables). A check that some rows contradict is suggested as a warning. Nothing is said of fewer than 20 rows.
        """
        others = [saved.spec for saved in self.specs.all("dataset", tenant=dataset.tenant)]
        known = [one for one in others if isinstance(one, DatasetSpec) and one.name != dataset.name]
        return suggested(self._arrivals(dataset, principal), known, self.rules.names())

    def impact(
        self, dataset: DatasetSpec, check: CheckSpec, *, principal: Principal, batches: int = 12, most: int = 200
    ) -> Impact:
        """What a check would have done to the last ``batches`` files, with the first ``most`` failing rows.

        Raises:
            UnknownPluginError: there is no such rule. Whatever else keeps it from running is the impact's problem.
        """
        return Trial(self._arrivals(dataset, principal), check, most, self.guard).run(batches)

    def _arrivals(self, dataset: DatasetSpec, principal: Principal) -> Arrivals:
        return Arrivals(self.gate, self.tables, self.batches, self.validator, dataset, principal)
