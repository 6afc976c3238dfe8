"""read_file: any file without a home, nothing left out unnamed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

import hestia_assets
from hestia_assets.core.errors import NotFoundError, ReadError


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_table_has_the_files_header_and_every_value_as_text(tmp_path: Path):
    path = written(tmp_path / "a.csv", "Zip,Größe (cm),\n00501,1.10,x\n12E4,,y\n")

    (table,) = hestia_assets.read_file(path).values()

    assert table.column_names == ["Zip", "Größe (cm)", ""]
    assert {str(kind) for kind in table.schema.types} == {"string"}
    assert [column.to_pylist() for column in table.columns] == [["00501", "12E4"], ["1.10", ""], ["x", "y"]]


def test_a_header_that_names_two_columns_alike_is_kept(tmp_path: Path):
    path = written(tmp_path / "a.csv", "id,value,value\n1,2,3\n4,5,6\n")

    (table,) = hestia_assets.read_file(path).values()

    assert table.column_names == ["id", "value", "value"]
    assert table.column(2).to_pylist() == ["3", "6"]


def test_rows_that_are_no_rows_are_in_a_table_of_their_own(tmp_path: Path):
    path = written(tmp_path / "a.csv", "id,amount\n1,5\n2\n3,7\n4,8,9\n5,6\n")

    tables = hestia_assets.read_file(path)

    assert tables["a"].column("id").to_pylist() == ["1", "3", "5"]
    assert tables["a (set aside)"].column("line").to_pylist() == ["3", "5"]
    assert tables["a (set aside)"].column("text").to_pylist() == ["2", "4,8,9"]


def test_null_is_told_from_empty_where_the_format_does(tmp_path: Path):
    path = written(tmp_path / "a.json", '[{"a": null, "b": ""}, {"a": "x", "b": "y"}]')

    (table,) = hestia_assets.read_file(path).values()

    assert table.to_pylist() == [{"a": None, "b": ""}, {"a": "x", "b": "y"}]


def test_child_tables_of_a_nested_file_are_tables(tmp_path: Path):
    path = written(tmp_path / "a.json", '[{"id": 7, "lines": [{"sku": "00A7"}, {"sku": "12E4"}]}]')

    tables = hestia_assets.read_file(path)

    skus = [table.column("sku").to_pylist() for table in tables.values() if "sku" in table.column_names]
    assert len(tables) == 2
    assert skus == [["00A7", "12E4"]]


def test_every_sheet_comes_as_it_stands(tmp_path: Path):
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("Second")
    assert first is not None
    first.title = "First"
    for row in (["Sales report"], [], ["sku", "amount"], ["00A7", 5], ["12E4", 1.5], ["Total", 6.5]):
        first.append(row)
    second.append(["only"])
    book.save(tmp_path / "a.xlsx")

    tables = hestia_assets.read_file(tmp_path / "a.xlsx")

    cells = [value for column in tables["First"].columns for value in column.to_pylist() if value]
    assert {"Sales report", "00A7", "12E4", "5", "1.5", "6.5"} <= {*cells, *tables["First"].column_names}
    assert "Second" in tables


def test_each_file_of_an_archive_is_a_table_and_the_rest_is_named(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one.csv", "a,b\n1,2\n")
        archive.writestr("two.csv", "a,b\n3,4\n")
        archive.writestr("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(50))

    tables = hestia_assets.read_file(tmp_path / "a.zip")

    assert list(tables) == ["one.csv", "two.csv", "(skipped files)"]
    assert tables["(skipped files)"].column("file").to_pylist() == ["picture.png"]


def test_an_archive_of_which_nothing_can_be_read_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(50))

    with pytest.raises(ReadError, match="picture"):
        hestia_assets.read_file(tmp_path / "a.zip")


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(NotFoundError, match=r"nowhere\.csv"):
        hestia_assets.read_file(tmp_path / "nowhere.csv")


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, hestia_assets;"
        "print([m for m in ('dagster', 'streamlit', 'polars', 'pyarrow', 'lxml') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_reading_a_file_needs_neither_dagster_nor_streamlit_nor_a_home(tmp_path: Path):
    path = written(tmp_path / "a.csv", "a,b\n1,2\n")
    code = (
        "import sys, hestia_assets; hestia_assets.read_file(sys.argv[1]);"
        "print([m for m in ('dagster', 'streamlit', 'sqlalchemy', 'deltalake') if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert done.stdout.strip() == "[]"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_each_sheet_of_each_workbook_of_an_archive_tells_what_it_hides(tmp_path: Path):
    book = openpyxl.Workbook()
    book["Sheet"].append(("id", "qty"))
    book["Sheet"].append(("a", 1))
    second = book.create_sheet("second")
    for row in (("id", "double"), ("a", "=2*1"), ("b", "=2*2")):
        second.append(row)
    book.save(tmp_path / "one.xlsx")
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.write(tmp_path / "one.xlsx", "one.xlsx")
        archive.write(tmp_path / "one.xlsx", "two.xlsx")

    alone, both = (hestia_assets.read_file(tmp_path / name) for name in ("one.xlsx", "both.zip"))

    assert [name for name in alone if "notes" in name] == ["second (notes)"]
    assert alone["second (notes)"].to_pylist()[0]["count"] == "2"
    assert [name for name in both if "notes" in name] == ["one.xlsx: second (notes)", "two.xlsx: second (notes)"]
