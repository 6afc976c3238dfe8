"""What every connector owes, run for every file in the folder against a real server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from remote_places import Bucket, running_web

from hestia_assets.adapters.s3_client import s3_client
from hestia_assets.connectors import CONNECTORS
from hestia_assets.core.addresses import connector_for
from hestia_assets.core.errors import FetchError, SpecError, TooLargeError, TransientError
from hestia_assets.core.ports import Connector, Reach
from hestia_assets.settings import Settings

ROWS = b"id,qty\n1,2\n"


@dataclass
class Place:
    """A server that a connector fetches from."""

    put: Callable[[str, bytes], str]
    nowhere: str
    nobody: str
    settings: Settings


@pytest.fixture(scope="module")
def web() -> Iterator[Place]:
    with running_web() as server:

        def put(name: str, body: bytes) -> str:
            return server.put(f"/{name}", body, headers={"ETag": f'"{hash(body)}"'})

        yield Place(put, f"{server.url}/nowhere.csv", "http://127.0.0.1:1/x.csv", Settings())


@pytest.fixture(scope="module")
def bucket(s3_server: Callable[[], Bucket]) -> Place:
    made = s3_server()
    return Place(made.put, "s3://no-such-bucket/x.csv", f"{made.url}/x.csv", made.settings(Settings()))


PLACES = {"https": "web", "s3": "bucket"}


@pytest.fixture(params=CONNECTORS.names())
def place(request: pytest.FixtureRequest) -> Place:
    return request.getfixturevalue(PLACES[request.param])


@pytest.fixture
def reach(tmp_path: Path, place: Place) -> Reach:
    return Reach(tmp_path, 1_000, 30, True, lambda: s3_client(place.settings))


@pytest.fixture
def connector(place: Place) -> Connector:
    return connector_for(CONNECTORS, place.nowhere)


def test_a_file_comes_whole_and_under_its_name(place: Place, connector: Connector, reach: Reach):
    url = place.put("whole.csv", ROWS)

    (file,) = connector.list(url, "*", reach=reach)
    with connector.open(file, reach=reach) as download:
        assert download
        content = download.source.read()

    assert content == ROWS
    assert download.file.name == "whole.csv"
    assert download.file.size_bytes == len(ROWS)
    assert list(reach.folder.iterdir()) == []


def test_an_unchanged_file_is_not_fetched_again_and_a_changed_one_is(place: Place, connector: Connector, reach: Reach):
    url = place.put("again.csv", ROWS)
    (file,) = connector.list(url, "*", reach=reach)
    with connector.open(file, reach=reach) as first:
        assert first
    (file,) = connector.list(url, "*", reach=reach)
    with connector.open(file, reach=reach, seen=first.file.version) as second:
        assert second is None
    place.put("again.csv", ROWS + b"2,3\n")

    (file,) = connector.list(url, "*", reach=reach)
    with connector.open(file, reach=reach, seen=first.file.version) as third:
        assert third
        assert third.source.read() == ROWS + b"2,3\n"
    assert third.file.version != first.file.version


def test_a_file_of_no_bytes_is_a_file(place: Place, connector: Connector, reach: Reach):
    (file,) = connector.list(place.put("empty.csv", b""), "*", reach=reach)

    with connector.open(file, reach=reach) as download:
        assert download
        assert download.source.read() == b""


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(place: Place, connector: Connector, reach: Reach):
    (file,) = connector.list(place.put("large.csv", b"x" * 1_001), "*", reach=reach)

    with pytest.raises(TooLargeError, match=r"large\.csv is larger"), connector.open(file, reach=reach):
        pass

    assert list(reach.folder.iterdir()) == []


def test_a_check_tells_that_the_file_is_there(place: Place, connector: Connector, reach: Reach):
    url = place.put("there.csv", ROWS)

    assert [file.name for file in connector.check(url, "*", reach=reach)] == ["there.csv"]


def test_what_is_not_there_is_told_in_words(place: Place, connector: Connector, reach: Reach):
    with pytest.raises(FetchError, match="There is no") as told:
        connector.check(place.nowhere, "*", reach=reach)

    assert told.value.hint


def test_a_server_that_is_not_there_may_be_there_later(place: Place, connector: Connector, tmp_path: Path):
    dead = Settings(s3_endpoint_url="http://127.0.0.1:1", s3_access_key_id="a", s3_secret_access_key="b")
    reach = Reach(tmp_path, 1_000, 30, True, lambda: s3_client(dead))

    with pytest.raises(TransientError):
        connector.check(place.nobody, "*", reach=reach)


def test_every_scheme_leads_to_its_connector_and_others_are_refused():
    for name in CONNECTORS.names():
        for scheme in CONNECTORS.get(name).schemes:
            assert connector_for(CONNECTORS, f"{scheme}://example/x.csv") is CONNECTORS.get(name)
    for url in ("ftp://example.org/x.csv", "file:///etc/passwd", "orders.csv", "http://", "s3:///x", "http://[x"):
        with pytest.raises(SpecError):
            connector_for(CONNECTORS, url)
