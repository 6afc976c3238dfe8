"""The image and the compose file, as far as they can be proved without a container engine.

Each command and health check is run as it stands there, on PostgreSQL, in a clean folder, and as a user without
rights where the machine allows it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from processes import free_port, until

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if name != "postgres"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NOBODY = 65534


def instructions(word: str) -> list[str]:
    """Arguments of a Dockerfile instruction, in order."""
    return re.findall(rf"^{word} (.+)$", DOCKERFILE.replace("\\\n", " "), flags=re.MULTILINE)


def test_the_image_is_built_in_one_stage_and_runs_in_another():
    assert [line.endswith("AS builder") for line in instructions("FROM")] == [True, False]


def test_the_image_runs_as_a_user_without_rights():
    assert instructions("USER") == ["hestia"]


def test_the_image_says_how_it_is():
    assert "hestia" in instructions("HEALTHCHECK")[0]


def test_everything_that_the_image_copies_exists_and_is_sent_to_the_builder():
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [name for line in instructions("COPY") if "--from" not in line for name in line.split()[:-1]]

    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert name in sent, f"{name} is ignored"


def test_compose_runs_every_service_and_a_database():
    assert set(COMPOSE["services"]) == {"postgres", "code-server", "webserver", "daemon", "pages"}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_has_a_health_check(name: str):
    assert COMPOSE["services"][name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", OURS)
def test_every_service_waits_until_what_it_needs_is_healthy(name: str):
    conditions = [need["condition"] for need in OURS[name]["depends_on"].values()]

    assert conditions == ["service_healthy"]


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_published_ports_are_open_to_this_machine_only(name: str):
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"][name].get("ports", []))


@pytest.fixture
def clean_folder() -> Iterator[Path]:
    """A folder outside the checkout that belongs to whoever runs the services."""
    folder = Path(tempfile.mkdtemp(prefix="hestia-container-"))
    if runner():
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def runner() -> dict[str, Any]:
    """How to run a process as a user without rights, where we may and where that user can reach Python."""
    if os.getuid() != 0:
        return {}
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    probe = [sys.executable, "-c", "import hestia_assets.settings"]
    try:
        reachable = subprocess.run(probe, cwd="/", capture_output=True, check=False, **as_nobody).returncode == 0
    except PermissionError:
        reachable = False
    return as_nobody if reachable else {}


def container_environment(
    service: dict[str, Any], folder: Path, database: str, ports: dict[str, str]
) -> dict[str, str]:
    """The service's environment, with this machine's addresses for those of the containers' network."""
    here = {
        "HESTIA_HOME": str(folder / "data"),
        "HESTIA_HOST": "127.0.0.1",
        "HESTIA_METADATA_URL": database.replace("postgresql://", "postgresql+psycopg2://"),
        "HESTIA_CODE_SERVER_HOST": "127.0.0.1",
        "HESTIA_DAGSTER_URL": f"http://127.0.0.1:{ports['HESTIA_DAGSTER_PORT']}",
    }
    assert set(here) <= set(service["environment"])
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return {"PATH": path, "HOME": str(folder)} | service["environment"] | here | ports


@pytest.mark.postgres
def test_the_commands_start_healthy_services_and_stop_when_told(clean_folder: Path, postgres_database: str):
    ports = {f"HESTIA_{name}_PORT": str(free_port()) for name in ("UI", "DAGSTER", "CODE_SERVER")}
    user, started = runner(), []
    try:
        for name, service in OURS.items():
            environment = container_environment(service, clean_folder, postgres_database, ports)
            options = {"env": environment, "cwd": clean_folder, **user}
            with (clean_folder / f"{name}.out").open("w") as output:
                started.append(subprocess.Popen(service["command"], stdout=output, stderr=output, **options))
            check = service["healthcheck"]["test"][1:]

            until(lambda c=check, o=options: _succeeds(c, o), seconds=300)

        codes = [_stopped(process) for process in reversed(started)]
    finally:
        for process in started:
            process.kill()
            process.wait()

    assert codes == [0] * len(OURS)


def _succeeds(command: list[str], options: dict[str, Any]) -> bool:
    return subprocess.run(command, capture_output=True, check=False, **options).returncode == 0


def _stopped(process: "subprocess.Popen[bytes]") -> int:
    process.terminate()
    return process.wait(120)
