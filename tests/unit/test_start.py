"""How a process starts."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("before", "after"), [("enable", "True"), ("disable", "False")])
def test_after_the_imports_garbage_is_collected_as_before(before, after):
    code = f"import gc; gc.{before}(); import hestia_assets.bootstrap; print(gc.isenabled(), gc.get_freeze_count() > 0)"

    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == [after, "True"]
