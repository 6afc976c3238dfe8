"""Every table store that Hestia has, each with a folder of its own."""

from pathlib import Path

import pytest
from table_work import STORES, add

from hestia_assets.core.ports import TableStore


@pytest.fixture(params=sorted(STORES))
def kind(request: pytest.FixtureRequest) -> str:
    """The name of a store."""
    return request.param


@pytest.fixture
def store(kind: str, tmp_path: Path) -> TableStore:
    """An empty store."""
    return STORES[kind](tmp_path)


@pytest.fixture
def filled(store: TableStore) -> TableStore:
    """A store whose table holds one batch."""
    add(store, "first")
    return store
