"""A file through the whole product: inspected, saved as a dataset, received, run, looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hestia_assets import open_home
from hestia_assets.bootstrap import Hestia
from hestia_assets.core.access import LOCAL, Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch, Inspection
from hestia_assets.core.specs import DatasetSpec

NAME = "facts"


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    hestia: Hestia
    inspection: Inspection
    batch: Batch

    def rows(self, layer: str) -> pl.DataFrame:
        """The rows of a layer, without those columns that are Hestia's own."""
        ref = TableRef(Layer(layer), "default", NAME)
        if not self.hestia.tables.exists(ref):
            return pl.DataFrame()
        return self.hestia.gate.read(LOCAL, ref, purpose=Purpose.CHECK).sort("_row").collect()

    def column(self, name: str, layer: str = "validated") -> list[Any]:
        """The values of a column, in the order of the file."""
        return self.rows(layer)[name].to_list()

    def aside(self) -> list[tuple[int, str]]:
        """Line and rule of each row that was set aside."""
        found = self.rows("quarantine")
        return list(found.select("_line", "rule").iter_rows()) if found.height else []


Through = Callable[..., Outcome]


@pytest.fixture
def through(tmp_path: Path) -> Through:
    """Brings bytes through the product; ``choice`` is what a person changed in the recipe."""

    def run(data: bytes | str, file_name: str, *, choice: Mapping[str, Any] | None = None) -> Outcome:
        content = data.encode() if isinstance(data, str) else data
        hestia = open_home(tmp_path / "home")
        inspection = hestia.ingest.inspect(BytesIO(content), file_name=file_name)
        recipe = inspection.recipe.with_changes(choice or {})
        spec = DatasetSpec(name=NAME, recipe=recipe)
        hestia.catalog.save(spec, author="ada")
        received = hestia.ingest.receive(spec, BytesIO(content), file_name=file_name, author="ada")
        batch = hestia.ingest.run(received.batch.id)
        assert batch.account.balanced
        return Outcome(hestia, inspection, batch)

    return run
