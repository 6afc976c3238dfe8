"""Keeps services running: started in order, watched, restarted with back-off, stopped together."""

import ctypes
import logging
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import psutil

from hestia_assets.adapters.services import Service, port_is_free
from hestia_assets.core.errors import UnavailableError

log = logging.getLogger(__name__)

START_SECONDS = 90.0
"""A service that is not healthy by then counts as hung."""
STOP_SECONDS = 10.0
POLL_SECONDS = 0.25
CHECK_STARTING_SECONDS = 0.3
CHECK_EVERY_SECONDS = 5.0
CHECKS_BEFORE_RESTART = 6
"""Failed checks in a row after which a living process counts as hung; a busy machine needs patience."""
STEADY_SECONDS = 60.0
"""After so long the next restart is immediate again."""
LONGEST_WAIT_SECONDS = 30.0
LOG_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1

Report = Callable[[str, str], None]
"""Told a service's name and what happened to it: starting, healthy, stopped, restarting in N s."""


@dataclass
class Supervised:
    """One service and its process. The process leads a group, so its children die with it."""

    service: Service
    log_path: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    healthy: bool = False
    restarts: int = 0
    failed_checks: int = 0
    started_at: float = 0.0
    start_again_at: float = 0.0
    checked_at: float = 0.0

    def start(self) -> None:
        """Start the process in a group of its own, its output going to the log file."""
        with _log_file(self.log_path) as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                self.service.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one system call
            )
        self.started_at, self.healthy, self.failed_checks = time.monotonic(), False, 0

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def hung(self) -> bool:
        """Whether the process runs but has not answered for too long."""
        late = time.monotonic() - self.started_at > START_SECONDS
        return self.alive and self.failed_checks >= CHECKS_BEFORE_RESTART and (self.healthy or late)

    @property
    def check_due_at(self) -> float:
        """When to ask for its health: soon while it starts, then now and again."""
        if not self.healthy:
            return self.checked_at + CHECK_STARTING_SECONDS
        return self.checked_at + CHECK_EVERY_SECONDS if self.service.asked_while_running else math.inf

    def check(self) -> bool:
        """Ask for its health; True when it has just become healthy."""
        self.checked_at = time.monotonic()
        answered = self.service.healthy()
        self.failed_checks = 0 if answered else self.failed_checks + 1
        became_healthy = answered and not self.healthy
        self.healthy = self.healthy or answered
        return became_healthy

    def wait_seconds(self) -> float:
        """How long to wait before the next start: doubles until the service was steady for a while."""
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.restarts = 0
        self.restarts += 1
        return min(2.0 ** (self.restarts - 1), LONGEST_WAIT_SECONDS)

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


@dataclass
class Supervisor:
    """Runs services until it is told to stop.

    Args:
        services: in the order of their start; each starts when the one before is healthy.
        logs: folder for ``<service>.log``.
        environment: of every service.
        report: told what happens.
        host: address whose ports must be free.
        on_ready: called once, when all are healthy.
    """

    services: Sequence[Service]
    logs: Path
    environment: dict[str, str]
    report: Report
    host: str = "127.0.0.1"
    on_ready: Callable[[], None] = lambda: None
    _supervised: list[Supervised] = field(default_factory=list)
    _stopping: bool = False  # an Event that a handler sets may wait for the main thread, which it interrupts

    def run(self) -> None:
        """Start all, keep them running, return after a signal when all have stopped.

        Raises:
            UnavailableError: a port is taken.
        """
        self._refuse_taken_ports()
        self.logs.mkdir(parents=True, exist_ok=True)
        self._listen_to_signals()
        try:
            self._start_in_order()
            while not self._stopping:
                for one in self._supervised:
                    self._tend(one)
                time.sleep(POLL_SECONDS)
        finally:
            self._stop_all()

    def stop(self) -> None:
        """Make ``run`` come to its end."""
        self._stopping = True

    def _refuse_taken_ports(self) -> None:
        for service in self.services:
            if service.port is not None and not port_is_free(self.host, service.port):
                raise UnavailableError(
                    f"Port {service.port}, which {service.name} needs, is in use.",
                    hint=f"Stop what uses it, or set {service.port_setting} to a free port.",
                )

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop())

    def _start_in_order(self) -> None:
        for service in self.services:
            if self._stopping:
                return
            one = Supervised(service, self.logs / f"{service.name}.log", self.environment)
            self._supervised.append(one)
            self.report(service.name, "starting")
            one.start()
            while not one.healthy and not self._stopping:
                self._tend(one)
                time.sleep(POLL_SECONDS)
        if not self._stopping:
            self.on_ready()

    def _tend(self, one: Supervised) -> None:
        """Whatever one service needs now: a restart, a question for its health, or nothing."""
        now = time.monotonic()
        if one.start_again_at:
            if now >= one.start_again_at:
                one.start_again_at = 0.0
                one.start()
        elif not one.alive or one.hung:
            self._schedule_restart(one)
        elif now >= one.check_due_at and one.check():
            self.report(one.service.name, "healthy")

    def _schedule_restart(self, one: Supervised) -> None:
        """Clear away what is left of the group, then wait: a service that dies at once must not spin."""
        why = "hangs" if one.alive else f"ended with code {one.process.poll() if one.process else None}"
        one.signal(signal.SIGKILL)
        if one.process is not None:
            one.process.wait()
        one.healthy = False
        wait = one.wait_seconds()
        one.start_again_at = time.monotonic() + wait
        self.report(one.service.name, f"{why}; starting again in {wait:.0f} s; its log is {one.log_path}")

    def _stop_all(self) -> None:
        """Ask all groups to end, wait, kill what is left; the last one started is asked first."""
        families = [process for one in self._supervised for process in _family(one.process)]
        for one in reversed(self._supervised):
            one.signal(signal.SIGTERM)
        _gone, left = psutil.wait_procs(families, timeout=STOP_SECONDS)
        for process in left:
            log.warning("killing %s, which did not stop", process.pid)
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=STOP_SECONDS)
        for one in self._supervised:
            one.signal(signal.SIGKILL)
            self.report(one.service.name, "stopped")


def _family(process: subprocess.Popen[bytes] | None) -> list[psutil.Process]:
    if process is None:
        return []
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    return []


def _log_file(path: Path) -> BinaryIO:
    """Open for appending; a log that has grown too long is kept once under ``.1``."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the supervisor is gone, however it ended (prctl(2))."""
    assert _LIBC is not None, "only called on Linux"
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
