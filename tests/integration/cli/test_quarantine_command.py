"""Bad rows from the command line: listed, taken along, handed in again, dropped, accepted, judged again."""

import csv
import io
from pathlib import Path

import pytest
from running_commands import Command, Facts

SPEC = """
kind: dataset
name: orders
recipe:
  columns:
    - {source: id, name: id}
    - {source: qty, name: qty, type: integer}
checks:
  - {rule: in_range, columns: [qty], params: {min: 1}}
"""


@pytest.fixture
def imported(command: Command, tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text(SPEC)
    (tmp_path / "orders.csv").write_text("id,qty\n001,5\n002,-2\n003,-3\n004,-4\n005,-5\n006\n")
    assert command("apply", "-f", tmp_path / "orders.yaml").exit_code == 0
    assert command("import", tmp_path / "orders.csv", "--dataset", "orders").exit_code == 0


def corrected(path: Path, *fixes: tuple[int, str]) -> None:
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    for row, value in fixes:
        rows[row][2] = value
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target).writerows(rows)


def test_rows_that_may_fail_are_counted_in_the_account(command: Command, facts: Facts, tmp_path: Path):
    exempt = "    exemptions: [{match: {id: '002'}, reason: agreed, by: ada}]\n"
    (tmp_path / "orders.yaml").write_text(SPEC.replace("- {rule: in_range, columns: [qty], params: {min: 1}}\n",
        "- rule: in_range\n    columns: [qty]\n    params: {min: 1}\n" + exempt))  # fmt: skip
    (tmp_path / "orders.csv").write_text("id,qty\n001,5\n002,-2\n003,-3\n")
    assert command("apply", "-f", tmp_path / "orders.yaml").exit_code == 0
    batch = facts("import", tmp_path / "orders.csv", "--dataset", "orders")["batch"]

    (check,) = facts("account", batch)["checks"]

    assert (check["failed_rows"], check["exempt_rows"]) == (1, 1)
    assert "exempt" in command("account", batch).stdout


@pytest.mark.usefixtures("imported")
def test_the_whole_loop(command: Command, facts: Facts, tmp_path: Path):
    listed = facts("quarantine", "list", "orders", "--rule", "in_range", "--column", "qty")
    assert (listed["total"], listed["counts"]["state"]) == (4, {"open": 5})
    ids = [row["id"] for row in listed["rows"]]
    assert listed["rows"][0]["values"] == {"id": "002", "qty": "-2"}

    out = tmp_path / "bad.csv"
    assert facts("quarantine", "export", "orders", "--to", out, "--rule", "in_range")["rows"] == 4
    assert command("quarantine", "export", "orders", "--to", out).exit_code == 2
    assert command("quarantine", "export", "orders", "--to", tmp_path / "bad.doc").exit_code == 2
    assert "5 rows of 5" in command("quarantine", "export", "orders", "--to", tmp_path / "bad.xlsx").output
    corrected(out, (1, "2"), (2, "0"), (4, "1.5E+3"))

    seen = facts("quarantine", "resubmit", "orders", out, "--preview")
    assert (seen["loaded"], seen["batches"], seen["preview"]) == (ids[:1], [], True)
    done = facts("quarantine", "resubmit", "orders", out, "--note", "asked")
    assert done["loaded"] == ids[:1]
    assert [one["id"] for one in done["still_wrong"]] == [ids[1]]
    assert (done["unchanged"], [one["place"] for one in done["refused"]]) == (1, ["C5"])
    assert [batch["state"] for batch in done["batches"]] == ["committed"]
    assert "0 rows loaded, 0 still wrong, 1 loaded or dropped before" in command(
        "quarantine", "resubmit", "orders", out).output  # fmt: skip
    steps = facts("quarantine", "history", "orders", ids[0])["history"]
    assert [(step["action"], step["note"]) for step in steps] == [("set_aside", ""), ("corrected", "asked")]
    assert "asked" in command("quarantine", "history", "orders", ids[0]).output

    assert facts("quarantine", "drop", "orders", ids[3], ids[3], "--reason", "test") == {"dropped": 1}
    assert "1 row reopened." in command("quarantine", "reopen", "orders", ids[3]).output
    assert facts("quarantine", "accept", "orders", ids[2], "--reason", "agreed", "--until", "2100-01-01")["loaded"] == [
        ids[2]
    ]
    (tmp_path / "orders.yaml").write_text(SPEC.replace("min: 1", "min: -9"))
    command("apply", "-f", tmp_path / "orders.yaml")
    assert facts("quarantine", "replay", "orders", "--preview")["loaded"] == [ids[1], ids[3]]
    assert "2 rows loaded, 1 still wrong" in command("quarantine", "replay", "orders").output
    assert [row["state"] for row in facts("quarantine", "list", "orders", "--state", "loaded")["rows"]] == [
        "loaded"
    ] * 4


