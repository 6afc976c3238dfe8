"""The gateway: its documents fit Dagster's schema, and silence or refusal become clear errors."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from dagster_graphql.schema import create_schema
from graphql import parse, validate

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.results import Batch, BatchState
from hestia_assets.core.specs import DatasetSpec, ExportSpec, TransformSpec
from streamlit_app.gateway import (
    DOCUMENTS,
    DagsterRefusedError,
    Gateway,
    NotRunningError,
    RunState,
    job_name,
)

NOW = datetime(2026, 3, 29, tzinfo=UTC)
BATCH = Batch("b1", "default", "orders", "o.csv", "0" * 64, 1, BatchState.RECEIVED, 1, "ada", NOW, NOW)


@pytest.fixture(scope="module")
def schema() -> Any:
    return create_schema().graphql_schema


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_fits_the_schema_of_the_installed_dagster(schema, name):
    assert validate(schema, parse(DOCUMENTS[name])) == []


class Dagster:
    """Answers like a Dagster webserver: one list of answers per document, the last one again and again."""

    def __init__(self) -> None:
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        name = body["query"].split("(")[0].split()[-1]
        self.asked.append((name, body["variables"]))
        answers = self.answers[name]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def dagster() -> Iterator[tuple[Dagster, Gateway]]:
    server_side = Dagster()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            reply = json.dumps(server_side.reply(json.loads(self.rfile.read(length)))).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        log_message: Callable[..., None] = lambda *_: None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server_side, Gateway(f"http://127.0.0.1:{server.server_port}", ready_seconds=1.0)
    server.shutdown()


def jobs(*names: str) -> dict[str, Any]:
    listed = [{"name": name} for name in names]
    return {"data": {"repositoryOrError": {"__typename": "Repository", "jobs": listed}}}


LAUNCHED = {"data": {"launchRun": {"__typename": "LaunchRunSuccess", "run": {"runId": "r1"}}}}
RELOADED = {
    "data": {
        "reloadRepositoryLocation": {
            "__typename": "WorkspaceLocationEntry",
            "locationOrLoadError": {"__typename": "RepositoryLocation"},
        }
    }
}


def test_an_import_is_launched_with_its_batch(dagster):
    server, gateway = dagster
    server.answers = {"HestiaJobs": [jobs("import_default__orders")], "HestiaLaunch": [LAUNCHED]}

    run = gateway.launch_import(BATCH)

    assert run == "r1"
    params = server.asked[-1][1]["params"]
    assert params["selector"]["jobName"] == "import_default__orders"
    assert params["runConfigData"] == {"ops": {"default__orders": {"config": {"batch": "b1"}}}}
    assert {"key": "hestia/batch", "value": "b1"} in params["executionMetadata"]["tags"]


def test_a_job_that_is_not_there_yet_is_waited_for_after_a_reload(dagster):
    server, gateway = dagster
    server.answers = {
        "HestiaJobs": [jobs(), jobs(), jobs("import_default__orders")],
        "HestiaReload": [RELOADED],
        "HestiaLaunch": [LAUNCHED],
    }

    gateway.launch_import(BATCH)

    assert [name for name, _ in server.asked].count("HestiaReload") == 1


def test_a_job_that_never_appears_is_an_error_that_names_it(dagster):
    server, gateway = dagster
    server.answers = {"HestiaJobs": [jobs()], "HestiaReload": [RELOADED]}

    with pytest.raises(DagsterRefusedError, match="import_default__orders"):
        gateway.launch_import(BATCH)


def test_a_definition_that_does_not_load_says_why(dagster):
    server, gateway = dagster
    broken = {"__typename": "PythonError", "message": "ZeroDivisionError: division by zero\n  stack"}
    answer = {"__typename": "WorkspaceLocationEntry", "locationOrLoadError": broken}
    server.answers = {"HestiaReload": [{"data": {"reloadRepositoryLocation": answer}}]}

    with pytest.raises(DagsterRefusedError, match="division by zero"):
        gateway.reload()


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("QUEUED", RunState.WAITING),
        ("STARTING", RunState.WAITING),
        ("STARTED", RunState.RUNNING),
        ("SUCCESS", RunState.SUCCEEDED),
        ("FAILURE", RunState.FAILED),
        ("CANCELED", RunState.FAILED),
    ],
)
def test_the_state_of_a_run_is_one_of_four_words(dagster, status, state):
    server, gateway = dagster
    server.answers = {"HestiaRun": [{"data": {"runOrError": {"__typename": "Run", "status": status}}}]}

    assert gateway.run_state("r1") is state


def test_a_run_that_dagster_does_not_know_is_not_found(dagster):
    server, gateway = dagster
    server.answers = {"HestiaRun": [{"data": {"runOrError": {"__typename": "RunNotFoundError"}}}]}

    with pytest.raises(NotFoundError):
        gateway.run_state("r1")


def test_silence_says_how_to_start_dagster(closed_port):
    gateway = Gateway(f"http://127.0.0.1:{closed_port}")

    with pytest.raises(NotRunningError) as error:
        gateway.launch_import(BATCH)

    assert "hestia up" in error.value.hint


def test_job_names_are_those_of_the_code_location():
    from hestia_assets.defs import names

    for spec in (
        DatasetSpec(name="orders"),
        TransformSpec(name="revenue", sql="select 1"),
        ExportSpec(name="revenue", table="validated.orders"),
    ):
        assert job_name(spec) == names.job_name(spec)
