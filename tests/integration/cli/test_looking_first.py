"""What a file would become in a dataset, what was different in one that arrived, and specs that nobody wants."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Command = Callable[..., Result]
Facts = Callable[..., Any]
SOURCE = "kind: source\nname: shop\ndataset: orders\nurl: https://example.org/orders.csv\n"


@pytest.fixture
def full(facts: Facts, tmp_path: Path) -> None:
    """A hundred orders are in."""
    path = tmp_path / "full.csv"
    path.write_text("id,amount\n" + "".join(f"{row},{row}\n" for row in range(100)))
    facts("import", path, "--dataset", "orders")


@pytest.fixture
def late(tmp_path: Path) -> Path:
    """Ten orders, two of which are no good."""
    path = tmp_path / "late.csv"
    path.write_text("id,amount\n" + "".join(f"{row},{row if row % 5 else 'x'}\n" for row in range(100, 110)))
    return path


@pytest.mark.usefixtures("full")
def test_a_file_is_judged_whole_before_anything_is_kept(command: Command, facts: Facts, late: Path):
    told = command("inspect", late, "--dataset", "orders")
    judged = facts("inspect", late, "--dataset", "orders")

    assert (told.exit_code, "late.csv: 2 of 10 rows would be set aside." in told.stdout) == (0, True)
    assert judged["rows"] == {"good": 8, "aside": 2}
    assert judged["aside"] == [{"rule": "type", "column": "amount", "rows": 2, "first_line": 2}]
    assert "10 rows; the file before had 100." in [one["message"] for one in judged["drift"]]
    assert len(facts("batches", "orders")) == 1


@pytest.mark.usefixtures("full")
def test_a_file_with_other_columns_is_refused_and_says_which(command: Command, tmp_path: Path):
    other = tmp_path / "other.csv"
    other.write_text("id,Betrag\n1,2\n3,4\n")

    refused = command("inspect", other, "--dataset", "orders")

    assert refused.exit_code == 1
    assert "'amount' is gone" in refused.stderr
    assert "The columns of this file are not those of the dataset" in refused.stderr


@pytest.mark.usefixtures("full")
def test_what_was_different_stays_with_the_batch(command: Command, facts: Facts, late: Path):
    batch = facts("import", late, "--dataset", "orders")["batch"]

    account, listed = command("account", batch), facts("batches", "orders")

    assert "10 rows; the file before had 100." in " ".join(account.stdout.split())
    assert "rows" in [one["kind"] for one in listed[0]["drift"]]
    assert "drift" not in listed[1]


@pytest.mark.usefixtures("full")
def test_a_deleted_source_says_what_stays(command: Command, tmp_path: Path):
    (tmp_path / "source.yaml").write_text(SOURCE)
    command("apply", "-f", tmp_path / "source.yaml")

    deleted, again = command("source", "delete", "shop"), command("delete", "source", "shop")

    told = " ".join(deleted.stdout.split())
    assert told.startswith("The source shop is deleted. Nothing is fetched from it any more.")
    assert told.endswith("The files that it brought and their rows stay in the dataset orders.")
    assert (again.exit_code, "There is no source called 'shop'" in again.stderr) == (1, True)
