"""`hestia import` and what can be asked afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import Result

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


def test_a_held_batch_says_so_and_exits_with_1(command: Command, facts: Facts, orders: Path, tmp_path: Path):
    facts("import", orders, "--dataset", "orders")
    spec = facts("get", "dataset", "orders")
    spec["checks"] = [{"rule": "in_range", "columns": ["amount"], "severity": "hold", "params": {"max": 100}}]
    spec["recipe"]["columns"][1]["type"] = "integer"
    file, more = tmp_path / "spec.yaml", tmp_path / "more.csv"
    file.write_text(str(spec))
    more.write_text("id,amount\n004,900\n")
    facts("apply", "-f", file)

    held = command("import", more, "--dataset", "orders", "--json")

    assert held.exit_code == 1
    assert '"state": "held"' in held.stdout
    assert command("import", more, "--dataset", "orders").exit_code == 1


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


def test_datasets_show_their_last_batch(command: Command, facts: Facts, orders: Path):
    facts("import", orders, "--dataset", "orders")

    (dataset,) = facts("datasets")

    assert (dataset["dataset"], dataset["state"], dataset["rows_loaded"]) == ("orders", "committed", 2)
    assert "orders.csv" in command("datasets").output


def test_inspect_gives_a_reason_for_every_decision(command: Command, facts: Facts, orders: Path):
    found = facts("inspect", orders)

    assert [column["name"] for column in found["recipe"]["columns"]] == ["id", "amount"]
    assert all(reason["because"] for reason in found["reasons"])
    assert "comma" in command("inspect", orders).output
