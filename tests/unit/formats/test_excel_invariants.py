"""Any table comes back as it was written, its account balances, and the quick scan sees what the slow walk sees."""

from io import BytesIO
from math import isclose

import xlsxwriter
from excel_workbooks import chunks_of, sheet_of, with_part
from hypothesis import given, settings
from hypothesis import strategies as st

from hestia_assets.core.errors import HestiaError
from hestia_assets.formats.excel import FORMAT

WHOLE = sheet_of(("id", "name"), *[(number, "abc") for number in range(50)]).getvalue()
TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12)
CELLS = st.one_of(st.none(), TEXT, st.integers(-(10**15), 10**15), st.floats(-1e300, 1e300))
TABLES = st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1))


def written(table: list[list[object]]) -> BytesIO:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("S")
    for number, row in enumerate(table):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(number, column, value)
    book.close()
    return buffer


def same(cell: object, text: str | None) -> bool:
    if isinstance(cell, str) or cell is None:
        return (text or "") == (cell or "")
    return text is not None and isclose(float(cell), float(text), rel_tol=1e-14)  # pyright: ignore[reportArgumentType] - a number


@settings(deadline=None, max_examples=60)
@given(TABLES)
def test_any_table_comes_back_cell_by_cell(table):
    table = [["first", *["x"] * (len(table[0]) - 1)], *table]

    chunks = chunks_of(written(table), **FORMAT.as_it_is("S"), chunk_bytes=1024)
    found = {line: row for chunk in chunks for *row, _, line, _ in chunk.frame.iter_rows()}

    for number, row in enumerate(table, start=1):
        got = found.get(number, [None] * len(row))
        if number in found or any(isinstance(cell, int | float) for cell in row):
            assert all(map(same, row, got))
        else:
            assert not "".join(filter(None, row)).strip()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(["1", "=A1", "#N/A", "text", "00", "hidden", ""]), min_size=3, max_size=40),
    st.integers(0, 3),
)
def test_the_scan_and_the_walk_agree(kinds, merged):
    def build(sheet):
        for row, kind in enumerate(kinds, start=1):
            sheet.cell(row, 1 + row % 3).value = 7 if kind in ("00", "hidden", "1") else kind
            sheet.cell(row, 1 + row % 3).number_format = "000" if kind == "00" else "General"
            sheet.row_dimensions[row].hidden = kind == "hidden"
        for start in range(merged):
            sheet.merge_cells(start_row=2 * start + 2, end_row=2 * start + 3, start_column=5, end_column=6)

    source = sheet_of(("a",), change=build)
    walked = with_part(
        source, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<sheetData>", b"<!-- --><sheetData>")
    )

    assert [chunk.frame.rows() for chunk in chunks_of(source)] == [chunk.frame.rows() for chunk in chunks_of(walked)]
    assert FORMAT.inspect(source, file_name="a.xlsx") == FORMAT.inspect(walked, file_name="a.xlsx")


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_random_damage_is_read_or_refused(data):
    whole = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    try:
        recipe = FORMAT.inspect(BytesIO(bytes(whole)), file_name="a.xlsx").recipe
        chunks = list(FORMAT.read(BytesIO(bytes(whole)), recipe))
    except HestiaError as error:
        assert error.hint
    else:
        assert all(chunk.account.balanced for chunk in chunks)
