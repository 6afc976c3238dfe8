"""Asking Dagster to reload: only this home's, and without waiting for it."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from hestia_assets.cli.code_location import reload_code_location, serving_home
from hestia_assets.settings import Settings

RELOAD_TAKES_SECONDS = 1.5


class Webserver:
    """Answers like Dagster's: whose it is at once, a reload after a while."""

    def __init__(self) -> None:
        self.home, self.silent, self.queries = "", False, list[str]()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handler(outer) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler below has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["query"]
                outer.queries.append(query.partition("{")[0] or "query")
                time.sleep(RELOAD_TAKES_SECONDS if outer.silent or query.startswith("mutation") else 0)
                info = yaml.safe_dump({"local_artifact_storage": {"config": {"base_dir": f"{outer.home}/dagster"}}})
                body = json.dumps({"data": {"instance": {"info": info}}}).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def webserver() -> Iterator[Webserver]:
    """One that listens."""
    started = Webserver()
    yield started
    started.server.shutdown()


@pytest.fixture
def served(settings: Settings, webserver: Webserver) -> Settings:
    """Settings of a home whose port it listens to."""
    webserver.home = str(settings.home.resolve())
    return settings.model_copy(update={"dagster_port": webserver.port})


def timed(settings: Settings) -> tuple[bool, float]:
    """Whether it was asked, and how long that took."""
    started = time.monotonic()
    asked = reload_code_location(settings)
    return asked, time.monotonic() - started


def test_asks_the_dagster_of_this_home_and_does_not_wait(served: Settings, webserver: Webserver):
    asked, seconds = timed(served)

    assert asked
    assert seconds < RELOAD_TAKES_SECONDS / 2
    assert webserver.queries == ["query", "mutation"]


def test_leaves_the_dagster_of_another_home_alone(served: Settings, webserver: Webserver, tmp_path):
    webserver.home = str(tmp_path / "another")

    asked, seconds = timed(served)

    assert not asked
    assert seconds < RELOAD_TAKES_SECONDS / 2
    assert webserver.queries == ["query"]
    assert serving_home(served) == tmp_path / "another"


def test_does_not_wait_for_whoever_never_answers(served: Settings, webserver: Webserver):
    webserver.silent = True

    asked, seconds = timed(served)

    assert not asked
    assert seconds < RELOAD_TAKES_SECONDS
    assert "mutation" not in webserver.queries


def test_where_nobody_listens_nothing_is_asked(served: Settings, webserver: Webserver):
    webserver.server.shutdown()
    webserver.server.server_close()

    assert timed(served)[0] is False
    assert serving_home(served) is None
