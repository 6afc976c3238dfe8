"""Services that die, hang and leave children behind, and the supervisor that looks after real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from processes import free_port, gone, until

from hestia_assets.adapters.services import Service, http_answers
from hestia_assets.adapters.supervisor import Supervised, Supervisor
from hestia_assets.core.errors import UnavailableError

SERVER = """
import subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
print("child", child.pid, flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
SUPERVISOR = """
import os, sys
from pathlib import Path
from test_supervisor import build_service
from hestia_assets.adapters.supervisor import Supervisor
pairs = [pair.split("=") for pair in sys.argv[2].split(",")]
services = [build_service(name, int(port)) for name, port in pairs]
say = lambda *words: print(*words, flush=True)
ready = lambda: say("ready")
Supervisor(services, Path(sys.argv[1]), dict(os.environ), say, on_ready=ready).run()
"""


def build_service(name: str, port: int) -> Service:
    """A web server with a child of its own."""
    command = (sys.executable, "-c", SERVER, str(port))
    return Service(
        name,
        command,
        lambda: http_answers(f"http://127.0.0.1:{port}/"),
        port=port,
        port_setting="HESTIA_X_PORT",
    )


class Running:
    """A supervisor in a process of its own, over services one and two."""

    def __init__(self, folder: Path) -> None:
        self.logs, self.ports = folder / "logs", (free_port(), free_port())
        names = f"one={self.ports[0]},two={self.ports[1]}"
        self.output = folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISOR, str(self.logs), names],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
                stdout=output,
                stderr=output,
            )
        until(lambda: "ready" in self.output.read_text())
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def server(self, number: int) -> psutil.Process:
        """The process that listens to the port of a service."""
        port = str(self.ports[number])
        return next(p for p in psutil.Process(self.process.pid).children() if port in p.cmdline())


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Two healthy services."""
    started = Running(tmp_path)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(120)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_service_and_every_child_of_it(running: Running, number: int):
    assert len(running.family) == 4

    running.process.send_signal(number)

    assert running.process.wait(120) == 0
    until(lambda: gone(running.family))


def test_a_killed_service_comes_back_and_leaves_no_child_behind(running: Running):
    before = running.server(0)
    family = [before, *before.children(recursive=True)]

    before.kill()

    until(lambda: gone(family))
    until(lambda: http_answers(f"http://127.0.0.1:{running.ports[0]}/"))
    assert "one ended with code -9; starting again in 1 s" in running.output.read_text()
    assert http_answers(f"http://127.0.0.1:{running.ports[1]}/"), "the other one was left alone"


def test_services_end_when_the_supervisor_is_killed(running: Running):
    servers = [running.server(0), running.server(1)]

    running.process.kill()
    running.process.wait()

    until(lambda: gone(servers))


def test_a_taken_port_is_named_with_its_setting(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(UnavailableError) as raised:
            Supervisor([build_service("one", port)], tmp_path, {}, lambda *_: None).run()

    assert str(port) in raised.value.message
    assert "HESTIA_X_PORT" in raised.value.hint


def test_who_is_stopped_while_it_starts_starts_nothing_more(tmp_path: Path):
    told = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    sleep = (sys.executable, "-c", "import time; time.sleep(600)")

    def report(name: str, what: str) -> None:
        told.append((name, what))
        if what == "starting":
            os.kill(os.getpid(), signal.SIGTERM)

    try:
        never = [Service(name, sleep, lambda: False) for name in ("one", "two")]
        Supervisor(never, tmp_path, dict(os.environ), report, on_ready=lambda: told.append(("all", "ready"))).run()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    assert told == [("one", "starting"), ("one", "stopped")]


def test_waits_longer_after_each_death_and_forgets_after_a_steady_while(tmp_path: Path):
    one = Supervised(build_service("one", 1), tmp_path / "log", {})
    one.started_at = time.monotonic()

    assert [one.wait_seconds() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    one.started_at -= 61
    assert one.wait_seconds() == 1


def test_a_service_that_stops_answering_counts_as_hung(tmp_path: Path):
    silent = Service("silent", (sys.executable, "-c", "import time; time.sleep(60)"), lambda: False)
    one = Supervised(silent, tmp_path / "log", dict(os.environ))
    one.start()
    one.healthy = True

    for _ in range(6):
        one.check()

    assert one.hung
    one.signal(signal.SIGKILL)
    assert one.process is not None
    one.process.wait()
    assert not one.alive
