"""A home with a dataset, and real servers to fetch from."""

from collections.abc import Callable, Iterator

import pytest
from remote_places import Bucket, Web, running_web

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.specs import Column, DatasetSpec, Recipe


@pytest.fixture
def rates(home: Hestia) -> DatasetSpec:
    """A dataset of two columns, saved."""
    columns = (Column(source="day", name="day"), Column(source="rate", name="rate"))
    spec = DatasetSpec(name="rates", recipe=Recipe(columns=columns))
    home.catalog.save(spec, author="ada")
    return spec


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server."""
    with running_web() as server:
        yield server


@pytest.fixture
def bucket(s3_server: Callable[[], Bucket]) -> Bucket:
    """An empty bucket."""
    return s3_server()
