"""A person with a messy workbook gets a table, corrects a choice, undoes the import: only the pages to go by."""

from pathlib import Path

import pytest
from driving import upload
from openpyxl import Workbook
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

ROWS = 40
HEADER_ROW = 4


def messy_workbook(folder: Path) -> Path:
    """Title rows, two sheets, merged cells, hidden rows, formulas that were saved without their value, a total."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.create_sheet("Read me")["A1"] = "Figures of the spring shops, ask Zoë"
    sheet = book.create_sheet("Orders")
    sheet["A1"], sheet["A2"] = "Spring shops", "as of 31 March"
    sheet.merge_cells("A1:E1")
    for position, name in enumerate(["order_no", "customer", "quantity", "price", "total"], start=1):
        sheet.cell(HEADER_ROW, position, name)
    for number in range(1, ROWS + 1):
        row = HEADER_ROW + number
        values = [f"{number:04d}", "Zoë Groß" if number % 2 else "Łukasz", number, round(1.1 * number, 2)]
        sheet.append([*values, f"=C{row}*D{row}"])
    for hidden in (7, 8):
        sheet.row_dimensions[hidden].hidden = True
    sheet.merge_cells("B14:B15")
    sheet.append(["Total", None, 820, 902])
    path = folder / "spring shops.xlsx"
    book.save(path)
    return path


def settle(page: Page, answer: str, *, then: str) -> None:
    """Give an answer, and see what it makes of the file."""
    page.get_by_text(answer, exact=True).first.click()
    expect(page.get_by_text(then)).to_be_visible()


def bring_in(page: Page) -> None:
    """From the preview to the table."""
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Add a rule").wait_for()
    page.get_by_role("button", name="Import the file").click()
    page.get_by_role("button", name="Undo").wait_for()


def account(page: Page) -> str:
    """The account in words."""
    return page.locator(".account .bar").get_attribute("aria-label") or ""


def test_a_messy_workbook_is_imported_corrected_and_undone(open_tab, tmp_path, picture):
    page = open_tab("import")
    upload(page, messy_workbook(tmp_path), dataset="spring_shops")
    expect(page.get_by_text("2 rows above the header are titles")).to_be_visible()
    expect(page.get_by_text("2 rows are hidden")).to_be_visible()
    expect(page.get_by_text("40 of 40 rows will be set aside")).to_be_visible()
    settle(page, "Leave the cell empty", then="all 40 rows are fit for the table")
    picture(page, "import-2-workbook")
    bring_in(page)
    first = account(page)

    page.get_by_role("button", name="Read it in another way").click()
    page.get_by_text("What it would become").wait_for()
    settle(page, "Leave hidden rows out", then="all 38 rows are fit for the table")
    bring_in(page)
    corrected = account(page)

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Show what would happen").click()
    page.get_by_text("38 rows of this file leave").wait_for()
    picture(page, "import-5-undo")
    page.get_by_role("button", name="Yes, undo it").click()
    page.get_by_text("was undone").wait_for()
    page.get_by_role("link", name="See the dataset spring_shops").click()
    page.wait_for_url("**/datasets?dataset=spring_shops")

    assert first == "45 rows = 1 header + 2 above the header + 1 blank + 1 footer + 40 accepted"
    assert corrected == "45 rows = 1 header + 2 above the header + 1 blank + 1 footer + 38 accepted + 2 skipped"
    expect(page.get_by_text("The table has no rows")).to_be_visible()


def test_many_files_go_to_one_dataset_and_a_bad_one_stops_no_other(open_tab, tmp_path, picture):
    files = [tmp_path / f"shop_{number}.csv" for number in range(1, 4)]
    for number, file in enumerate(files, start=1):
        file.write_text("id;amount\n" + "".join(f"{number}{row:02d};{row}.50\n" for row in range(20)), encoding="utf-8")
    bad = tmp_path / "letter.csv"
    bad.write_text("Dear Ada,\nno figures this time\n", encoding="utf-8")
    page = open_tab("import")
    upload(page, *files, bad, dataset="shops")

    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Import 4 files").click()
    page.get_by_text("3 of 4 files are imported: 60 rows in the table").wait_for()

    picture(page, "import-4-many")
    expect(page.get_by_text("The others are named below, each with its reason.")).to_be_visible()
