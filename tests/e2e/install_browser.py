"""Makes sure that the browser tests have a Chromium, and says loudly when they have none.

Run by ``make test``. It takes the machine's own, else the distribution's package (as root), else Playwright's.
The exit code is 1 where there is none; the browser tests are then skipped with the same words.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
LOUD = """
******************************************************************************
*  NO BROWSER: the browser tests will be SKIPPED.                            *
*  Install Chromium (apt-get install chromium) and run `make test` again.    *
******************************************************************************
"""


def find() -> str | None:
    """The path of a Chromium on this machine, or of Playwright's own."""
    return next(filter(None, map(shutil.which, NAMES)), None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def install() -> str | None:
    """Find a browser, installing one where there is none."""
    found = find()
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        found = find()
    if found is None:
        _run(sys.executable, "-m", "playwright", "install", "chromium")
        found = find()
    return found


def _run(*command: str) -> None:
    print(" ".join(command), file=sys.stderr)
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    """Command line."""
    found = install()
    print(f"browser tests use {found}" if found else LOUD, file=sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
