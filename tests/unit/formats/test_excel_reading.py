import datetime as dt
from io import BytesIO

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from excel_workbooks import SHARED, chunks_of, open_document, recipe_for, rows_of, saved, sheet_of, with_part

from hestia_assets.core.errors import HeaderMismatchError, SpecError
from hestia_assets.core.specs import Column
from hestia_assets.formats.excel import FORMAT

moment = dt.datetime.fromisoformat
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared test data are not there")


def test_values_become_the_text_that_the_sheet_means():
    values = (1, 1.5, 0.1, 1e20, 1e-5, True, dt.date(2024, 12, 31), moment("2024-12-31 08:30:01"), "a ")
    names = ("whole", "half", "tenth", "large", "small", "flag", "day", "at", "text")

    (row,) = rows_of(sheet_of(names, values))

    assert row == (
        "1",
        "1.5",
        "0.1",
        "100000000000000000000",
        "0.00001",
        "true",
        "2024-12-31",
        "2024-12-31 08:30:01",
        "a ",
    )


def test_an_empty_cell_is_null_and_a_formula_that_gave_an_empty_text_is_an_empty_text():
    source = sheet_of(("a", "b", "c"), (1, None, "=IF(1,0)"), ("x", "y", "z"))
    cached = with_part(
        source,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<c r="C2">', b'<c r="C2" t="str">'),
    )

    assert rows_of(cached) == [("1", None, ""), ("x", "y", "z")]


def test_a_number_of_more_than_15_digits_keeps_them():
    source = sheet_of(("account", "name"), (1, "a"), (2, "b"))
    long = with_part(
        source, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>2</v>", b"<v>12345678901234567891</v>")
    )

    assert rows_of(long) == [("1", "a"), ("12345678901234567891", "b")]


def test_a_date_before_the_calendar_keeps_its_number():
    source = sheet_of(("day", "name"), (dt.date(2024, 1, 2), "a"))
    negative = with_part(source, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>45293</v>", b"<v>-5</v>"))

    assert rows_of(negative) == [("-5", "a")]


def test_midnight_is_written_out_in_a_column_of_timestamps_only():
    source = sheet_of(
        ("day", "at"),
        (moment("2024-01-02"), moment("2024-01-02")),
        (moment("2024-01-03"), moment("2024-01-03 08:00:00")),
    )

    assert rows_of(source) == [("2024-01-02", "2024-01-02 00:00:00"), ("2024-01-03", "2024-01-03 08:00:00")]


def test_dates_that_count_from_1904_are_the_days_that_excel_shows():
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["day", "name"])
    sheet.write_datetime(1, 0, moment("2024-12-31"), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write(1, 1, "a")
    book.close()

    assert rows_of(buffer) == [("2024-12-31", "a")]
    assert "date_system_1904" in [note.what for note in FORMAT.inspect(buffer, file_name="a.xlsx").notes]


def test_a_duration_may_be_longer_than_a_day():
    def as_duration(sheet):
        sheet["A2"].number_format = "[h]:mm"

    assert rows_of(sheet_of(("worked", "by"), (26.5 / 24, "Ada"), change=as_duration)) == [("26:30:00", "Ada")]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("000-00-0000", "012-34-5678"),
        ('"D-"00000', "D-12345678"),
        ("[Red]0000000000_);(0)", "0012345678"),
        ("00.00", "12345678"),
        ("0", "12345678"),
        ("0.00", "12345678"),
        ("#,##0", "12345678"),
        ("0%", "12345678"),
    ],
)
def test_only_formats_that_pad_with_zeros_change_the_text(code, shown):
    def styled(sheet):
        sheet["A2"].number_format = code

    assert rows_of(sheet_of(("id", "name"), (12345678, "a"), change=styled)) == [(shown, "a")]


@pytest.mark.parametrize(("choice", "value"), [("text", "#N/A"), ("empty", None)])
def test_error_cells_are_read_as_chosen(choice, value):
    source = sheet_of(("a", "b"), (1, "#N/A"))

    assert rows_of(source, options={"errors": choice}) == [("1", value)]


def test_a_formula_without_result_can_be_an_empty_cell():
    assert rows_of(sheet_of(("a", "b"), (1, "=A2")), options={"uncached": "empty"}) == [("1", None)]


def test_an_error_in_a_column_that_is_left_out_sets_nothing_aside():
    source = sheet_of(("a", "b"), (1, "#N/A"))
    recipe = recipe_for(source).model_copy(update={"columns": (Column(source="a", name="a"),), "ignored": ("b",)})

    (chunk,) = FORMAT.read(source, recipe)

    assert chunk.frame["a"].to_list() == ["1"]


