"""What is no workbook, or one made to hurt, gets its own answer; nothing crashes, nothing hangs."""

import struct
import zipfile
from io import BytesIO

import openpyxl
import pytest
from excel_workbooks import SHARED, open_document, saved, sheet_of, with_part

from hestia_assets.core.errors import EmptyFileError, HestiaError, UnreadableFileError
from hestia_assets.core.ports import Claim
from hestia_assets.formats._excel import parts
from hestia_assets.formats.excel import FORMAT

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
HOSTILE = sorted((SHARED / "excel_hostile").glob("*")) if SHARED.exists() else []


def refusal(data: bytes, name: str = "data.xlsx") -> str:
    with pytest.raises(HestiaError) as caught:
        FORMAT.inspect(BytesIO(data), file_name=name)
    return str(caught.value)


def zipped(*names: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html></html>", "web page"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "Excel 2003 XML"),
        (b"id;name\n1;Ada\n", "plain text"),
        (b"\xff\xd8\xff\xe0 JFIF", "picture"),
        (b"%PDF-1.7", "PDF"),
        (zipped("word/document.xml"), "Word"),
        (zipped("ppt/presentation.xml"), "PowerPoint"),
        (zipped("a.txt"), "zip archive"),
        (b"\x00\x01\x02", "something else"),
    ],
)
def test_something_else_under_a_workbooks_name_is_named(data, said):
    assert said in refusal(data, "data.xls")


def test_a_web_page_says_how_to_save_it():
    assert "Save As, Excel workbook" in refusal(b"<html>", "report.xls")


def test_a_workbook_without_a_value_is_empty():
    with pytest.raises(EmptyFileError):
        FORMAT.inspect(saved(openpyxl.Workbook()), file_name="data.xlsx")
    with pytest.raises(EmptyFileError):
        FORMAT.inspect(BytesIO(), file_name="data.xlsx")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_workbook_that_was_cut_off_says_so(share):
    whole = sheet_of(("a", "b"), *[(number, "x" * number) for number in range(300)]).getvalue()

    assert "damaged or was cut off" in refusal(whole[: int(len(whole) * share)])


def test_an_open_document_with_a_password_says_so():
    manifest = '<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'

    assert "password" in refusal(open_document("", manifest=manifest).getvalue(), "data.ods")


@pytest.mark.skipif(not HOSTILE, reason="the shared test data are not there")
@pytest.mark.parametrize("name", ["calamine_pass_protected.xlsb", "poi_protected_passtika.xlsx"])
def test_a_password_is_told(name):
    assert "protected with a password" in refusal((SHARED / "excel_hostile" / name).read_bytes())


@pytest.mark.skipif(not HOSTILE, reason="the shared test data are not there")
@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.name)
def test_hostile_workbooks_are_read_or_refused(path):
    source = BytesIO(path.read_bytes())

    try:
        recipe = FORMAT.inspect(source, file_name=path.name).recipe
        chunks = list(FORMAT.read(source, recipe))
    except HestiaError as error:
        assert error.hint
    else:
        assert all(chunk.account.balanced for chunk in chunks)


def test_two_cells_in_opposite_corners_are_refused():
    corners = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    source = with_part(sheet_of(("a",)), SHEET, lambda _: HEAD + corners + b"</sheetData></worksheet>")

    assert "spans 1,048,576 rows and 16,384 columns but holds 2 values" in refusal(source.getvalue())


def test_a_repeated_cell_that_fills_a_sheet_is_refused():
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'

    assert "holds 1 values" in refusal(open_document(row).getvalue(), "data.ods")


@pytest.mark.parametrize("part", [SHEET, "xl/styles.xml"])
def test_a_part_that_unpacks_to_much_more_is_refused(monkeypatch, part):
    monkeypatch.setattr(parts, "SMALL_BYTES", 1024 * 1024)
    source = with_part(sheet_of(("a", "b"), (1, 2)), part, lambda xml: xml + b" " * 4_000_000)

    assert "like a zip bomb" in refusal(source.getvalue())


def test_a_part_that_hides_its_size_is_refused_all_the_same(monkeypatch):
    monkeypatch.setattr(parts, "SMALL_BYTES", 1024 * 1024)
    data = bytearray(with_part(sheet_of(("a",)), "xl/styles.xml", lambda xml: xml + b" " * 4_000_000).getvalue())
    entry = data.rfind(b"xl/styles.xml") - 46
    struct.pack_into("<I", data, entry + 24, 1000)

    assert "like a zip bomb" in refusal(bytes(data))


def test_a_duration_that_no_calendar_holds_is_refused_with_its_row():
    def as_duration(sheet):
        sheet["A3"].number_format = "[h]:mm"

    source = sheet_of(("worked",), (1,), (1e300,), change=as_duration)

    assert "Row 3 holds a date or time out of range" in refusal(source.getvalue())


def test_entities_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    source = with_part(sheet_of(("a",), (1,)), SHEET, lambda xml: bomb + xml)

    assert "declares entities" in refusal(source.getvalue())


def test_merged_cells_that_overlap_without_end_are_refused():
    ranges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (row, row + 90) for row in range(1, 90))
    rows = [(number, number) for number in range(100)]
    source = with_part(
        sheet_of(("a", "b"), *rows),
        SHEET,
        lambda xml: xml.replace(b"</sheetData>", b"</sheetData><mergeCells>" + ranges + b"</mergeCells>"),
    )

    assert "merged cells overlap" in refusal(source.getvalue())


@pytest.mark.skipif(not HOSTILE, reason="the shared test data are not there")
@pytest.mark.parametrize("dimensions", [(0, 0xFFFFFFF, 0, 60_000), (37, 6, 0, 1), (0, 70_000, 0, 4)])
def test_an_xls_whose_dimensions_make_no_sense_is_refused_before_memory_is_asked_for(dimensions):
    data = bytearray((SHARED / "excel" / "poi_SampleSS.xls").read_bytes())
    struct.pack_into("<IIHH", data, data.find(struct.pack("<HH", 0x200, 14)) + 4, *dimensions)

    assert "no columns" in refusal(bytes(data), "data.xls")


@pytest.mark.parametrize(
    ("head", "name", "claim"),
    [
        (sheet_of(("a",)).getvalue(), "download", Claim.SURE),
        (open_document("").getvalue(), "download", Claim.SURE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "download", Claim.SURE),
        (b"id,name\n", "data.xls", Claim.NAMED),
        (b"<html>", "data.xls", Claim.SURE),
        (b"<html>", "data.html", Claim.NO),
        (b"id,name\n", "data.csv", Claim.NO),
        (zipped("a.csv"), "data.zip", Claim.NO),
        (b"\xff\xd8\xff", "a.jpg", Claim.NO),
    ],
)
def test_content_decides_whose_file_it_is(head, name, claim):
    assert FORMAT.claim(head[:65536], file_name=name) is claim


def test_reading_refuses_as_inspecting_does():
    recipe = FORMAT.inspect(sheet_of(("a",), (1,)), file_name="a.xlsx").recipe

    with pytest.raises(UnreadableFileError):
        list(FORMAT.read(BytesIO(b"<html>"), recipe))
