"""Every setting is documented; every example runs; every link of the docs leads somewhere; the README stays short."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

from hestia_assets.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
TWO_SCREENS = 80
EXAMPLES = sorted(path for path in (ROOT / "hestia_assets").rglob("*.py") if ">>> " in path.read_text())


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_documented(name):
    assert f"`HESTIA_{name.upper()}`" in (ROOT / "docs/how-to/run-for-a-team.md").read_text()


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_read_somewhere(name):
    sources = [p for package in ("hestia_assets", "streamlit_app") for p in (ROOT / package).rglob("*.py")]
    owners = {path: "self" if path.name == "settings.py" else "settings" for path in sources}
    readers = [path for path, owner in owners.items() if re.search(rf"\b{owner}\.{name}\b", path.read_text())]

    assert readers, f"no code reads the setting {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert missing == []


def test_the_readme_stays_under_two_screens():
    assert len((ROOT / "README.md").read_text().splitlines()) <= TWO_SCREENS


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_example_in_a_docstring_runs(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    result = doctest.testmod(import_module(name))

    assert result.attempted > 0
    assert result.failed == 0
