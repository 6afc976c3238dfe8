"""`hestia undo`, `redo`, `reimport` and `edit`."""

from pathlib import Path


def test_a_file_is_undone_redone_and_read_again(command, facts, tmp_path: Path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("id,amount\na,5\nb,7\n")
    second.write_text("id,amount\nb,8\n")
    options = ("--dataset", "orders", "--mode", "upsert", "--key", "id")
    old = facts("import", first, *options)["batch"]
    new = facts("import", second, *options)["batch"]

    looked, undone = facts("undo", old, "--look"), facts("undo", old)
    assert (looked["state"], undone["state"]) == ("committed", "undone")
    assert (undone["removed"], undone["restored"], undone["kept"]) == (1, 0, 1)
    assert undone["kept_rows"] == looked["kept_rows"] == [{"row": "id b", "line": 3, "replaced_by": new}]
    assert command("undo", old).exit_code == 1

    redone = command("redo", old)
    assert redone.exit_code == 0
    assert "0 rows left the table, 1 came back, 1 stay." in redone.output
    assert facts("reimport", old)["batch"] not in (old, new)


def test_a_row_is_corrected_by_hand_and_the_correction_undone(command, facts, tmp_path: Path):
    file = tmp_path / "first.csv"
    file.write_text("id,amount\na,5\nb,7\n")
    batch = facts("import", file, "--dataset", "orders")["batch"]
    query = ("sql", "select id, amount from validated.orders order by id")

    edited = facts("edit", batch, 2, "amount=8")
    after = facts(*query)
    facts("undo", edited["batch"])

    assert edited["state"] == "committed"
    assert [list(row.values()) for row in after] == [["a", 5], ["b", 8]]
    assert [list(row.values()) for row in facts(*query)] == [["a", 5], ["b", 7]]


def test_an_edit_that_makes_no_valid_row_is_refused(command, facts, tmp_path: Path):
    file = tmp_path / "first.csv"
    file.write_text("id,amount\na,5\nb,7\n")
    batch = facts("import", file, "--dataset", "orders")["batch"]

    assert "'many' is not valid" in facts("edit", batch, 2, "amount=many")["error"]["message"]
    assert command("edit", batch, 9, "amount=1").exit_code == 1
    assert command("edit", batch, 2, "amount").exit_code == 2
