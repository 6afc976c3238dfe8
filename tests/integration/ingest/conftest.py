"""A home with one dataset and short ways to import into it."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from ingest_orders import dataset

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.access import LOCAL, Purpose
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The same tests run on both metadata databases."""
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres_database") if postgres else ""
    return Settings(home=tmp_path / "home", metadata_url=url, lease_seconds=2)


@pytest.fixture
def load(home: Hestia) -> Callable[..., Batch]:
    """Save the spec, hand in the bytes, run the batch."""

    def import_bytes(data: bytes, spec: DatasetSpec | None = None, *, name: str = "orders.csv") -> Batch:
        spec = spec or dataset()
        home.catalog.save(spec, author="ada")
        received = home.ingest.receive(spec, BytesIO(data), file_name=name, author="ada")
        return home.ingest.run(received.batch.id)

    return import_bytes


@pytest.fixture
def table(home: Hestia) -> Callable[[str], pl.DataFrame]:
    """The rows of a layer, by batch and row."""

    def rows(layer: str) -> pl.DataFrame:
        ref = TableRef(Layer(layer), "default", "orders")
        return home.gate.read(LOCAL, ref, purpose=Purpose.CHECK).sort("_batch", "_row").collect()

    return rows