@pytest.mark.usefixtures("imported")
def test_what_cannot_be_done_is_said_with_its_exit_code(command: Command, facts: Facts, tmp_path: Path):
    bad = facts("quarantine", "list", "orders")["rows"]
    (tmp_path / "no.csv").write_text("id,qty\n1,2\n")
    out = tmp_path / "bad.csv"
    command("quarantine", "export", "orders", "--to", out)
    out.write_text(out.read_text("utf-8-sig").replace("orders-", "orders+"))

    for arguments, code, words in (
        (("resubmit", "orders", tmp_path / "no.csv"), 1, "no column 'Row id"),
        (("resubmit", "orders", out), 1, "No row of bad.csv can be taken"),
        (("resubmit", "orders", tmp_path / "none.csv"), 2, "does not exist"),
        (("accept", "orders", bad[-1]["id"], "--reason", "x"), 1, "could not be read as a row"),
        (("drop", "orders", "17", "--reason", "x"), 2, "is no BATCH#ROW"),
        (
            ("drop", "orders", bad[0]["id"], "orders-1#1", "--reason", "x"),
            1,
            "1 of 2 rows is not in quarantine: orders-1#1",
        ),
        (("reopen", "orders", bad[0]["id"]), 1, "1 row is open, not dropped"),
        (("accept", "orders", "orders-1#1", "--reason", "x"), 1, "not in quarantine: orders-1#1"),
        (("history", "orders", "orders-1#1"), 1, "no row in quarantine"),
        (("replay", "prices"), 1, "no dataset called"),
        (("export", "orders", "--to", tmp_path / "none" / "x.csv"), 1, "cannot be written"),
    ):
        done = command("quarantine", *arguments)
        assert (done.exit_code, words in done.output.replace("\n", " ")) == (code, True), done.output


@pytest.mark.usefixtures("imported")
def test_undo_of_a_file_says_what_becomes_of_rows_that_were_fixed(command: Command, facts: Facts, tmp_path: Path):
    out = tmp_path / "bad.csv"
    command("quarantine", "export", "orders", "--to", out, "--rule", "in_range")
    corrected(out, (1, "2"), (2, "3"))
    command("quarantine", "resubmit", "orders", out)
    batch = facts("quarantine", "list", "orders", "--state", "all")["rows"][0]["batch"]

    kept = facts("undo", batch, "--look", "--keep-fixes")
    said = command("undo", batch, "--look").output.replace("\n", " ")
    gone = facts("undo", batch)

    assert (kept["removed"], kept["fixed"], kept["fixes_stay"]) == (1, 2, True)
    assert "2 rows of these had been fixed since and would leave too" in said
    assert (gone["removed"], gone["fixed"], gone["fixes_stay"], len(gone["fixed_by"])) == (3, 2, False, 1)
    assert "2 rows of these had been fixed and came back too" in command("redo", batch).output.replace("\n", " ")
    assert "2 rows of it were fixed since and stay" in command("undo", batch, "--keep-fixes").output.replace("\n", " ")


def test_rows_of_an_old_file_do_not_overwrite_newer_values_unless_told_so(
    command: Command, facts: Facts, tmp_path: Path
):
    (tmp_path / "orders.yaml").write_text(SPEC + "mode: upsert\nprimary_key: [id]\n")
    for name, row in (("old", "002,-2"), ("new", "002,7")):
        (tmp_path / f"{name}.csv").write_text(f"id,qty\n{row}\n")
    command("apply", "-f", tmp_path / "orders.yaml")
    batches = [facts("import", tmp_path / f"{name}.csv", "--dataset", "orders")["batch"] for name in ("old", "new")]
    row, out = f"{batches[0]}#1", tmp_path / "bad.csv"
    command("quarantine", "export", "orders", "--to", out)
    corrected(out, (1, "2"))

    seen = facts("quarantine", "resubmit", "orders", out, "--preview")
    said = command("quarantine", "resubmit", "orders", out, "--preview").output.replace("\n", " ")
    left = facts("quarantine", "resubmit", "orders", out)

    newer = {"id": row, "key": "id 002", "since": batches[1], "is_gone": False}
    assert seen["newer"] == left["newer"] == [newer | {"values": {"qty": {"in_table": "7", "would_get": "2"}}}]
    assert (seen["loaded"], left["loaded"], left["over_newer"]) == ([], [], False)
    assert "1 row would stay open: the table has newer values" in said
    assert facts("quarantine", "accept", "orders", row, "--reason", "x", "--preview")["newer"] == seen["newer"]
    assert facts("quarantine", "replay", "orders", "--preview", "--over-newer")["loaded"] == [row]
    assert "1 row of these took the place" in command("quarantine", "replay", "orders", "--over-newer").output
    steps = facts("quarantine", "history", "orders", row)["history"]
    assert [step["action"] for step in steps] == ["set_aside", "outdated", "replayed"]
    assert steps[-1]["note"] == f"(over the newer value of {batches[1]})"
