"""What only a person can decide about a sheet is asked, with the answer that loses nothing first."""

import datetime as dt

import openpyxl
import pytest
from excel_workbooks import recipe_for, rows_of, saved, sheet_of, with_part
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from hestia_assets.core.results import Inspection, Question
from hestia_assets.formats.excel import FORMAT


def questions_of(source) -> dict[str, Question]:
    return {question.what: question for question in inspected(source).questions}


def inspected(source) -> Inspection:
    return FORMAT.inspect(source, file_name="a.xlsx")


def test_rows_above_the_header_are_asked_about_and_may_be_rows():
    source = sheet_of(("Report of May",), (), ("id", "name"), (1, "Ada"), (2, "Bo"))
    question = questions_of(source)["header"]

    assert [choice.label for choice in question.choices] == ["Row 3 names the columns", "Every row is data"]
    assert rows_of(source, **question.choices[0].changes) == [("1", "Ada"), ("2", "Bo")]
    assert len(rows_of(source, **question.choices[1].changes)) == 4
    assert "header" in {one.what for one in FORMAT.about(source, recipe_for(source))[1]}


def test_a_form_is_asked_about_even_without_a_title():
    source = sheet_of(("First name:", "Ada"), ("Last name:", "King"), ("Born:", "London"))
    question = questions_of(source)["header"]

    assert "form" in question.text
    assert ("First name:", "Ada") in rows_of(source, **question.choices[1].changes)


def test_times_can_be_hours_to_add_up():
    def as_duration(sheet):
        sheet["B3"].number_format = "[h]:mm"

    source = sheet_of(("id", "worked"), (1, dt.time(8, 30)), (2, 1.25), change=as_duration)
    question = questions_of(source)["times"]

    assert [choice.sample[0] for choice in question.choices] == [("1", "08:30:00"), ("1", "8.5")]
    assert rows_of(source, **question.choices[1].changes) == [("1", "8.5"), ("2", "30")]


def test_dates_that_wrongly_count_from_1904_can_be_set_right():
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book["Sheet"].append(("id", "on"))
    book["Sheet"].append((1, dt.date(2024, 3, 2)))
    source = saved(book)
    question = questions_of(source)["dates"]

    assert [choice.sample[0][1] for choice in question.choices] == ["2024-03-02", "2020-03-01"]
    assert rows_of(source, **question.choices[1].changes) == [("1", "2020-03-01")]


@pytest.mark.parametrize(
    ("stored", "code", "text"),
    [
        (60, "yyyy-mm-dd", "1900-02-29"),
        (60.25, "d.m.yy h:mm", "1900-02-29 06:00:00"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (60, "[h]:mm", "1440:00:00"),
        (60, "0.0", "60"),
    ],
)
@pytest.mark.parametrize("comment", ["", "<!-- walked -->"], ids=["scanned", "walked"])
def test_the_day_that_only_excel_knows_becomes_no_other_day(stored, code, text, comment):
    def formatted(sheet):
        sheet["B2"].number_format = code

    plain = sheet_of(("id", "on"), (1, stored), change=formatted)
    mark = f"{comment}<sheetData>".encode()
    source = with_part(plain, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<sheetData>", mark))

    assert rows_of(source) == [("1", text)]
    assert any(note.what == "no_such_day" for note in inspected(source).notes) == ("-02-29" in text)