def test_hidden_columns_can_be_left_out():
    def hide(sheet):
        sheet.column_dimensions["B"].hidden = True

    source = sheet_of(("a", "b", "c"), (1, 2, 3), change=hide)

    assert rows_of(source) == [("1", "2", "3")]
    assert rows_of(source, options={"hidden_columns": "skip"}) == [("1", "3")]


def test_line_is_the_row_in_excel_even_where_the_sheet_begins_further_down_and_right():
    book = openpyxl.Workbook()
    for place, value in {"C4": "id", "D4": "name", "C5": 1, "D5": "a", "C8": 2, "D8": "b"}.items():
        book.active[place] = value  # pyright: ignore[reportOptionalSubscript] - a new workbook has a sheet

    (chunk,) = chunks_of(saved(book))

    assert chunk.frame.rows() == [("1", "a", 1, 5, 1), ("2", "b", 2, 8, 1)]
    assert (chunk.account.total, chunk.account.blank) == (8, 5)


def test_chunks_are_bounded_and_reading_goes_on_where_one_ended():
    source = sheet_of(("id", "name"), *[(number, f"n{number}") for number in range(200)], ("x", "#N/A"), (201, "last"))
    recipe = recipe_for(source).model_copy(update={"chunk_bytes": 1024})

    chunks = list(FORMAT.read(source, recipe))
    rest = list(FORMAT.read(source, recipe, start=chunks[4].end))

    assert len(chunks) > 10
    assert sum((chunk.account for chunk in chunks[1:]), chunks[0].account).total == 203
    assert pl.concat(chunk.frame for chunk in rest).equals(pl.concat(chunk.frame for chunk in chunks[5:]))
    assert rest[-1].frame.row(-1) == ("201", "last", 202, 203, 1)
    assert rest[-1].end == chunks[-1].end


def test_the_original_of_a_row_is_its_cells_between_tabs():
    (chunk,) = chunks_of(sheet_of(("a", "b"), (1, None), ("x", "#N/A"), (3, "y")))

    assert chunk.original([1, 0]) == ["3\ty", "1\t"]


def test_columns_in_another_order_are_matched_by_their_names():
    recipe = recipe_for(sheet_of(("id", "name"), (1, "a")))
    (chunk,) = FORMAT.read(sheet_of(("name", "id"), ("b", 2)), recipe)

    assert chunk.frame.rows() == [("2", "b", 1, 2, 1)]


def test_a_missing_column_is_a_mismatch_unless_it_is_optional():
    recipe = recipe_for(sheet_of(("id", "name"), (1, "a")))
    other = sheet_of(("id", "city"), (2, "Lund"))

    with pytest.raises(HeaderMismatchError, match="missing: name; new: city"):
        list(FORMAT.read(other, recipe))

    optional = (recipe.columns[0], Column(source="name", name="name", optional=True))
    (chunk,) = FORMAT.read(other, recipe.model_copy(update={"columns": optional, "ignored": ("city",)}))
    assert chunk.frame.rows() == [("2", None, 1, 2, 1)]


def test_a_column_without_a_name_is_read_when_it_holds_something():
    source = sheet_of(("id", None, "name", None), (1, None, "a", None), (2, None, "b", "why"))

    assert [column.source for column in recipe_for(source).columns] == ["id", "name", "column_4"]
    assert rows_of(source) == [("1", "a", None), ("2", "b", "why")]


def test_a_footer_is_only_looked_for_near_the_end():
    rows = [("Total", 0), *[(f"r{number}", number) for number in range(100)]]
    source = sheet_of(("name", "sales"), *rows, ("Total", 4950))

    (chunk,) = chunks_of(source)

    assert (chunk.account.loaded, chunk.account.footer) == (101, 1)


def test_another_sheet_is_another_table_and_a_wrong_name_is_told():
    book = openpyxl.Workbook()
    book["Sheet"].append(("a", "b"))
    book["Sheet"].append((1, 2))
    book.create_sheet("Other").append(("c", "d"))
    book["Other"].append((3, 4))

    assert rows_of(saved(book), options={"sheet": "Other"}) == [("3", "4")]
    with pytest.raises(SpecError, match=r"no sheet called 'Third'.*Sheet, Other"):
        rows_of(saved(book), options={"sheet": "Third"})


def test_a_sheet_as_it_is_drops_no_row():
    source = sheet_of(("Title",), ("a", "b"), (1, "#N/A"), ("Total", 1))

    assert rows_of(source, **FORMAT.as_it_is("Sheet")) == [("Title", None), ("a", "b"), ("1", "#N/A"), ("Total", "1")]


