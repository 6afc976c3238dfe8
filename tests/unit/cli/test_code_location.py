"""Asking Dagster to reload: only this home's, and without waiting for it."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import yaml
from processes import until

from hestia_assets.cli import code_location
from hestia_assets.cli.code_location import reload_code_location, serving_home
from hestia_assets.settings import Settings


class QuietServer(ThreadingHTTPServer):
    """Who asks for a reload leaves before the answer on purpose: no word about that, but about anything else."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Called where a request ended with an error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Webserver:
    """Answers like Dagster's: whose it is at once, a reload when the test lets it."""

    def __init__(self) -> None:
        self.home, self.silent, self.queries = "", False, list[str]()
        self.may_answer = threading.Event()
        self.server = QuietServer(("127.0.0.1", 0), self.handler())
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handler(outer) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler below has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["query"]
                outer.queries.append(query.partition("{")[0] or "query")
                if outer.silent or query.startswith("mutation"):
                    outer.may_answer.wait(300)
                info = yaml.safe_dump({"local_artifact_storage": {"config": {"base_dir": f"{outer.home}/dagster"}}})
                body = json.dumps({"data": {"instance": {"info": info}}}).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def webserver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webserver]:
    """One that listens; on a busy machine it may take long to answer."""
    monkeypatch.setattr(code_location, "PATIENCE_SECONDS", 60)
    started = Webserver()
    yield started
    started.may_answer.set()
    started.server.shutdown()


@pytest.fixture
def served(settings: Settings, webserver: Webserver) -> Settings:
    """Settings of a home whose port it listens to."""
    webserver.home = str(settings.home.resolve())
    return settings.model_copy(update={"dagster_port": webserver.port})


def test_asks_the_dagster_of_this_home_and_does_not_wait(served: Settings, webserver: Webserver):
    assert reload_code_location(served)

    until(lambda: webserver.queries == ["query", "mutation"])
    assert not webserver.may_answer.is_set()


def test_leaves_the_dagster_of_another_home_alone(served: Settings, webserver: Webserver, tmp_path):
    webserver.home = str(tmp_path / "another")

    assert not reload_code_location(served)

    assert webserver.queries == ["query"]
    assert serving_home(served) == tmp_path / "another"


def test_does_not_wait_for_whoever_never_answers(
    served: Settings, webserver: Webserver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(code_location, "PATIENCE_SECONDS", 0.2)
    webserver.silent = True

    assert not reload_code_location(served)

    assert not webserver.may_answer.is_set()
    assert "mutation" not in webserver.queries


def test_where_nobody_listens_nothing_is_asked(served: Settings, webserver: Webserver):
    webserver.server.shutdown()
    webserver.server.server_close()

    assert not reload_code_location(served)
    assert serving_home(served) is None
