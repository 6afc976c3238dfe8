"""A recipe that names no sheet reads the only visible one; loading never picks one of several."""

from io import BytesIO

import openpyxl
import pytest
from excel_workbooks import recipe_for, saved

from hestia_assets.core.errors import SpecError
from hestia_assets.core.specs import Recipe
from hestia_assets.formats.excel import FORMAT


def workbook(*sheets: tuple[str, bool, bool]) -> BytesIO:
    """Sheets by name, whether each is hidden, and whether it has cells."""
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, hidden, filled in sheets:
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if hidden else "visible"
        for values in (("id", "name"), (1, name)) if filled else ():
            sheet.append(values)
    return saved(book)


def nameless() -> Recipe:
    """What a file with one sheet taught: it needs no name."""
    return recipe_for(workbook(("May", False, True)))


def read(source: BytesIO) -> list[str]:
    return [name for chunk in FORMAT.read(source, nameless()) for name in chunk.frame["name"].to_list()]


def test_the_only_visible_sheet_is_read_whatever_its_name():
    assert read(workbook(("June", False, True))) == ["June"]
    assert read(workbook(("Lists", True, True), ("June", False, True))) == ["June"]


def test_visible_sheets_without_a_cell_do_not_count():
    assert read(workbook(("Sheet1", False, False), ("June", False, True), ("Sheet3", False, False))) == ["June"]


def test_several_visible_sheets_are_listed_and_none_is_picked():
    source = workbook(("June", False, True), ("Notes", False, True), ("Old", True, True))

    for use in (
        lambda: read(source),
        lambda: FORMAT.columns(source, nameless()),
        lambda: FORMAT.about(source, nameless()),
    ):
        with pytest.raises(SpecError, match=r"June, Notes") as caught:
            use()
        assert "Old" not in str(caught.value)
        assert "choose" in caught.value.hint.lower()


@pytest.mark.parametrize("second_is_filled", [True, False])
def test_inspecting_several_visible_sheets_saves_the_name_so_that_loading_need_not_choose(second_is_filled):
    source = workbook(("June", False, True), ("Notes", False, second_is_filled))

    inspection = FORMAT.inspect(source, file_name="a.xlsx")

    assert inspection.recipe.options == {"sheet": "June"}
    assert [table.changes["options"] for table in inspection.tables] == [{"sheet": "June"}, {"sheet": "Notes"}]


def test_inspecting_the_only_sheet_saves_no_name():
    assert FORMAT.inspect(workbook(("June", False, True)), file_name="a.xlsx").recipe.options == {"sheet": ""}
