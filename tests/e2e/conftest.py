"""A whole installation (`hestia up` on free ports) and a real browser."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from install_browser import LOUD, find
from playwright.sync_api import Browser, Page, expect, sync_playwright
from processes import free_port, until

from hestia_assets.adapters.services import http_answers

PORTS = ("HESTIA_UI_PORT", "HESTIA_DAGSTER_PORT", "HESTIA_CODE_SERVER_PORT")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 150_000
"""Milliseconds: a run is a process of its own, and a busy machine takes long to start one."""
PICTURES = os.environ.get("HESTIA_SCREENSHOTS") == "1"
IMAGES = Path(__file__).parents[2] / "docs" / "images"


class Installation:
    """`hestia up` as a process of its own, in a fresh home."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        ports = {name: str(free_port()) for name in PORTS}
        environment = {**os.environ, **ports, "HESTIA_HOME": str(self.home)}
        self.pages, self.dagster = (f"http://127.0.0.1:{ports[name]}" for name in PORTS[:2])
        self.log = folder / "up.log"
        with self.log.open("wb") as output:
            command = [sys.executable, "-m", "hestia_assets.cli.app", "up"]
            self.process = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)

    def wait(self) -> None:
        """Return when pages and Dagster answer."""
        until(lambda: self.process.poll() is not None or self.answers(), seconds=300)
        assert self.process.poll() is None, self.log.read_text()

    def answers(self) -> bool:
        """Whether pages and Dagster are up."""
        return http_answers(f"{self.pages}/_stcore/health") and http_answers(f"{self.dagster}/server_info")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Everything running."""
    started = Installation(tmp_path_factory.mktemp("e2e"))
    try:
        started.wait()
        yield started
    finally:
        started.process.terminate()
        started.process.wait(60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, in a CI run they fail.

    Not for the whole run: Playwright keeps an event loop in this thread, which other tests would meet.
    """
    path = find()
    if path is None:
        without = pytest.fail if os.environ.get("CI") else pytest.skip
        without(f"{LOUD}\nRun `make browser`.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def open_tab(browser: Browser, installation: Installation) -> Iterator[Callable[[str], Page]]:
    """Open a page of Hestia in a tab with a session of its own."""
    contexts = []

    def opened(place: str) -> Page:
        context = browser.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{installation.pages}/{place}")
        page.get_by_role("heading", level=1).wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def picture() -> Callable[..., None]:
    """Keep a screenshot in docs/images, when HESTIA_SCREENSHOTS=1; ``at_once`` does not wait for calm."""

    def taken(page: Page, name: str, *, at_once: bool = False) -> None:
        if not PICTURES:
            return
        if at_once:
            page.screenshot(path=IMAGES / f"{name}.png")
            return
        page.wait_for_timeout(1500)
        height = page.evaluate(
            "Math.max(...[...document.querySelectorAll('[data-testid=stMain], body')].map(e => e.scrollHeight))"
        )
        page.set_viewport_size({"width": 1400, "height": min(max(int(height), 700), 2200)})
        page.wait_for_timeout(1000)
        page.screenshot(path=IMAGES / f"{name}.png")
        page.set_viewport_size({"width": 1400, "height": 1000})

    return taken
