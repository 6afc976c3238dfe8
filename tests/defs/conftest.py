"""A home with datasets, and what Dagster remembers of it."""

import io
from collections.abc import Callable, Iterator

import dagster as dg
import pytest
from shop import orders

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.results import Batch
from hestia_assets.core.specs import DatasetSpec
from hestia_assets.defs.resources import open_instance


@pytest.fixture
def dataset(home: Hestia) -> DatasetSpec:
    """Orders, saved."""
    spec = orders()
    home.catalog.save(spec, author="ada")
    return spec


@pytest.fixture
def hand_in(home: Hestia, dataset: DatasetSpec) -> Callable[..., Batch]:
    """Receives bytes for the dataset, as a page does."""

    def receive(content: bytes, file_name: str = "orders.csv") -> Batch:
        return home.ingest.receive(dataset, io.BytesIO(content), file_name=file_name, author="ada").batch

    return receive


@pytest.fixture
def instance(home: Hestia) -> Iterator[dg.DagsterInstance]:
    """The instance that remembers the runs of this home."""
    with open_instance(home.settings) as opened:
        yield opened
