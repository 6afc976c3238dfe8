"""In a real browser: a rule is written, its impact seen, a held file released, its bad rows mended."""

from io import BytesIO
from pathlib import Path

import pytest
from driving import pick
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from hestia_assets.bootstrap import open_home
from hestia_assets.core.layers import Layer, TableRef
from hestia_assets.core.specs import Column, ColumnType, DatasetSpec, Recipe

pytestmark = pytest.mark.e2e

COLUMNS = (
    Column(source="order_no", name="order_no"),
    Column(source="quantity", name="quantity", type=ColumnType.INTEGER),
)
FIRST_ROW, ROW_HEIGHT, QUANTITY = 68, 66, 0.62
"""Pixels in the table of rows to fix: middle of the first row, height of a row; share of its width at the quantity."""


@pytest.fixture
def loop(installation, tmp_path) -> Path:
    """A dataset with one file in which three rows say nothing, and a second file for it."""
    home = open_home(installation.home)
    spec = DatasetSpec(name="loop", recipe=Recipe(columns=COLUMNS))
    home.catalog.save(spec, author="ada")
    first = tmp_path / "loop_1.csv"
    first.write_text("order_no,quantity\n" + "".join(f"{n:03d},{n - 3}\n" for n in range(1, 41)), encoding="utf-8")
    with first.open("rb") as source:
        home.ingest.run(home.ingest.receive(spec, source, file_name=first.name, author="ada").batch.id)
    second = tmp_path / "loop_2.csv"
    bad = "".join(f"1{n:02d},{-n}\n" for n in range(1, 6))
    second.write_text(f"order_no,quantity\n{bad}200,7\n201,8\n201,9\n", encoding="utf-8")
    return second


def write_rule(page: Page, rule: str, *, column: str) -> None:
    """The rule and its column, in the form; that of the rule before goes first."""
    expect(page.get_by_role("combobox", name="Rule")).to_have_count(1)
    expect(page.get_by_role("combobox", name="Rule")).to_have_value("")
    pick(page, "Rule", rule)
    pick(page, "Column", column, exact=True)
    expect(page.get_by_role("button", name=f"Remove {column}")).to_be_visible()


def type_into(page: Page, text: str, *, row: int) -> None:
    """Type a quantity into a row of the table to fix."""
    box = page.get_by_test_id("stDataFrame").last.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + box["width"] * QUANTITY, box["y"] + FIRST_ROW + ROW_HEIGHT * row)
    cell = page.locator("#portal textarea")
    cell.fill(text)  # waits: the editor of a cell is loaded when it is first opened
    cell.press("Enter")
    cell.wait_for(state="hidden")


def mend(workbook: Path, fixes: dict[str, str], *, target: Path) -> None:
    """What a person does in a spreadsheet; the cells stay text."""
    book = load_workbook(BytesIO(workbook.read_bytes()))
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "quantity" for cell in row))
    at = {str(cell.value): cell.column for cell in head}
    for (number,) in sheet.iter_rows(min_row=head[0].row + 1, min_col=at["order_no"], max_col=at["order_no"]):
        if str(number.value) in fixes:
            sheet.cell(number.row, at["quantity"]).value = fixes[str(number.value)]
    book.save(target)


def test_a_rule_is_written_and_the_rows_it_sets_aside_come_back(open_tab, installation, loop, tmp_path, picture):
    page = open_tab("datasets?dataset=loop")
    page.get_by_role("tab", name="Rules").click()
    write_rule(page, "must be between", column="quantity")
    page.get_by_label("The lowest allowed value").fill("1")
    page.keyboard.press("Tab")
    expect(page.get_by_text("It would set aside 3 rows of the last file")).to_be_visible()
    picture(page, "rules-impact")
    page.get_by_role("button", name="Add rule").click()
    expect(page.get_by_text("holds from the next file on")).to_be_visible()
    write_rule(page, "must not appear twice", column="order_no")
    pick(page, "When a row fails", "Hold the whole file")
    page.get_by_role("button", name="Add rule").click()
    expect(page.get_by_text("order_no must not appear twice holds from")).to_be_visible()

    page.goto(f"{installation.pages}/import")
    page.locator("input[type=file]").set_input_files(loop)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Import now").click()
    page.get_by_text("loop_2.csv waits for you.").wait_for()
    page.get_by_label("Why do you decide so?").fill("201 was split on purpose")
    page.get_by_role("button", name="Import it anyway").click()
    page.get_by_text("5 rows were set aside.").wait_for()
    expect(page.get_by_text("201 was split on purpose")).to_be_visible()

    page.get_by_role("tab", name="Set aside (5)").click()
    page.get_by_role("link", name="Fix them").click()
    page.get_by_role("button", name="Check my changes").wait_for()  # below the table
    type_into(page, "11", row=0)
    type_into(page, "12", row=1)
    page.get_by_role("button", name="Check my changes in 2 rows").click()
    expect(page.get_by_text("2 rows would be loaded.")).to_be_visible()
    picture(page, "quarantine")
    page.get_by_role("button", name="Load the fixed rows").click()
    expect(page.get_by_text("2 rows were loaded into loop.")).to_be_visible()

    page.get_by_role("radio", name="Fix in Excel").click()
    page.get_by_role("button", name="Make the file with 3 rows").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download 3 rows").click()
    mended = tmp_path / "mended.xlsx"
    mend(Path(download.value.path()), {"103": "13", "104": "14", "105": "15"}, target=mended)
    page.locator("input[type=file]").set_input_files(mended)
    expect(page.get_by_text("3 rows would be loaded.")).to_be_visible()
    page.get_by_role("button", name="Load the fixed rows").click()
    expect(page.get_by_text("3 rows were loaded into loop.")).to_be_visible()
    expect(page.get_by_text("No row of this dataset waits to be fixed.")).to_be_visible()

    rows = open_home(installation.home).tables.scan(TableRef(Layer.VALIDATED, "default", "loop")).collect()
    assert rows.height == 40 + 3 + 5
    assert set(rows["quantity"]) >= {11, 12, 13, 14, 15}
