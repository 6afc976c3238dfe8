"""Bad rows go out in a workbook or CSV file and come back: exactly, or refused by name."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from set_aside import FILE, bring, opened, orders, rows, states

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import ReadError
from hestia_assets.core.results import ExportedEntries, Fix, Returned
from hestia_assets.core.specs import CheckSpec, Column, DatasetSpec, Recipe

LONG = "1234567890123456789"
TRICKY = f"id,qty,day,unit\n00012,-1,2026-02-03,kg\n{LONG},-2,2026-02-04,=1+1\n3,-3,2026-02-05,kg\n"


def exported(home: Hestia, form: Any = "xlsx", spec: DatasetSpec | None = None) -> tuple[BytesIO, ExportedEntries]:
    target = BytesIO()
    done = home.quarantine.export(spec or orders(), target, format=form)
    target.seek(0)
    return target, done


def returned(home: Hestia, source: BytesIO, name: str = "fixed.xlsx") -> Returned:
    source.seek(0)
    return home.quarantine.read_back(orders(), source, file_name=name)


def changed(source: BytesIO, change: Callable[[Any], object]) -> BytesIO:
    """The workbook after somebody worked on its first sheet."""
    book = openpyxl.load_workbook(source)
    change(book.worksheets[0])
    target = BytesIO()
    book.save(target)
    return target


def as_rows(source: BytesIO) -> list[list[str]]:
    return list(csv.reader(io.StringIO(source.getvalue().decode("utf-8-sig"), newline="")))


def as_csv(table: list[list[str]], delimiter: str = ",") -> BytesIO:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(table)
    return BytesIO(target.getvalue().encode("utf-8-sig"))


def test_a_workbook_says_what_is_wrong_where_and_what_is_allowed(home):
    bring(home, FILE + "00013,1,2026-03-01,lb\n00014,1\n")

    source, done = exported(home)

    assert (done.rows, done.total, done.left_out) == (12, 12, ())
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    assert book.sheetnames == ["Rows to fix", "How to", "Lists"]
    assert [cell.value for cell in sheet[1]] == ["What is wrong", "id", "qty", "day", "unit", "Row id (do not change)"]
    assert sheet["A2"].value.startswith("qty must be at least 1.")
    assert sheet["A13"].value == "The row has 2 values; the file has 4 columns.\nIn the file: 00014,1"
    assert (sheet["B2"].value, sheet["C2"].value, sheet["D2"].value) == ("00003", "-3", "2026-02-03")
    assert {cell.data_type for cell in sheet[2]} == {"s"}
    assert {cell.number_format for cell in sheet[2]} == {"@"}
    assert "widen the bounds" in sheet["C2"].comment.text
    assert (sheet["B2"].comment, sheet["E12"].comment is not None) == (None, True)
    assert sheet["C2"].fill.fgColor.rgb != sheet["B2"].fill.fgColor.rgb
    (listed,) = sheet.data_validations.dataValidation
    assert (str(listed.sqref), listed.type, listed.formula1) == ("E2:E13", "list", "Lists!$A$2:$A$3")
    assert [row[0].value for row in book["Lists"]["A2:A3"]] == ["kg", "piece"]
    assert {cell.alignment.vertical for cell in sheet[2]} == {"top"}  # a long reason hides no line of its own
    assert (sheet.freeze_panes, sheet.column_dimensions["F"].hidden) == ("B2", True)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_rows_untouched_in_an_older_file_take_no_later_correction_back(home, form):
    bring(home)
    older, _ = exported(home, form)
    first = home.quarantine.entries(orders(), limit=1).entries[0]
    home.quarantine.resubmit(orders(), [Fix(first.id, {"qty": "0", "unit": "piece"})], author="bea")  # wrong still

    found = returned(home, older, f"older.{form}")

    assert (found.fixes, found.unchanged, found.refused) == ((), 10, ())
    assert home.quarantine.entries(orders(), limit=1).entries[0].values["qty"] == "0"


def test_countries_are_offered_too_and_a_user_s_words_become_no_formula(home):
    spec = orders(CheckSpec(rule="iso_country", columns=("unit",)))
    bring(home, "id,qty,day,unit\n=2+2,1,2026-01-01,Germany\n", spec)

    sheet = openpyxl.load_workbook(exported(home, spec=spec)[0])

    assert "DE" in [row[0].value for row in sheet["Lists"].iter_rows()]
    assert (sheet["Rows to fix"]["B2"].value, sheet["Rows to fix"]["B2"].data_type) == ("=2+2", "s")


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_seven_of_ten_corrected_rows_are_loaded_once(home, form):
    bring(home)
    source, _ = exported(home, form)
    if form == "xlsx":

        def work(sheet: Any) -> None:
            for row in range(2, 9):
                sheet.cell(row, 3).value = sheet.cell(row, 3).value.lstrip("-")
            sheet.delete_rows(9)
            sheet.cell(9, 3).value = "-0"
            sheet.title = "Done"
            sheet.move_range("D1:D20", cols=5)

        source = changed(source, work)
    else:
        table = as_rows(source)
        for row in table[1:8]:
            row[2] = row[2].lstrip("-")
        table[9][2] = "-0"
        del table[8]
        source = as_csv([[row[3], *row[:3], *row[4:]] for row in table], ";")

    first = returned(home, source)
    done = home.quarantine.resubmit(orders(), first.fixes, author="bea")
    again = returned(home, source)
    nothing = home.quarantine.resubmit(orders(), again.fixes, author="bea")

    assert (len(first.fixes), first.unchanged, first.refused) == (8, 1, ())
    assert (len(done.loaded), len(done.still_wrong)) == (7, 1)
    assert (len(again.known), again.fixes, again.unchanged) == (7, (), 2)
    assert nothing.batch is None
    assert (states(home), rows(home).height) == ({"open": 3, "loaded": 7}, 9)
    assert rows(home)["qty"].to_list() == [5, 7, *range(3, 10)]


def test_cells_that_are_texts_no_more_are_refused_by_name(home):
    bring(home, TRICKY)
    source, _ = exported(home)

    def work(sheet: Any) -> None:
        assert sheet["E3"].value == "=1+1"
        assert sheet["E3"].data_type == "s"
        sheet["B2"] = 12
        sheet["B3"] = 1.2345e15
        sheet["D3"] = date(2026, 2, 4)
        sheet["C4"] = "=1+2"

    found = returned(home, changed(source, work))

    assert found.fixes == ()
    assert [(one.place, one.reason.split(" (")[0]) for one in found.refused] == [
        ("Rows to fix!B2", "Rows to fix!B2: id holds the number 12, not a text"),
        ("Rows to fix!B3", "Rows to fix!B3: id holds the number 1234500000000000, not a text"),
        ("Rows to fix!C4", "Rows to fix!C4: qty holds the formula =1+2, not a text"),
    ]
    assert "(it was 00012)" in found.refused[0].reason
    assert "D3: day holds the date" in found.refused[1].reason
    assert states(home) == {"open": 3}


def test_ids_that_do_not_fit_are_refused_by_name(home):
    bring(home)
    source, _ = exported(home)

    def work(sheet: Any) -> None:
        sheet["F2"] = 1.2345e15
        sheet["F3"] = "orders-1#4#00000000"
        sheet["F4"] = sheet["F5"].value
        sheet["F6"] = sheet["F6"].value[:-8] + "00000000"
        sheet["F7"] = "17"
        sheet["F8"] = None
        for row in range(2, 9):
            sheet.cell(row, 3).value = "1"

    found = returned(home, changed(source, work))

    reasons = {one.place.partition("!")[2]: one.reason for one in found.refused}
    assert "changed: 1234500000000000" in reasons["F2"]
    assert "a number" in reasons["F2"]
    assert "there is no row orders-1#4" in reasons["F3"]
    assert "there 2 times" in reasons["F4"]
    assert "there 2 times" in reasons["F5"]
    assert "belongs to another row" in reasons["F6"]
    assert "changed: 17" in reasons["F7"]
    assert "no row id" in reasons["F8"]
    assert (found.fixes, found.unchanged, states(home)) == ((), 3, {"open": 10})


def test_csv_that_a_program_wrote_otherwise_is_refused_by_name(home):
    bring(home, TRICKY)
    table = as_rows(exported(home, "csv")[0])
    assert table[2][4] == "'=1+1"
    table[1][1:4] = ["12", "1", "2026-02-03"]
    table[2][1:4] = ["1.23457E+18", "2", "2026-02-04"]
    table[3][1:4] = ["3", "3", "05.02.2026"]

    found = returned(home, as_csv(table), "fixed.csv")

    assert (found.fixes, [one.place for one in found.refused]) == ((), ["B2", "B3", "D4"])
    assert [word in one.reason for word, one in zip(("zeros", "exponent", "same day"), found.refused, strict=True)]
    table[1][1], table[2][1], table[3][3] = "00012", LONG, "2026-02-05"
    assert [dict(fix.values) for fix in returned(home, as_csv(table), "fixed.csv").fixes] == [
        {"qty": "1"}, {"qty": "2"}, {"qty": "3"}]  # fmt: skip
    digits = [[*row] for row in table]
    digits[2][1] = LONG[:15] + "0000"
    assert "last digits" in returned(home, as_csv(digits), "fixed.csv").refused[0].reason


def test_files_that_are_none_of_ours_are_refused_in_words(home, tmp_path):
    bring(home)
    source, _ = exported(home)
    plain = BytesIO()
    book = xlsxwriter.Workbook(plain)
    book.add_worksheet().write(0, 0, "id")
    book.close()

    def renamed(sheet: Any) -> None:
        sheet["C1"] = "quantity"

    def without_ids(sheet: Any) -> None:
        sheet.delete_cols(6)

    cut = BytesIO(source.getvalue()[: len(source.getvalue()) // 2])
    for file, words in (
        (BytesIO(b""), "empty"),
        (cut, "damaged"),
        (BytesIO(b"PK\x03\x04 no zip"), "damaged"),
        (BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "damaged"),
        (plain, "no column 'Row id"),
        (changed(source, without_ids), "no column 'Row id"),
        (changed(source, renamed), "'quantity' that was not exported, and 'qty' is missing"),
        (BytesIO(b"id,qty\n1,2\n"), "no column 'Row id"),
        (BytesIO("What is wrong;id;Row id (do not change)\nä;1;2\n".encode("cp1252")), "not in UTF-8"),
        (BytesIO(b"\x00\x01\x02" * 100), "no column 'Row id"),
    ):
        with pytest.raises(ReadError, match=words):
            returned(home, file)


def rezipped(source: BytesIO, old: bytes, new: bytes) -> BytesIO:
    """The workbook with other bytes in its parts."""
    target = BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(old, new))
    return target


def test_hostile_addresses_and_ids_are_refused_in_words(home):
    bring(home)
    source, _ = exported(home)
    with pytest.raises(ReadError, match="no number"):
        returned(home, rezipped(source, b'<row r="3"', b'<row r="three"'))
    (first, *_) = home.quarantine.entries(orders()).entries
    for odd in (b"#99999999999999999999#", b"#_xD800_#", "#\u0663#".encode()):
        found = returned(home, rezipped(source, f"#{first.id.row}#".encode(), odd))
        assert "row id was changed" in found.refused[0].reason


def test_a_sheet_of_a_million_rows_is_read_as_far_as_rows_were_ever_exported(home, monkeypatch):
    monkeypatch.setattr("hestia_assets.domains.ingest.resubmitting.returned.MOST_ROWS", 1_000)
    bring(home)
    head = "What is wrong,id,qty,day,unit,Row id (do not change)\n"
    with pytest.raises(ReadError, match="more than 1,000 rows"):
        returned(home, BytesIO((head + "x,1,1,1,1,orders-1#1#00000000\n" * 2_000).encode()), "many.csv")


def test_what_a_workbook_cannot_hold_is_named_and_goes_out_as_csv(home):
    bring(home, f"id,qty,day,unit\n1,-1,2026-01-01,{'x' * 33_000}\n2,-1,2026-01-01,a\x01b\n3,-1,2026-01-01,_x0041_\n"
                "4,-1,2026-01-01,kg\n")  # fmt: skip

    source, done = exported(home)

    assert (done.rows, done.total) == (1, 4)
    assert [one.place for one in done.left_out] == ["orders.csv, line 2", "orders.csv, line 3", "orders.csv, line 4"]
    assert "33,000 characters" in done.left_out[0].reason
    how_to = [row[0].value for row in openpyxl.load_workbook(source)["How to"].iter_rows()]
    assert any("3 rows are not in this file" in str(line) for line in how_to)
    text, done = exported(home, "csv")
    assert (done.rows, returned(home, text, "fixed.csv").unchanged) == (4, 4)


NAMES = ("a", "b")
ANY = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    [
        "=1+1",
        "'=x",
        "''",
        "-5",
        "+1e5",
        "@a",
        "\t",
        " a ",
        'a"b',
        "a\nb",
        "00123",
        "1e5",
        "a,b;c",
        "#N/A",
        "ä€😀",
        "\r\n",
    ]
)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Hestia:
    return opened(tmp_path_factory.mktemp("wide") / "home")


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(table=st.lists(st.tuples(ANY, ANY), min_size=15, max_size=15))
def test_any_text_comes_back_exactly_or_is_named(wide, table):
    columns = (*(Column(source=name, name=name) for name in NAMES), Column(source="n", name="n", type="integer"))
    number = len(wide.batches.recent("default", limit=1000))
    recipe = Recipe(columns=columns, format="ndjson")
    spec = DatasetSpec(name=f"t{number}", recipe=recipe)
    text = "".join(json.dumps({"a": a, "b": b, "n": "x"}) + "\n" for a, b in table)
    bring(wide, text, spec, name="t.ndjson")
    entries = wide.quarantine.entries(spec).entries
    assert [(one.values["a"], one.values["b"]) for one in entries] == table

    for form in ("xlsx", "csv"):
        target, done = exported(wide, form, spec)
        found = wide.quarantine.read_back(spec, target, file_name=f"t.{form}")

        assert (found.fixes, found.refused, found.unchanged) == ((), (), done.rows)
        assert done.rows + len(done.left_out) == len(table)
        if form == "csv":
            assert done.left_out == ()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_ten_rows_through_libreoffice_seven_corrected(home, tmp_path):
    bring(home)
    source, _ = exported(home)

    def work(sheet: Any) -> None:
        for row in range(2, 9):
            sheet.cell(row, 3).value = sheet.cell(row, 3).value.lstrip("-")

    (tmp_path / "rows.xlsx").write_bytes(changed(source, work).getvalue())
    (tmp_path / "table.csv").write_bytes(exported(home, "csv")[0].getvalue())
    files = [tmp_path / "rows.xlsx", tmp_path / "table.csv"]
    start = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    for kind in ("xlsx", "ods"):
        order = [*start, kind, "--outdir", tmp_path / kind, *files]
        subprocess.run(order, check=True, timeout=120, capture_output=True)
    as_ods, as_xlsx, table, sheet = (
        BytesIO((tmp_path / name).read_bytes())
        for name in ("ods/rows.ods", "xlsx/rows.xlsx", "xlsx/table.xlsx", "ods/table.ods")
    )
    for opened_as_csv in (table, sheet):  # LibreOffice took zeros from ids, and made numbers and dates of texts
        damaged = returned(home, opened_as_csv)
        assert (damaged.fixes, len(damaged.refused)) == ((), 10)
        assert "B2: id holds the number 3, not a text (it was 00003)" in damaged.refused[0].reason

    found = returned(home, as_ods, "rows.ods")
    done = home.quarantine.resubmit(orders(), found.fixes, author="bea")
    again = returned(home, as_xlsx, "rows.xlsx")
    twice = home.quarantine.resubmit(orders(), again.fixes, author="bea")

    assert (len(found.fixes), found.unchanged, found.refused) == (7, 3, ())
    assert (len(done.loaded), done.still_wrong) == (7, ())
    assert (again.fixes, len(again.known), again.unchanged, again.refused) == ((), 7, 3, ())
    assert twice.batch is None
    assert (states(home), rows(home).height) == ({"open": 3, "loaded": 7}, 9)
