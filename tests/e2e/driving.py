"""How a person drives the pages: choosing files, choosing from lists."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, TimeoutError


def upload(page: Page, *files: Path, dataset: str) -> None:
    """Choose files and the dataset's name, and look at the preview."""
    page.locator("input[type=file]").set_input_files(list(files))
    name = page.get_by_role("textbox", name="Name of the new dataset")
    page.get_by_role("button", name="Continue").wait_for()
    choice = page.get_by_text("A new dataset")
    for _ in range(60):  # the first dataset needs no choice; one that is made while the page is drawn may get lost
        if name.is_visible():
            break
        if choice.is_visible():
            choice.click()
        page.wait_for_timeout(500)
    name.fill(dataset)
    name.press("Enter")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("What it would become").wait_for()


def pick(page: Page, box: str, option: str, *, exact: bool = False) -> None:
    """Choose from a list; one that is drawn anew just now closes again, so it is opened anew too."""
    for _ in range(10):
        combobox = page.get_by_role("combobox", name=box)
        combobox.click()
        page.keyboard.type(option)  # of a long list only what is in sight is in the page
        try:
            page.get_by_role("option", name=option, exact=exact).first.click(timeout=2_000)
        except TimeoutError:
            continue
        if combobox.locator("xpath=ancestor::*[@data-testid='stMultiSelect']").count():
            page.keyboard.press("Escape")  # it stays open for more; a list of one choice would be emptied
        return
    pytest.fail(f"{box} offers no {option}")
