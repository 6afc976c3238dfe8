import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hestia_assets.adapters.home import prepare_home
from hestia_assets.core.errors import HomeError
from hestia_assets.settings import Settings


def test_makes_every_folder_that_a_run_needs(settings):
    prepare_home(settings)

    made = {path.relative_to(settings.home).as_posix() for path in settings.home.rglob("*") if path.is_dir()}
    assert {
        "dagster",
        "landing/default/incoming",
        "landing/default/batches",
        "lake/default",
        "exports/default",
        "logs",
    } <= made


def test_keeps_the_home_out_of_version_control(settings):
    prepare_home(settings)

    assert (settings.home / ".gitignore").read_text() == "*\n"


def test_a_second_start_changes_nothing(settings):
    prepare_home(settings)
    chosen = settings.dagster_home / "dagster.yaml"
    chosen.write_text("telemetry: {enabled: true}\n")

    prepare_home(settings)

    assert chosen.read_text() == "telemetry: {enabled: true}\n"


def test_a_half_made_home_is_completed(settings):
    prepare_home(settings)
    (settings.dagster_home / "dagster.yaml").unlink()
    (settings.home / "logs").rmdir()

    prepare_home(settings)

    assert (settings.dagster_home / "dagster.yaml").exists()
    assert (settings.home / "logs").is_dir()


def test_dagster_sends_nothing_home(settings):
    prepare_home(settings)

    content = yaml.safe_load((settings.dagster_home / "dagster.yaml").read_text())
    assert content["telemetry"] == {"enabled": False}


def test_leaves_no_temporary_file(settings):
    prepare_home(settings)

    assert {path.name for path in settings.home.rglob("*") if path.is_file()} == {
        ".gitignore",
        "dagster.yaml",
    }


def test_a_file_in_the_homes_place_is_explained(settings):
    settings.home.write_text("not a folder")

    with pytest.raises(HomeError, match="Set HESTIA_HOME"):
        prepare_home(settings)

    assert settings.home.read_text() == "not a folder"


def test_a_file_in_a_folders_place_is_explained(settings):
    settings.home.mkdir()
    (settings.home / "lake").write_text("not a folder")

    with pytest.raises(HomeError, match="lake"):
        prepare_home(settings)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
def test_a_folder_that_may_not_be_written_is_explained(tmp_path):
    code = """
import os, sys
from hestia_assets.adapters.home import prepare_home
from hestia_assets.core.errors import HomeError
from hestia_assets.settings import Settings
home = sys.argv[1]
prepare_home(Settings(home=home))
os.setuid(65534)
try:
    prepare_home(Settings(home=home))
except HomeError as error:
    print(error.code, error.hint)
"""

    said = subprocess.check_output([sys.executable, "-c", code, str(tmp_path / "home")], text=True)

    assert said == "home.unusable Set HESTIA_HOME to a folder that you may write.\n"


def test_a_place_where_nothing_can_be_made_is_explained():
    with pytest.raises(HomeError, match="cannot be used"):
        prepare_home(Settings(home=Path("/proc/hestia")))