def test_unusual_xml_is_read_as_well_as_the_usual():
    def prefixed(xml: bytes) -> bytes:
        xml = xml.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?")
        return xml.replace(b"xmlns=", b"xmlns:x=")

    def hide(sheet):
        sheet.row_dimensions[3].hidden = True

    source = with_part(
        sheet_of(("a", "b"), (1, "=A2"), (2, "x"), (3, "#N/A"), change=hide), "xl/worksheets/sheet1.xml", prefixed
    )

    (chunk,) = chunks_of(source, options={"hidden_rows": "skip"})

    assert [reject.line for reject in chunk.rejects] == [2, 4]
    assert chunk.account.skipped == 1


def test_open_document_errors_zeros_and_hidden_rows_are_seen():
    def cell(kind, text, extra=""):
        return f'<table:table-cell office:value-type="{kind}" {extra}><text:p>{text}</text:p></table:table-cell>'

    header = cell("string", "id") + cell("string", "n")
    hidden = cell("float", "00123", 'office:value="123"') + cell("time", "26:30", 'office:time-value="PT26H30M00S"')
    wrong = cell("float", "7", 'office:value="7"') + cell(
        "float", "#DIV/0!", 'office:value="0" table:formula="of:=1/0"'
    )
    source = open_document(
        f"<table:table-row>{header}</table:table-row>"
        f'<table:table-row table:visibility="collapse">{hidden}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="2">{wrong}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    )

    (chunk,) = chunks_of(source)

    assert chunk.frame.rows() == [("00123", "26:30:00", 1, 2, 1)]
    assert [(reject.line, reject.value) for reject in chunk.rejects] == [(3, "#DIV/0!"), (4, "#DIV/0!")]
    assert {note.what for note in FORMAT.inspect(source, file_name="a.ods").notes} >= {"hidden_rows", "leading_zeros"}


@needs_shared
def test_errors_in_an_xls_are_seen():
    source = BytesIO((SHARED / "excel" / "poi_WeekNumFunctionTestCaseData.xls").read_bytes())

    (chunk,) = chunks_of(source)

    assert {(reject.line, reject.value) for reject in chunk.rejects} >= {(8, "#VALUE!"), (9, "#NUM!")}


@needs_shared
def test_an_xlsb_gives_its_values():
    source = BytesIO((SHARED / "excel" / "calamine_issues.xlsb").read_bytes())

    assert rows_of(source, **FORMAT.as_it_is("issue2")) == [("1", "a"), ("2", "b"), ("3", "c")]


def _flagged(data: bytes, record: bytes, at: int, flag: int) -> bytes:
    """The bytes with a flag set in the first record that begins so."""
    changed = bytearray(data)
    changed[data.find(record) + at] |= flag
    return bytes(changed)


@needs_shared
def test_hidden_rows_of_an_xls_are_seen():
    data = (SHARED / "excel" / "poi_SampleSS.xls").read_bytes()
    row_7 = b"\x08\x02\x10\x00\x06\x00"  # a ROW record of 16 bytes, of the row with number 6 from 0

    notes = FORMAT.inspect(BytesIO(_flagged(data, row_7, 4 + 12, 0x20)), file_name="a.xls").notes

    assert [(note.what, note.places) for note in notes if note.what == "hidden_rows"] == [("hidden_rows", ("row 7",))]


@needs_shared
def test_hidden_rows_of_an_xlsb_are_seen():
    book = BytesIO((SHARED / "excel" / "sheetjs_sushi.xlsb").read_bytes())
    hidden = with_part(
        book, "xl/worksheets/sheet1.bin", lambda part: _flagged(part, b"\x00\x19\x00\x00\x00\x00", 2 + 11, 0x10)
    )

    (note,) = FORMAT.inspect(hidden, file_name="a.xlsb").notes

    assert (note.what, note.places) == ("hidden_rows", ("row 1",))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('office:value-type="time" office:time-value="PT26H30M00.5S"><text:p>x</text:p>', "26:30:00.500000"),
        ('office:value-type="time" office:time-value="-PT08H30M00S"><text:p>x</text:p>', "-08:30:00"),
        ('office:value-type="time" office:time-value="PT08H30M00S"><text:p>x</text:p>', "08:30:00"),
        ('office:value-type="string"><text:p>a<text:tab/>b<text:s text:c="2"/>c</text:p>', "a\tb  c"),
        ('office:value-type="string"><text:p>a<text:line-break/><text:span>b</text:span></text:p>', "a\nb"),
        ('office:value-type="string"><text:p>a <text:span>b</text:span></text:p><text:p>c</text:p>', "a b\nc"),
    ],
)
def test_durations_tabs_and_line_breaks_of_an_open_document_are_kept(cell, text):
    row = "<table:table-row><table:table-cell {}</table:table-cell></table:table-row>"
    head = row.format('office:value-type="string"><text:p>name</text:p>')

    assert rows_of(open_document(head + row.format(cell))) == [(text,)]
