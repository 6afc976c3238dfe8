"""`hestia undo`, `redo` and `reimport`."""

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
