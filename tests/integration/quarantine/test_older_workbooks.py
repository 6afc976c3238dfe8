"""Bad rows that were saved as xls or xlsb come back exactly, or are refused by cell."""

import csv
import io
import shutil
import struct
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from binary_workbook import Cell, Day, Error, Result, binary_workbook
from set_aside import bring, orders

from hestia_assets.bootstrap import Hestia
from hestia_assets.core.errors import ReadError
from hestia_assets.core.results import Returned

LONG = "1234567890123456789"
TEXTS = (
    "=1+1",
    " two  blanks ",
    "a\tb",
    "x" * 20_000,
    "ä€😀" * 3_000,
    "'",
    "1e5",
    "#N/A",
    "TRUE",
    "2026-01-02",
    "_x41_",
)
GLOBALS = b"\x09\x08\x10\x00\x00\x06\x05\x00"
"""How the workbook begins in an xls of Excel 97 and later."""

NEEDS_OFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")


def taken_along(home: Hestia) -> list[list[str]]:
    target = BytesIO()
    home.quarantine.export(orders(), target, format="csv")
    rows = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))
    return [[cell.removeprefix("'") if cell[:2] == "'=" else cell for cell in row] for row in rows]


def returned(home: Hestia, source: BytesIO, name: str) -> Returned:
    source.seek(0)
    return home.quarantine.read_back(orders(), source, file_name=name)


def reasons(found: Returned) -> list[str]:
    return [one.reason.split(" (")[0].partition("!")[2] for one in found.refused]


def test_an_xlsb_is_taken_back_and_what_is_no_text_in_it_is_refused_by_cell(home):
    bring(
        home, "id,qty,day,unit\n" + "".join(f'{LONG[:-1]}{n},-{n},2026-02-03,"{t}"\n' for n, t in enumerate(TEXTS[:8]))
    )
    table: list[list[Cell]] = [list(row) for row in taken_along(home)]
    unchanged = returned(home, binary_workbook(table), "bad.xlsb")
    for row in table[1:7]:
        row[2] = "5"
    table[2][1], table[3][3], table[4][4], table[5][2], table[6][2] = (
        1.2345e18,
        Day(46057),
        True,
        Result("5"),
        Error(42),
    )

    found = returned(home, binary_workbook(table), "bad.xlsb")

    assert (unchanged.fixes, unchanged.refused, unchanged.unchanged) == ((), (), 8)
    assert ([dict(fix.values) for fix in found.fixes], found.unchanged) == ([{"qty": "5"}], 2)
    assert reasons(found) == [
        "B3: id holds the number 1234500000000000000, not a text",
        "D4: day holds the date 2026-02-04, not a text",
        "E5: unit holds the truth value TRUE, not a text",
        "C6: qty holds the formula with the result 5, not a text",
        "C7: qty holds the error #N/A, not a text",
    ]


def in_office(folder: Path, book: BytesIO, change: Callable[[Any], object], *, kind: str) -> BytesIO:
    """The workbook after somebody worked on its first sheet and saved it as another kind."""
    work = openpyxl.load_workbook(book)
    change(work.worksheets[0])
    work.save(folder / "bad.xlsx")
    start = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind]
    subprocess.run([*start, "--outdir", folder, folder / "bad.xlsx"], check=True, timeout=120, capture_output=True)
    return BytesIO((folder / f"bad.{kind}").read_bytes())


@NEEDS_OFFICE
def test_an_xls_is_taken_back_exactly_and_what_is_no_text_in_it_is_refused_by_cell(home, tmp_path):
    lines = [[f"{LONG}{n}", f"-{n}", "2026-02-03", text] for n, text in enumerate(TEXTS)]
    source, text = BytesIO(), io.StringIO(newline="")
    csv.writer(text).writerows([["id", "qty", "day", "unit"], *lines])
    bring(home, text.getvalue())
    home.quarantine.export(orders(), source)

    def work(sheet: Any) -> None:
        for row in range(2, 7):
            sheet.cell(row, 3).value = "5"
        sheet["B3"], sheet["C4"], sheet["D5"] = 12, "=2+3", "=1/0"
        sheet["D6"].value, sheet["D6"].number_format = 46057, "yyyy-mm-dd"

    book = in_office(tmp_path, source, work, kind="xls")
    found = returned(home, book, "bad.xls")

    assert ([dict(fix.values) for fix in found.fixes], found.unchanged) == ([{"qty": "5"}], len(TEXTS) - 5)
    assert reasons(found) == [
        "B3: id holds the number 12, not a text",
        "C4: qty holds the formula with the result 5, not a text",
        "D5: day holds the formula with the result #DIV/0!, not a text",
        "D6: day holds the date 2026-02-04, not a text",
    ]
    excel_95 = BytesIO(book.getvalue().replace(GLOBALS, GLOBALS[:4] + b"\x00\x05\x05\x00"))
    with pytest.raises(ReadError, match=r"bad\.xls is a workbook of Excel 95 or older") as refused:
        returned(home, excel_95, "bad.xls")  # such a file has lost the signs of other languages
    assert ".xlsx" in refused.value.hint


def test_older_workbooks_that_are_damaged_are_refused_in_words(home):
    bring(home)
    table = [list[Cell](row) for row in taken_along(home)]
    whole = binary_workbook(table).getvalue()
    twice = binary_workbook([[*row] for row in table])
    for file, words in (
        (BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "damaged"),
        (BytesIO(whole[:200]), "damaged"),
        (BytesIO(whole.replace(struct.pack("<I", 0) * 2 + b"\x0d", b"\xff" * 9)), "damaged"),
        (binary_workbook([["id"], ["1"]]), "no column 'Row id"),
    ):
        with pytest.raises(ReadError, match=words):
            returned(home, file, "bad.xlsb")
    assert returned(home, twice, "bad.xlsb").unchanged == 10
