"""`hestia up` with the real services on free ports: they answer, come back, and stop together."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil
import pytest
from processes import free_port, gone, until

from hestia_assets.adapters.services import grpc_answers, http_answers

PORTS = ("HESTIA_UI_PORT", "HESTIA_DAGSTER_PORT", "HESTIA_CODE_SERVER_PORT")


class Up:
    """`hestia up` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.home, self.ports = folder / "home", {name: free_port() for name in PORTS}
        self.environment = os.environ | {name: str(port) for name, port in self.ports.items()}
        self.output = folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                self.command("up", "--json"), env=self.environment, stdout=output, stderr=output, cwd=folder
            )

    def command(self, *arguments: str) -> list[str]:
        """A hestia command on the same home."""
        return [sys.executable, "-m", "hestia_assets.cli.app", "--home", str(self.home), *arguments]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        command = self.command(*arguments)
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def events(self) -> list[dict[str, object]]:
        """What it has said so far."""
        return [json.loads(line) for line in self.output.read_text().splitlines() if line.startswith("{")]

    def family(self) -> list[psutil.Process]:
        """Every process below it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def server(self, setting: str) -> psutil.Process:
        """The service that listens to a port."""
        children = psutil.Process(self.process.pid).children()
        return next(p for p in children if str(self.ports[setting]) in p.cmdline())


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Everything up and healthy."""
    started = Up(tmp_path_factory.mktemp("up"))
    try:
        until(lambda: any(event.get("ready") for event in started.events()), seconds=300)
        yield started
    finally:
        if started.process.poll() is None:
            started.process.terminate()
            started.process.wait(120)


def test_every_service_answers(up: Up):
    assert http_answers(f"http://127.0.0.1:{up.ports['HESTIA_DAGSTER_PORT']}/server_info")
    assert http_answers(f"http://127.0.0.1:{up.ports['HESTIA_UI_PORT']}/_stcore/health")
    assert grpc_answers("127.0.0.1", up.ports["HESTIA_CODE_SERVER_PORT"])


def test_dagster_finds_the_code_location_under_its_name(up: Up):
    assert locations(up) == ["hestia"]


def test_the_check_says_that_all_is_well(up: Up):
    done = up.run("up", "--check", "--json")

    assert done.returncode == 0
    assert json.loads(done.stdout) == dict.fromkeys(("code-server", "webserver", "daemon", "pages"), True)


def test_the_doctor_finds_no_problem(up: Up):
    done = up.run("doctor", "--json")

    states = {finding["what"]: finding["state"] for finding in json.loads(done.stdout)}
    assert done.returncode == 0
    assert [states[name] for name in ("home", "code-server", "webserver", "daemon", "pages")] == ["ok"] * 5


def test_the_doctor_of_another_home_says_whose_services_these_are(up: Up, tmp_path: Path):
    command = [sys.executable, "-m", "hestia_assets.cli.app", "--home", str(tmp_path / "other"), "doctor", "--json"]
    done = subprocess.run(command, env=up.environment, capture_output=True, text=True, check=False)

    findings = {finding["what"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0
    for name in ("code-server", "webserver", "daemon", "pages"):
        assert findings[name]["state"] == "note"
        assert str(up.home) in findings[name]["found"]


def test_a_second_one_names_the_port_that_is_taken(up: Up):
    done = up.run("up", "--json")

    error = json.loads(done.stdout.splitlines()[-1])["error"]
    assert done.returncode == 1
    assert str(up.ports["HESTIA_CODE_SERVER_PORT"]) in error["message"]
    assert "HESTIA_CODE_SERVER_PORT" in error["hint"]


def test_a_dataset_made_by_an_import_is_in_dagster_without_a_restart(up: Up, tmp_path: Path):
    file = tmp_path / "places.csv"
    file.write_text("zip,place\n00501,Holtsville\n10115,Berlin\n")

    done = up.run("import", str(file), "--dataset", "places", "--json")

    assert done.returncode == 0, done.stderr
    until(lambda: "validated/default/places" in assets(up))


def test_a_killed_code_server_comes_back(up: Up):
    before = up.server("HESTIA_CODE_SERVER_PORT")
    family = [before, *before.children(recursive=True)]

    before.send_signal(signal.SIGKILL)

    until(lambda: gone(family))
    until(lambda: grpc_answers("127.0.0.1", up.ports["HESTIA_CODE_SERVER_PORT"]))
    assert up.server("HESTIA_CODE_SERVER_PORT").pid != before.pid
    assert locations(up) == ["hestia"]


def test_a_signal_stops_all_and_leaves_no_orphan(up: Up):
    family = up.family()
    assert len(family) >= 5, "four services and the code server's own server"

    up.process.terminate()

    assert up.process.wait(120) == 0
    until(lambda: gone(family))
    assert not [p.pid for p in psutil.process_iter(["cmdline"]) if str(up.home) in " ".join(p.info["cmdline"] or [])]


def ask(up: Up, query: str) -> Any:
    """The webserver's answer to a GraphQL query."""
    url = f"http://127.0.0.1:{up.ports['HESTIA_DAGSTER_PORT']}/graphql"
    request = Request(url, json.dumps({"query": query}).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=120) as answer:
        return json.load(answer)["data"]


def locations(up: Up) -> list[str]:
    """Code locations that the webserver has loaded without an error."""
    data = ask(up, "{workspaceOrError{...on Workspace{locationEntries{name locationOrLoadError{__typename}}}}}")
    entries = data["workspaceOrError"]["locationEntries"]
    return [e["name"] for e in entries if e["locationOrLoadError"]["__typename"] == "RepositoryLocation"]


def assets(up: Up) -> set[str]:
    """Assets of the code location."""
    return {"/".join(node["assetKey"]["path"]) for node in ask(up, "{assetNodes{assetKey{path}}}")["assetNodes"]}
