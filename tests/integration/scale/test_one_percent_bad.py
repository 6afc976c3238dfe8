"""A million rows, one in a hundred bad in eight ways and one unclosed quote."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hestia_assets.bootstrap import open_home

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "dirty.py"


@pytest.fixture(scope="module")
def dirty() -> ModuleType:
    described = importlib.util.spec_from_file_location("dirty_benchmark", SCRIPT)
    assert described is not None and described.loader is not None
    module = importlib.util.module_from_spec(described)
    sys.modules["dirty_benchmark"] = module
    described.loader.exec_module(module)
    return module


def test_every_good_row_loads_and_every_bad_one_is_named_with_its_line(dirty: ModuleType, tmp_path: Path):
    truth = dirty.write(tmp_path / "dirty.csv", rows=1_000_000)
    hestia = open_home(tmp_path / "home")

    batch = dirty.load(hestia, tmp_path / "dirty.csv")

    assert set(truth.bad.values()) == {*dirty.KINDS, "quote"}
    assert (batch.rows_loaded, batch.rows_quarantined) == (len(truth.good), len(truth.bad))
    assert set(dirty.differences(hestia, batch, truth).values()) == {0}
