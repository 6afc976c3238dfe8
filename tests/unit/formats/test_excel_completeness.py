"""No value of a sheet is lost between the reader of the values and the count of the sheet's own cells."""

from io import BytesIO

import pytest
import xlsxwriter
from excel_workbooks import recipe_for, rows_of, sheet_of, with_part

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.formats.excel import FORMAT

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TITLES = b'<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>name</v></c></row>'
WALKED = b"<!-- a comment -->"


def workbook(rows: bytes, *, before: bytes = b"") -> BytesIO:
    xml = HEAD + before + TITLES + rows + b"</sheetData></worksheet>"
    return with_part(sheet_of(("a",), ("b",)), "xl/worksheets/sheet1.xml", lambda _: xml)


def row(number: int, cells: bytes) -> bytes:
    return b'<row r="%d">%s</row>' % (number, cells)


def number_in(name: bytes) -> bytes:
    return b'<c r="%s"><v>7</v></c>' % name


@pytest.mark.parametrize("before", [b"", WALKED], ids=["scanned", "walked"])
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (row(2, number_in(b"A2") + number_in(b"B2") + number_in(b"A2")), "the cell A2 twice"),
        (row(2, number_in(b"A2")) + row(2, number_in(b"B2")), "the row 2 twice"),
        (row(2, number_in(b"A2")) + row(3, number_in(b"A2")), "the cell A2 twice"),
        (row(2, number_in(b"A2") + b'<c r="B2" t="inlineStr"><v>Ada</v></c>'), "The cell B2 holds a value"),
    ],
)
def test_a_sheet_of_which_a_value_would_be_lost_is_refused_with_its_place(rows, said, before):
    source = workbook(rows, before=before)

    with pytest.raises(UnreadableFileError, match=said):
        FORMAT.inspect(source, file_name="a.xlsx")


def test_a_value_that_would_be_lost_stops_reading_before_the_first_row():
    recipe = recipe_for(workbook(row(2, number_in(b"A2") + number_in(b"B2"))))

    with pytest.raises(UnreadableFileError, match="the cell B2 twice"):
        next(FORMAT.read(workbook(row(2, number_in(b"B2") + number_in(b"B2"))), recipe))


@pytest.mark.parametrize("before", [b"", WALKED], ids=["scanned", "walked"])
@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B2"/>',
        b'<c r="B2" t="str"><f>A2</f><v></v></c>',
        b'<c r="B2" t="inlineStr"><is><t></t></is></c>',
        b'<c r="B2" t="inlineStr"><is><t/><rPh sb="0" eb="1"><t>ada</t></rPh></is></c>',
        b'<c r="B2"><v></v></c>',
        b'<c r="B2"><v/></c>',
    ],
)
def test_a_cell_without_a_value_raises_no_alarm(cell, before):
    source = workbook(row(2, number_in(b"A2") + cell) + row(3, number_in(b"A3") + number_in(b"B3")), before=before)

    (first, second), *more = rows_of(source)

    assert (first, second or None, more) == ("7", None, [("7", "7")])


def test_empty_shared_strings_errors_and_formulas_without_a_result_raise_no_alarm():
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for number, values in enumerate((("id", "name"), (1, "gone"), (2, "#N/A"), (3, "=A2"), (4, "Ada"))):
        sheet.write_row(number, 0, values)
    sheet.write_formula("B3", "=NA()", value="#N/A")  # pyright: ignore[reportArgumentType] - any value
    sheet.write_formula("B4", "=A2", value="")  # pyright: ignore[reportArgumentType] - any value
    book.close()
    source = with_part(buffer, "xl/sharedStrings.xml", lambda xml: xml.replace(b"gone", b""))

    assert rows_of(source)[0] == ("1", None)
    assert rows_of(source)[-1] == ("4", "Ada")


def test_rows_that_stand_out_of_order_are_read_in_order():
    source = workbook(row(3, number_in(b"A3")) + row(2, number_in(b"A2") + number_in(b"B2")))

    assert rows_of(source) == [("7", "7"), ("7", None)]
