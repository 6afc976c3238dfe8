"""`hestia import` and what can be asked afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from hestia_assets.bootstrap import open_home

Command = Callable[..., Result]
Facts = Callable[..., Any]
KEYS = ("total", "header", "preamble", "blank", "comment", "footer", "loaded", "quarantined", "skipped")


def test_prints_one_object_for_one_file(facts: Facts, orders: Path):
    batch = facts("import", orders, "--dataset", "orders")

    assert list(batch) == ["batch", "dataset", "state", "lines", "rows", "seconds"]
    assert tuple(batch["lines"]) == KEYS
    assert (batch["dataset"], batch["state"]) == ("orders", "committed")
    assert batch["rows"] == {"loaded": 2, "quarantined": 1}
    assert batch["lines"]["total"] == 4
    assert sum(batch["lines"][key] for key in KEYS[1:]) == 4


def test_the_same_bytes_again_change_nothing(command: Command, facts: Facts, orders: Path):
    first = facts("import", orders, "--dataset", "orders")

    again = command("import", orders, "--dataset", "orders")

    assert again.exit_code == 0
    assert "was imported before" in again.output
    assert facts("import", orders, "--dataset", "orders") == first
    assert facts("sql", "select count(*) as n from validated.orders") == [{"n": 2}]


def test_a_second_file_obeys_the_saved_recipe(command: Command, facts: Facts, orders: Path, tmp_path: Path):
    facts("import", orders, "--dataset", "orders")
    other = tmp_path / "other.csv"
    other.write_text("name,place\nA,B\n")

    refused = command("import", other, "--dataset", "orders")

    assert refused.exit_code == 1
    assert "The columns of this file are not those of the dataset" in refused.stderr
    assert "Correct the file" in refused.stderr


def test_what_is_different_in_a_later_file_is_told_and_stops_nothing(command: Command, facts: Facts, tmp_path: Path):
    full, short, shorter = tmp_path / "full.csv", tmp_path / "short.csv", tmp_path / "shorter.csv"
    for path, start, rows in ((full, 0, 100), (short, 100, 10), (shorter, 110, 5)):
        path.write_text("id,amount\n" + "".join(f"{start + row},{row}\n" for row in range(rows)))
    first = facts("import", full, "--dataset", "orders")

    second = facts("import", short, "--dataset", "orders")
    third = command("import", shorter, "--dataset", "orders")

    assert "drift" not in first
    assert (second["state"], second["rows"]["loaded"]) == ("committed", 10)
    assert {"kind": "rows", "column": "", "message": "10 rows; the file before had 100."} in second["drift"]
    assert third.exit_code == 0
    assert "shorter.csv: different this time: 5 rows" in third.stderr


def test_a_bad_file_does_not_stop_the_others(command: Command, facts: Facts, orders: Path, tmp_path: Path):
    empty, more = tmp_path / "empty.csv", tmp_path / "more.csv"
    empty.write_text("")
    more.write_text("id,amount\n004,9\n")

    done = facts("import", orders, empty, more, "--dataset", "orders")

    assert [one.get("state") for one in done] == ["committed", None, "committed"]
    assert done[1]["error"]["code"] == "read.empty"
    assert done[1]["file"] == str(empty)
    assert command("import", orders, empty, "--dataset", "orders").exit_code == 1


def test_a_refused_first_file_makes_no_dataset(facts: Facts, tmp_path: Path):
    empty = tmp_path / "empty.csv"
    empty.write_text("")

    refused = facts("import", empty, "--dataset", "orders")

    assert refused["error"]["code"] == "read.empty"
    assert facts("datasets") == []


def test_a_dataset_name_that_is_none_is_refused(facts: Facts, orders: Path):
    assert facts("import", orders, "--dataset", "My Orders")["error"]["code"] == "spec.invalid"


@pytest.fixture
def held_file(facts: Facts, orders: Path, tmp_path: Path) -> Path:
    """A file that a check of the dataset orders holds."""
    facts("import", orders, "--dataset", "orders")
    spec = facts("get", "dataset", "orders")
    spec["checks"] = [{"rule": "in_range", "columns": ["amount"], "severity": "hold", "params": {"max": 100}}]
    spec["recipe"]["columns"][1]["type"] = "integer"
    file, more = tmp_path / "spec.yaml", tmp_path / "more.csv"
    file.write_text(str(spec))
    more.write_text("id,amount\n004,900\n")
    facts("apply", "-f", file)
    return more


def test_a_held_batch_says_so_and_exits_with_1(command: Command, held_file: Path):
    held = command("import", held_file, "--dataset", "orders", "--json")

    assert held.exit_code == 1
    assert '"state": "held"' in held.stdout
    assert command("import", held_file, "--dataset", "orders").exit_code == 1


def test_a_held_batch_is_published_once_it_is_released(command: Command, facts: Facts, held_file: Path, tmp_path: Path):
    held = facts("import", held_file, "--dataset", "orders")

    released = facts("release", held["batch"], "--note", "agreed with the shop")

    events = open_home(tmp_path / "home").audit.recent(subject=held["batch"])
    assert [event.details for event in events if event.action == "batch.released"] == [{"note": "agreed with the shop"}]
    assert (released["state"], released["rows"]["loaded"]) == ("committed", 1)
    assert facts("sql", "select count(*) as n from validated.orders") == [{"n": 3}]
    assert command("release", held["batch"]).exit_code == 1
    assert command("discard", held["batch"]).exit_code == 1


def test_a_release_for_other_checks_says_that_the_batch_is_held_again(
    command: Command, facts: Facts, held_file: Path, tmp_path: Path
):
    held = facts("import", held_file, "--dataset", "orders")
    spec = facts("get", "dataset", "orders")
    spec["checks"][0]["params"]["max"] = 200
    (tmp_path / "stricter.yaml").write_text(str(spec))
    facts("apply", "-f", tmp_path / "stricter.yaml")

    released = command("release", held["batch"])

    assert released.exit_code == 1
    assert "more.csv is published" not in released.output
    assert "more.csv is held again" in released.stderr
    assert facts("sql", "select count(*) as n from validated.orders") == [{"n": 2}]
    again = command("release", held["batch"])
    assert (again.exit_code, "more.csv is published" in again.output) == (0, True)


def test_a_held_batch_that_is_discarded_leaves_nothing(command: Command, facts: Facts, held_file: Path):
    held = facts("import", held_file, "--dataset", "orders")

    discarded = command("discard", held["batch"])

    assert discarded.exit_code == 0
    assert "more.csv is discarded" in discarded.output
    assert facts("account", held["batch"])["state"] == "undone"
    assert facts("sql", "select count(*) as n from validated.orders") == [{"n": 2}]
    assert command("release", held["batch"]).exit_code == 1


def test_the_account_of_a_batch_can_be_asked_for(command: Command, facts: Facts, orders: Path):
    batch = facts("import", orders, "--dataset", "orders")

    account = facts("account", batch["batch"])

    assert account["lines"] == batch["lines"]
    assert "Every line has its place." in command("account", batch["batch"]).output
    assert [one["batch"] for one in facts("batches", "orders")] == [batch["batch"]]
    assert orders.name in command("batches").output


def test_quarantined_rows_are_listed_with_line_and_reason(command: Command, facts: Facts, orders: Path):
    batch = facts("import", orders, "--dataset", "orders")

    found = facts("quarantine", "list", "orders", "--batch", batch["batch"])

    assert found["total"] == 1
    assert found["rows"][0]["line"] == 4
    assert found["rows"][0]["rule"] == "ragged"
    assert found["rows"][0]["text"] == "003"
    assert "ragged" in command("quarantine", "list", "orders").output


def test_datasets_show_their_rows_and_their_last_file(command: Command, facts: Facts, orders: Path):
    facts("import", orders, "--dataset", "orders")

    (dataset,) = facts("datasets")

    assert list(dataset) == ["dataset", "version", "rows", "quarantined", "last_file", "last_state"]
    assert (dataset["dataset"], dataset["last_state"], dataset["rows"]) == ("orders", "committed", 2)
    assert "orders.csv" in command("datasets").output


def test_a_last_file_that_failed_takes_nothing_from_the_rows_of_the_table(facts: Facts, orders: Path, tmp_path: Path):
    other = tmp_path / "other.csv"
    other.write_text("name,place\nA,B\n")
    facts("import", orders, other, "--dataset", "orders")

    (dataset,) = facts("datasets")

    assert (dataset["rows"], dataset["quarantined"]) == (2, 1)
    assert (dataset["last_file"], dataset["last_state"]) == ("other.csv", "failed")


def test_a_file_of_which_no_row_is_loaded_does_not_look_like_success(command: Command, orders: Path, tmp_path: Path):
    command("import", orders, "--dataset", "orders")
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("id,amount\n003\n")

    done = command("import", ragged, "--dataset", "orders")

    assert done.exit_code == 0
    assert "NO ROW WAS LOADED" in done.stderr
    assert "hestia quarantine list orders" in done.stderr
    assert "NO ROW" not in command("import", orders, "--dataset", "orders").output


def test_a_batch_that_does_not_exist_points_to_the_list(command: Command, orders: Path):
    command("import", orders, "--dataset", "orders")

    for ask in ("account", "release", "discard"):
        missing = command(ask, "xyz")
        assert missing.exit_code == 1
        assert "hestia batches" in missing.stderr
        assert "there is none yet" not in missing.stderr


def test_inspect_gives_a_reason_for_every_decision(command: Command, facts: Facts, orders: Path):
    found = facts("inspect", orders)

    assert [column["name"] for column in found["recipe"]["columns"]] == ["id", "amount"]
    assert all(reason["because"] for reason in found["reasons"])
    assert "comma" in command("inspect", orders).output


def test_a_file_whose_columns_have_other_names_now_says_which(
    command: Command, facts: Facts, orders: Path, tmp_path: Path
):
    other = tmp_path / "other.csv"
    other.write_text("id,Betrag\n004,9\n005,12\n")
    facts("import", orders, "--dataset", "orders")

    refused = command("import", other, "--dataset", "orders")

    assert refused.exit_code == 1
    assert "different this time: 'amount' is gone" in " ".join(refused.stderr.split())
