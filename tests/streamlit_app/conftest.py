"""Fixtures of the pages: a home on disk, the pages in this process, the pages' server in one of its own."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import streamlit as st
from processes import free_port, until
from streamlit.testing.v1 import AppTest

if TYPE_CHECKING:
    from hestia_assets.bootstrap import Hestia


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody answers."""
    return free_port()


@pytest.fixture
def pages_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Hestia"]:
    """A fresh home that the pages of this process open too; Dagster is not running."""
    from hestia_assets.bootstrap import open_home

    monkeypatch.setenv("HESTIA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HESTIA_DAGSTER_PORT", str(free_port()))
    st.cache_resource.clear()
    yield open_home()
    st.cache_resource.clear()


@pytest.fixture
def open_page(pages_home: "Hestia") -> Callable[..., AppTest]:
    """Open a page by its place in the address, with query parameters."""

    def opened(place: str = "home", **params: str) -> AppTest:
        script = f"from streamlit_app.app import main\nmain(first={place!r})"
        app = AppTest.from_string(script, default_timeout=120)
        for name, value in params.items():
            app.query_params[name] = value
        return app.run()

    return opened


class PagesServer:
    """The pages' web server as a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.uploads = home / "landing" / "default" / "uploads"
        environment = {**os.environ, "HESTIA_HOME": str(home), "HESTIA_UI_PORT": str(self.port),
                       "HESTIA_MAX_UPLOAD_MB": "400"}  # fmt: skip
        self.log = home.parent / "pages.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit_app.server"], env=environment, stdout=output, stderr=output
            )

    def wait(self) -> None:
        """Return when it answers."""
        until(lambda: self.process.poll() is not None or self.answers())
        assert self.process.poll() is None, self.log.read_text()

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=20).close()
        except OSError:
            return False
        return True


@pytest.fixture(scope="session")
def pages_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagesServer]:
    """A running server in a home of its own."""
    server = PagesServer(tmp_path_factory.mktemp("pages") / "home")
    server.wait()
    yield server
    server.process.terminate()
    server.process.wait(timeout=120)
