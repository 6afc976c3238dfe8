"""In a real browser: a source is fetched from a web server, a row of it is edited by hand, the edit undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import upload
from playwright.sync_api import Page, expect
from remote_places import Web, running_web

pytestmark = pytest.mark.e2e

FIRST_ROW, ROW_HEIGHT = 53, 35


@pytest.fixture
def web() -> Iterator[Web]:
    with running_web() as server:
        yield server


def make_dataset(page: Page, folder: Path, *, name: str) -> None:
    """A dataset that knows how to read its files, by importing the first one."""
    file = folder / f"{name}.csv"
    file.write_text("no,price\n001,1.50\n", encoding="utf-8")
    upload(page, file, dataset=name)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Import the file").click()
    page.get_by_text(f"The only row of {name}.csv was imported into {name}.").wait_for()


def save_source(page: Page, url: str, *, dataset: str) -> None:
    """Fill the form in and save it."""
    page.get_by_role("textbox", name="Address", exact=True).fill(url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Name of the source")).to_have_value("daily_prices")
    page.get_by_role("combobox", name="Dataset").click()
    page.get_by_role("option", name=dataset, exact=True).click()  # Escape, as in pick, would empty this list again
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_enabled()
    page.get_by_role("button", name="Try the address").click()
    expect(page.get_by_text("The address answers: 1 file seen.")).to_be_visible()
    save.click()


def type_into(page: Page, text: str, *, row: int, across: float) -> None:
    """Type into a cell of the table on the page; ``across`` is a share of its width."""
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * across, box["y"] + FIRST_ROW + ROW_HEIGHT * row)
    page.wait_for_timeout(300)
    page.keyboard.type(text, delay=20)
    page.keyboard.press("Enter")


def test_a_file_is_fetched_a_row_of_it_edited_and_the_edit_undone(open_tab, tmp_path, web, picture):
    url = web.put("/daily_prices.csv", b"no,price\n002,2.50\n003,3.50\n", headers={"ETag": '"1"'})
    page = open_tab("import")
    make_dataset(page, tmp_path, name="prices")
    home = page.url.split("/import")[0]

    page.goto(f"{home}/sources")
    save_source(page, url, dataset="prices")
    page.get_by_role("button", name="Fetch now").click()
    expect(page.get_by_text("1 file arrived.")).to_be_visible()
    picture(page, "sources")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete the source").click()
    expect(page.get_by_text("There is no source yet.")).to_be_visible()

    for _ in range(30):  # the sensor imports what arrived, seconds later
        page.goto(f"{home}/datasets?dataset=prices")
        page.get_by_role("button", name="Edit these rows").wait_for()
        if page.get_by_text("All 3 rows.").is_visible():
            break
    page.get_by_role("button", name="Edit these rows").click()
    page.get_by_role("button", name="Done").wait_for()
    type_into(page, "9.75", row=0, across=0.75)
    expect(page.get_by_text("1 cell in 1 row changes.")).to_be_visible()
    picture(page, "datasets-edit")
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text("1 row changed.")).to_be_visible()

    page.get_by_role("button", name="See the edit").click()
    expect(page.get_by_text("changed 1 row of prices.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Show what would happen").click()
    page.get_by_role("button", name="Yes, undo it").click()
    expect(page.get_by_text("was undone.")).to_be_visible()
