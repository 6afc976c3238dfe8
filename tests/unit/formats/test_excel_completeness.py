"""No value of a sheet is lost between the reader of the values and the count of the sheet's own cells."""

from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from excel_workbooks import SHARED, recipe_for, rows_of, saved, sheet_of, with_part

from hestia_assets.core.errors import UnreadableFileError
from hestia_assets.core.specs import Recipe
from hestia_assets.formats._excel.complete import check_complete
from hestia_assets.formats._excel.facts import SheetFacts
from hestia_assets.formats._excel.grid import Grid
from hestia_assets.formats._excel.options import ExcelOptions
from hestia_assets.formats.excel import FORMAT

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TITLES = b'<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>name</v></c></row>'
WALKED = b"<!-- a comment -->"

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared test data are not there")


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


def moved(data: bytes, record: bytes, to: bytes) -> bytes:
    """The bytes with the beginning of the only record that starts so replaced."""
    assert data.count(record) == 1
    return data.replace(record, to)


@needs_shared
def test_two_cells_at_one_place_of_an_xls_are_refused():
    data = (SHARED / "excel" / "poi_SampleSS.xls").read_bytes()
    text_in_b2 = b"\xfd\x00\x0a\x00\x01\x00\x01\x00\x0f\x00"
    text_in_a2 = b"\xfd\x00\x0a\x00\x01\x00\x00\x00\x0f\x00"
    source = BytesIO(moved(data, text_in_b2, text_in_a2))

    with pytest.raises(UnreadableFileError, match="the cell A2 twice"):
        FORMAT.columns(source, Recipe(format="excel", options={"sheet": "First Sheet"}))


@needs_shared
def test_two_cells_at_one_place_of_an_xlsb_are_refused():
    book = BytesIO((SHARED / "excel" / "calamine_issues.xlsb").read_bytes())
    text_in_b1, text_in_a1 = (b"\x07\x0c%c" % column + bytes(11) for column in (1, 0))
    source = with_part(book, "xl/worksheets/sheet2.bin", lambda part: moved(part, text_in_b1, text_in_a1))

    with pytest.raises(UnreadableFileError, match="the cell A1 twice"):
        FORMAT.columns(source, Recipe(format="excel", options={"sheet": "issue2"}))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (b'<c r="B2" t="inlineStr"><is><t>Ada</t></is><v>Bo</v></c>', "Ada"),
        (b'<c r="B2" t="inlineStr"><v>Ada</v></c>', "Ada"),
        (b'<c r="B2" t="inlineStr"><is><r><t>A</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is><v/></c>', "A"),
    ],
)
def test_a_text_that_a_plain_reader_passes_over_is_read(cell, text):
    assert rows_of(workbook(row(2, number_in(b"A2") + cell))) == [("7", text)]


@pytest.mark.parametrize("bad", [b"<row r='1'><c r='A1'><v>1", HEAD + row(1, number_in(b"A1") * 2) + b"</sheetData>"])
def test_a_sheet_that_cannot_be_read_does_not_cost_the_others(bad):
    book = openpyxl.Workbook()
    for name in ("Sheet", "Bad"):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet.append(("id", "name"))
        sheet.append((1, "Ada"))
    source = with_part(saved(book), "xl/worksheets/sheet2.xml", lambda _: bad)

    inspection = FORMAT.inspect(source, file_name="a.xlsx")

    assert [table.name for table in inspection.tables] == ["Sheet"]
    (note,) = [note for note in inspection.notes if note.what == "unreadable_sheets"]
    assert note.places[0].startswith("Bad: ")
    assert rows_of(source) == [("1", "Ada")]


def test_two_sheets_of_one_name_are_refused():
    book = openpyxl.Workbook()
    book["Sheet"].append(("id",))
    book.create_sheet("Other").append(("id",))
    source = with_part(saved(book), "xl/workbook.xml", lambda xml: xml.replace(b'"Other"', b'"Sheet"'))

    with pytest.raises(UnreadableFileError, match="same name"):
        FORMAT.inspect(source, file_name="a.xlsx")


class ShortSheet:
    """A sheet as a reader of values gives it that lost a cell and the last row."""

    start, end = (0, 0), (1, 1)

    def iter_rows(self):
        yield [1.0, 2.0]
        yield [3.0, ""]


@pytest.mark.parametrize(("row_at", "column", "said"), [(1, 1, "The cell B2"), (2, 0, "The cell A3")])
def test_a_number_that_the_file_has_and_the_reader_of_values_has_not_is_noticed(row_at, column, said):
    facts = SheetFacts()
    for at in ((0, 0), (0, 1), (1, 0), (row_at, column)):
        facts.hold(*at)
        facts.reach(*at)
    grid = Grid(ShortSheet(), facts, ExcelOptions())  # type: ignore[arg-type] - calamine's sheets cannot be made

    with pytest.raises(UnreadableFileError, match=said):
        check_complete(grid)
    assert grid.counted(0, 2) == facts.height
