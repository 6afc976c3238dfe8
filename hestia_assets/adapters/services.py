"""The services of an installation: their commands, and how each says that it is well."""

import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import grpc  # comes with Dagster, whose code server speaks it
import yaml
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hestia_assets.core.errors import NotFoundError
from hestia_assets.settings import Settings

LOCATION = "hestia"
ANSWER_SECONDS = 5.0
DAEMON_QUERY = "{instance{daemonHealth{allDaemonStatuses{required healthy}}}}"

Health = Callable[[], bool]


@dataclass(frozen=True)
class Service:
    """One program of an installation; one that listens to no port has none.

    ``asked_while_running`` is false where another service answers for it: its silence proves nothing.
    """

    name: str
    command: tuple[str, ...]
    healthy: Health
    asked_while_running: bool = True
    port: int | None = None
    port_setting: str = ""
    url: str = ""


def build_services(settings: Settings, *, only: Sequence[str] = ()) -> list[Service]:
    """The services in the order in which they start; ``only`` picks some by name.

    Raises:
        NotFoundError: ``only`` names a service that does not exist.
    """
    services = [_code_server(settings), _webserver(settings), _daemon(settings), _pages(settings)]
    known = [service.name for service in services]
    for name in only:
        if name not in known:
            raise NotFoundError("service", name, known=known)
    return [service for service in services if not only or service.name in only]


def write_workspace(settings: Settings) -> Path:
    """Tell webserver and daemon where the code server is."""
    server = {
        "host": settings.code_server_host,
        "port": settings.code_server_port,
        "location_name": LOCATION,
    }
    path = workspace_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.part")
    temporary.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}))
    temporary.replace(path)
    return path


def workspace_path(settings: Settings) -> Path:
    """Where ``write_workspace`` writes."""
    return settings.dagster_home / "workspace.yaml"


def environment(settings: Settings) -> dict[str, str]:
    """What each service finds in its environment: these very settings, whatever ours were made from."""
    given = {name: value for name, value in settings.model_dump().items() if value is not None}
    own = {f"HESTIA_{name.upper()}": str(value) for name, value in given.items()}
    home = settings.home.resolve()
    fixed = {"HESTIA_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"), "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **own, **fixed}  # a child needs PATH, HOME and the like as they are


def _code_server(settings: Settings) -> Service:
    host, port = settings.host, settings.code_server_port
    module = ("-m", "hestia_assets.definitions", "--location-name", LOCATION)
    listen = ("-h", host, "-p", str(port))
    return Service(
        "code-server",
        (*_python("dagster", "code-server", "start"), *listen, *module),
        lambda: grpc_answers(_reachable(host), port),
        port=port,
        port_setting="HESTIA_CODE_SERVER_PORT",
    )


def _webserver(settings: Settings) -> Service:
    host, port = settings.host, settings.dagster_port
    workspace = str(workspace_path(settings).resolve())
    return Service(
        "webserver",
        (*_python("dagster_webserver"), "-h", host, "-p", str(port), "-w", workspace),
        lambda: http_answers(f"http://{_reachable(host)}:{port}/server_info"),
        port=port,
        port_setting="HESTIA_DAGSTER_PORT",
        url=settings.dagster_link,
    )


def _daemon(settings: Settings) -> Service:
    workspace = str(workspace_path(settings).resolve())
    base = settings.dagster_url or f"http://{_reachable(settings.host)}:{settings.dagster_port}"
    return Service(
        "daemon",
        (*_python("dagster._daemon"), "run", "-w", workspace),
        lambda: daemons_are_healthy(base),
        asked_while_running=False,
    )


def _pages(settings: Settings) -> Service:
    host, port = settings.host, settings.ui_port
    return Service(
        "pages",
        _python("streamlit_app.server"),
        lambda: http_answers(f"http://{_reachable(host)}:{port}/_stcore/health"),
        port=port,
        port_setting="HESTIA_UI_PORT",
        url=settings.ui_link,
    )


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def _reachable(host: str) -> str:
    """An address that listens everywhere is asked at home."""
    return "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104 - compared, not bound


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def http_answers(url: str) -> bool:
    """Whether the address answers with success."""
    try:
        with urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - http, from our own settings
            return answer.status == 200
    except (OSError, HTTPException):
        return False


def grpc_answers(host: str, port: int) -> bool:
    """Whether the code server says that it serves (grpc.health.v1)."""
    request = health_pb2.HealthCheckRequest(service="DagsterApi")
    try:
        with grpc.insecure_channel(f"{host}:{port}") as channel:
            stub: Any = health_pb2_grpc.HealthStub(channel)  # its methods are made at run time
            answer = stub.Check(request, timeout=ANSWER_SECONDS)
    except grpc.RpcError:
        return False
    return answer.status == health_pb2.HealthCheckResponse.SERVING


def daemons_are_healthy(base: str) -> bool:
    """Whether every daemon that the instance needs has sent its heartbeat lately; the webserver knows."""
    body = json.dumps({"query": DAEMON_QUERY}).encode()
    request = Request(f"{base}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310 - http
    try:
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - http, from our own settings
            statuses = json.load(answer)["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return False
    return all(status["healthy"] for status in statuses if status["required"])
