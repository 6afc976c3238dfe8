"""`hestia import` and `hestia source` with folders, patterns, archives, addresses: one run, one line per file."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from remote_places import Web, running_web
from typer.testing import CliRunner, Result

from hestia_assets.bootstrap import open_home
from hestia_assets.cli.app import build_app
from hestia_assets.defs.resources import open_instance

Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    def run(*arguments: object) -> Result:
        return CliRunner().invoke(build_app(), ["--home", str(tmp_path / "home"), *map(str, arguments)])

    return run


@pytest.fixture
def facts(command: Command) -> Callable[..., Any]:
    def run(*arguments: object) -> Any:
        result = command(*arguments, "--json")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six files, one of them empty, one hidden, one in a folder of its own."""
    top = tmp_path / "orders"
    (top / "old").mkdir(parents=True)
    for number in range(3):
        (top / f"{number}.csv").write_text(f"id,qty\n{number},1\n")
    (top / "old" / "3.csv").write_text("id,qty\n3,1\n")
    (top / "1a.csv").write_text("")
    (top / ".hidden.csv").write_text("id,qty\n9,9\n")
    return top


@pytest.fixture
def web() -> Iterator[Web]:
    with running_web() as server:
        yield server


def runs(tmp_path: Path) -> int:
    with open_instance(open_home(tmp_path / "home").settings) as instance:
        return instance.get_runs_count()


def test_a_folder_is_one_run_with_a_line_for_each_file(command: Command, folder: Path, tmp_path: Path):
    done = command("import", folder, "--dataset", "orders")

    assert done.exit_code == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines() if ", of which" in line] == [
        str(folder / name) for name in ("0.csv", "1.csv", "2.csv", "old/3.csv")
    ]
    assert "1a.csv is empty" in done.stderr
    assert "5 files, 1 of them refused or held; 4 rows loaded" in done.stdout
    assert runs(tmp_path) == 1


def test_files_patterns_and_folders_name_each_file_once(facts: Callable[..., Any], folder: Path):
    done = facts("import", folder / "0.csv", f"{folder}/[0-2].csv", folder / "old", "--dataset", "orders")

    assert [one["state"] for one in done] == ["committed"] * 4


def test_a_file_whose_columns_are_wrong_does_not_stop_the_others(facts: Callable[..., Any], folder: Path):
    (folder / "1a.csv").write_text("colour\nred\n")

    done = facts("import", folder, "--dataset", "orders")

    assert [one.get("state") for one in done] == ["committed", "committed", None, "committed", "committed"]
    assert done[2]["error"]["code"] == "read.header_mismatch"
    assert facts("sql", "select count(*) as n from validated.orders") == [{"n": 4}]


def test_an_archive_makes_a_dataset_and_a_line_for_each_of_its_files(
    facts: Callable[..., Any], command: Command, tmp_path: Path
):
    path = tmp_path / "orders.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in {"jan.csv": "id,qty\n1,1\n", "feb.csv": "id,qty\n2,1\n", "bad.csv": ""}.items():
            archive.writestr(name, body)

    done = facts("import", path, "--dataset", "orders")

    assert [one.get("state") for one in done] == ["committed", "committed", None]
    assert done[2]["file"] == f"{path}/bad.csv"
    assert "was imported before" in command("import", path, "--dataset", "orders").stdout


def test_an_address_is_imported_like_a_file(facts: Callable[..., Any], web: Web):
    url = web.put("/orders.csv", b"id,qty\n1,1\n")

    batch = facts("import", url, "--dataset", "orders")
    missing = facts("import", f"{web.url}/none.csv", "--dataset", "orders")

    assert (batch["state"], batch["rows"]["loaded"]) == ("committed", 1)
    assert missing["error"]["code"] == "fetch.failed"


def test_a_mode_is_that_of_these_files(facts: Callable[..., Any], folder: Path):
    facts("import", folder / "0.csv", "--dataset", "orders")

    facts("import", folder / "1.csv", "--dataset", "orders", "--mode", "replace")

    assert [str(row["id"]) for row in facts("sql", "select id from validated.orders")] == ["1"]
    assert "mode" not in facts("get", "dataset", "orders")


def test_a_key_is_kept_with_the_dataset(facts: Callable[..., Any], folder: Path, tmp_path: Path):
    facts("import", folder / "0.csv", "--dataset", "orders", "--mode", "upsert", "--key", "id")
    changed = tmp_path / "changed.csv"
    changed.write_text("id,qty\n0,7\n")
    facts("import", changed, "--dataset", "orders")

    spec = facts("get", "dataset", "orders")
    unknown = facts("import", changed, "--dataset", "orders", "--key", "colour")

    assert (spec["primary_key"], spec["mode"]) == (["id"], "upsert")
    assert facts("sql", "select count(*) as n, max(qty) as q from validated.orders") == [{"n": 1, "q": 7}]
    assert "no column 'colour'" in unknown["error"]["message"]


@pytest.mark.parametrize("given", ["nothing.csv", "no/folder"])
def test_what_is_not_there_is_wrong_usage(command: Command, given: str):
    assert command("import", given, "--dataset", "orders").exit_code == 2


def test_a_pattern_or_a_folder_without_files_says_so(facts: Callable[..., Any], tmp_path: Path):
    (tmp_path / "empty").mkdir()

    for given in (tmp_path / "empty", f"{tmp_path}/*.csv"):
        assert "gives no file" in facts("import", given, "--dataset", "orders")["error"]["message"]


def test_a_saved_source_is_checked_fetched_and_imported(
    command: Command, facts: Callable[..., Any], folder: Path, tmp_path: Path, web: Web
):
    url = web.put("/orders.csv", b"id,qty\n7,1\n", headers={"ETag": '"1"'})
    facts("import", folder / "0.csv", "--dataset", "orders")
    (tmp_path / "source.yaml").write_text(f"kind: source\nname: shop\ndataset: orders\nurl: {url}\n")
    facts("apply", "-f", tmp_path / "source.yaml")

    seen = facts("source", "check", url)
    first, second = facts("source", "fetch", "shop"), facts("source", "fetch", "shop")

    assert seen == [{"name": "orders.csv", "size_bytes": 11}]
    assert [one["state"] for one in first["files"]] == ["committed"]
    assert second == {"files": [], "known": ["orders.csv"]}
    assert facts("get", "source", "shop")["url"] == url
    assert facts("source", "fetch", "nobody")["error"]["code"] == "not_found"
    assert "orders.csv" in command("source", "check", url).stdout
    assert "1 file had been fetched before" in command("source", "fetch", "shop").stdout
