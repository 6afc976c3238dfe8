"""Every module of the pages can be imported."""

from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "streamlit_app").rglob("*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_of_the_pages_imports(name):
    import_module(name.removesuffix(".__init__"))
