"""The architecture is a promise that the test run checks."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("hestia_assets", "streamlit_app")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MOST_FILE_LINES = 300
MOST_FUNCTION_LINES = 40


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [*command, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_contracts_are_kept():
    done = lint_imports(ROOT)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


BREAKS = [
    ("hestia_assets.core.layers", "hestia_assets.settings", "Imports run one way"),
    ("hestia_assets.domains.export.service", "hestia_assets.domains.ingest.loading.run", "Domains do not know"),
    ("hestia_assets.adapters.files", "dagster", "know Dagster"),
    ("hestia_assets.domains.ingest.loading.run", "deltalake", "through ports"),
    ("hestia_assets.domains.ingest.loading.run", "hestia_assets.domains.ingest.rewriting.edits", "Within ingest"),
    ("hestia_assets.defs.names", "streamlit", "Only the pages know Streamlit"),
    ("hestia_assets.core.access", "duckdb", "The words of core"),
    ("streamlit_app.gateway", "hestia_assets.adapters.delta", "Pages see"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said where every contract is broken, in one line of spaces."""
    folder = tmp_path_factory.mktemp("broken")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for module, imported, _ in BREAKS:
        with (folder / module.replace(".", "/")).with_suffix(".py").open("a") as file:
            file.write(f"\nimport {imported}\n")
    done = lint_imports(folder)
    assert done.returncode != 0
    return " ".join(done.stdout.split())


@pytest.mark.parametrize(("module", "imported", "contract"), BREAKS)
def test_breaking_a_contract_fails_the_run(broken: str, module: str, imported: str, contract: str):
    verdict = re.search(rf"{contract}.*?(KEPT|BROKEN)", broken)

    assert verdict is not None
    assert verdict[1] == "BROKEN"
    explained = broken.partition("Broken contracts")[2]
    assert re.search(rf"{contract}.*?{re.escape(module)} -> {re.escape(imported)}\b", explained)


def test_importing_the_package_is_cheap():
    code = "import sys, hestia_assets; print(sorted({'dagster', 'streamlit', 'polars', 'duckdb'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path):
    text = path.read_text()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if node.end_lineno - node.lineno >= MOST_FUNCTION_LINES]  # pyright: ignore[reportOptionalOperand] - parsed source has lines

    assert len(text.splitlines()) <= MOST_FILE_LINES
    assert long == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager", "base", "misc"])
def test_no_file_has_a_name_that_means_nothing(word):
    assert [path for path in SOURCES if path.stem == word] == []


def test_no_two_files_of_tests_share_a_name():
    """Tests are no packages: of two files with one name pytest collects the first alone."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py"))

    assert {name for name, times in names.items() if times > 1} <= {"conftest.py"}
