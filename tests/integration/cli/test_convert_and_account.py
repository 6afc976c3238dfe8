"""Any file becomes CSV; accounts are exported, in the words of the format."""

import csv
import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from hestia_assets.conversion import convert_file

ASIDE_ROWS = 10_000
NO_PAGE = Path("/proc/self/mem")


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))


def test_a_json_file_becomes_csv_digit_for_digit(command, tmp_path: Path):
    source = tmp_path / "orders.json"
    source.write_text('[{"id": 12345678901234567890123, "price": 1.10, "note": "a\\r\\nb, \\"c\\""}]')

    result = command("convert", source, "--out", tmp_path / "out")

    assert result.exit_code == 0
    (written,) = (tmp_path / "out").iterdir()
    assert read(written) == [["id", "price", "note"], ["12345678901234567890123", "1.10", 'a\r\nb, "c"']]


def test_rows_that_are_no_rows_are_written_beside_the_table_with_their_line(command, tmp_path: Path):
    source = tmp_path / "orders.csv"
    source.write_text("id,amount\n1,5\n2\n3,7\n4,8\n")

    result = command("convert", source, "--out", tmp_path / "out")

    assert read(tmp_path / "out" / "orders.csv") == [["id", "amount"], ["1", "5"], ["3", "7"], ["4", "8"]]
    header, row = read(tmp_path / "out" / "orders (set aside).csv")
    assert (header[0], row[0], row[-1]) == ("line", "3", "2")
    assert "1 row set aside" in result.output


def test_what_a_workbook_hides_is_told_and_written_beside_its_tables(command, tmp_path: Path):
    book = openpyxl.Workbook()
    for row in (("id", "double"), (1, "=A2*2"), (2, "=A3*2")):
        book["Sheet"].append(row)
    book.save(tmp_path / "sums.xlsx")

    result = command("convert", tmp_path / "sums.xlsx", "--out", tmp_path / "out")

    assert read(tmp_path / "out" / "Sheet.csv") == [["id", "double"], ["1", ""], ["2", ""]]
    notes = read(tmp_path / "out" / "Sheet (notes).csv")
    assert notes[0] == ["what", "count", "text", "places"]
    assert [note[1] for note in notes[1:] if "formula" in note[2]] == ["2"]
    assert "formula" in result.output


@pytest.mark.skipif(not NO_PAGE.exists(), reason="a file that opens and cannot be read is at hand on Linux")
def test_a_disk_that_cannot_be_read_is_not_blamed_on_the_folder(command, tmp_path: Path):
    result = command("convert", NO_PAGE, "--out", tmp_path / "out")

    assert result.exit_code == 1
    assert f"{NO_PAGE} cannot be read" in result.output
    assert "Cannot write" not in result.output
    assert list((tmp_path / "out").iterdir()) == []


def test_rows_set_aside_are_written_as_they_come(tmp_path: Path):
    source = tmp_path / "ragged.csv"
    with source.open("w") as lines:
        lines.write("id,amount,note\n" + "1,2,x\n" * 500)
        lines.writelines(f"{number},{'z' * 10_000}\n" for number in range(ASIDE_ROWS))
        lines.write("1,2,x\n" * 500)

    tracemalloc.start()
    (table,) = convert_file(source, tmp_path / "out").tables
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (table.rows, table.set_aside) == (1_000, ASIDE_ROWS)
    assert table.aside_path is not None
    assert len(read(table.aside_path)) == 1 + ASIDE_ROWS
    assert peak < 1.5 * source.stat().st_size


def test_a_refused_file_leaves_nothing_and_exits_with_1(command, tmp_path: Path):
    source = tmp_path / "picture.csv"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))

    result = command("convert", source, "--out", tmp_path / "out")

    assert result.exit_code == 1
    assert "a picture (PNG)" in result.output
    assert list((tmp_path / "out").iterdir()) == []


def test_each_file_of_an_archive_becomes_a_table_and_the_others_are_named(facts, tmp_path: Path):
    source = tmp_path / "many.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("a.csv", "x,y\n1,2\n3,4\n")
        archive.writestr("b/c.json", '[{"k": 1}]')
        archive.writestr("d.pdf", "%PDF-1.7 and so on")

    done = facts("convert", source, "--out", tmp_path / "out")

    assert {Path(table["file"]).name: table["rows"] for table in done["tables"]} == {"a.csv.csv": 2, "b_c.json.csv": 1}
    assert [skipped["file"] for skipped in done["skipped"]] == ["d.pdf"]


def test_a_compressed_file_has_the_name_of_what_is_in_it(command, tmp_path: Path):
    source = tmp_path / "orders.csv.gz"
    source.write_bytes(gzip.compress(b"id,place\n1,Ulm\n2,Aalen\n"))

    command("convert", source, "--out", tmp_path / "out")

    assert read(tmp_path / "out" / "orders.csv")[1:] == [["1", "Ulm"], ["2", "Aalen"]]


def test_inspect_says_what_the_file_declares_and_what_is_open(facts, tmp_path: Path):
    source = tmp_path / "values.parquet"
    pl.DataFrame({"n": [1, 2], "raw": [b"abc", b"def"]}).write_parquet(source)

    found = facts("inspect", source)

    assert [column["type"] for column in found["recipe"]["columns"]] == ["integer", "text"]
    assert [question["what"] for question in found["questions"]] == ["binary"]
    assert found["questions"][0]["choices"][1]["changes"] == {"options": {"binary": "hex"}}


def test_inspect_looks_at_every_file_of_an_archive(facts, tmp_path: Path):
    source = tmp_path / "many.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("a.csv", "x,y\n1,2\n3,4\n")
        archive.writestr("b.pdf", "%PDF-1.7 and so on")

    found = facts("inspect", source)["files"]

    assert found[0]["recipe"]["format"] == "csv"
    assert "PDF" in found[1]["error"]["message"]


def test_an_account_counts_in_the_words_of_its_format_and_can_be_exported(command, facts, tmp_path: Path):
    source = tmp_path / "values.parquet"
    pl.DataFrame({"n": [1, 2, 3]}).write_parquet(source)
    batch = facts("import", source, "--dataset", "numbers")["batch"]

    shown = command("account", batch).output
    exported = command("account", batch, "--format", "csv").output
    asked = facts("account", batch)

    assert "Every record has its place." in shown
    assert f"{batch},values.parquet,record,loaded,3" in exported.splitlines()
    assert asked["unit"] == "record"


def test_a_dataset_made_by_a_command_says_what_it_leaves_out_and_open(command, facts, tmp_path: Path):
    book = openpyxl.Workbook()
    other = book.create_sheet("returns")
    for sheet in (book["Sheet"], other):
        for row in (("id", "day"), ("a", "03/04/2024"), ("b", "05/06/2024")):
            sheet.append(row)
    book.save(tmp_path / "two.xlsx")

    result = command("import", tmp_path / "two.xlsx", "--dataset", "orders")

    assert result.exit_code == 0
    assert "one of its tables is read, 1 more is not: returns." in result.output
    assert "Open: The dates in day can be read in more than one order." in result.output
    assert "Open:" not in command("import", tmp_path / "two.xlsx", "--dataset", "orders").output
    assert facts("import", tmp_path / "two.xlsx", "--dataset", "others")["state"] == "committed"
